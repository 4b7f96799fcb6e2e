"""What forms of static codes share: a payload made of what was typed, or the message beside the field."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from links.qr.payloads.fields import FieldRefused

MULTILINE = forms.Textarea(attrs={"rows": 4})


class PayloadForm(forms.Form):
    """What somebody types of a payload. `payload` is there where the form is valid."""

    heading: ClassVar[str]
    kind: ClassVar[type]
    payload: Any

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.payload = self.made(typed)
            except FieldRefused as refused:
                self.add_error(refused.field if refused.field in self.fields else None, refused.advice)
        return typed

    def made(self, typed: Mapping[str, Any]) -> Any:
        """Raises FieldRefused."""
        return self.kind(**{name: value for name, value in typed.items() if value not in ("", None)})


def line(label: str, *, required: bool = True, help_text: str = "", **attributes: str) -> forms.CharField:
    """Nothing is cut off at its ends: a password may end with a space."""
    widget = forms.TextInput(attrs={"autocomplete": "off"} | attributes)
    return forms.CharField(label=label, required=required, strip=False, help_text=help_text, widget=widget)
