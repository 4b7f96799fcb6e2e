"""Forms of the links dashboard: what people type, made into values that actions take."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from links import codes
from links.destinations import DestinationRefused, parse
from links.expiry import validate_expiry, validate_first_expiry
from links.models import Code, Link

PLACEMENT_HINT = "Where this code is printed, so that you can tell its scans apart: “poster, Main St”."


class DestinationField(forms.CharField):
    """An http or https address, stored as a browser serialises it."""

    # Not type="url": browsers would refuse with words of their own what the parser can explain better.
    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return parse(text) if text else text
        except DestinationRefused as refusal:
            raise ValidationError(str(refusal), code="destination") from refusal


class MomentField(forms.DateTimeField):
    """A date and a time in the current zone, to the minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class SearchForm(forms.Form):
    """What narrows the list of links."""

    STATES: ClassVar = [("", "All states"), ("active", "Active"), ("paused", "Paused"), ("expired", "Expired")]

    q = forms.CharField(label="Search", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=STATES)


class LinkForm(forms.Form):
    """What a person may change of a link; `revision` notices that somebody else was faster."""

    destination = DestinationField(
        label="Destination", help_text="Where the code leads. You can change it after printing."
    )
    title = forms.CharField(
        label="Title",
        required=False,
        max_length=Link._meta.get_field("title").max_length,
        help_text="For your own lists; also shown on the page that says where a code leads.",
    )
    expires_at = MomentField(label="Ends", required=False, validators=[validate_expiry])
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["expires_at"].help_text = f"Time zone: {zone}. Empty means never. A past moment ends it at once."

    @classmethod
    def of(cls, link: Link, data: Any = None) -> "LinkForm":
        """A form that shows a link as it stands, or that takes what was typed over it."""
        shown = {"destination": link.destination, "title": link.title, "revision": link.revision}
        return cls(data, initial=shown | {"expires_at": _to_the_minute(link.expires_at)})

    def changes(self) -> dict[str, Any]:
        """Only what was typed differently: an untouched expiry keeps its seconds."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "revision"}

    def show_what_moved(self, link: Link) -> None:
        """Keep what was typed, say what stands now, and let the next attempt be based on that."""
        self.add_error(None, "Somebody changed this link while you were typing. Look again, then save to keep yours.")
        for name in set(self.changed_data) & {"destination", "title"}:
            self.add_error(name, f"This is now “{getattr(link, name)}”.")
        self.data = dict(self.data.items()) | {"revision": str(link.revision)}


class PlacementForm(forms.Form):
    """Where one code is printed."""

    placement = forms.CharField(
        label="Placement",
        required=False,
        max_length=Code._meta.get_field("placement").max_length,
        help_text=PLACEMENT_HINT,
    )


class CodeForm(PlacementForm):
    """One more code of a link: a QR code, or an alias that people can type."""

    alias = forms.CharField(
        label="Alias",
        required=False,
        help_text="A word of your own in the address, for people who type it. Capitals do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_alias(self) -> str:
        alias: str = self.cleaned_data["alias"]
        try:
            return codes.validate_alias(alias) if alias else ""
        except codes.AliasRefused as refusal:
            raise ValidationError(str(refusal), code="alias") from refusal


class NewLinkForm(CodeForm):
    """A link and its first code."""

    destination = DestinationField(label="Destination", help_text=LinkForm.base_fields["destination"].help_text)
    title = LinkForm.base_fields["title"]
    expires_at = MomentField(label="Ends", required=False, validators=[validate_first_expiry])
    field_order = ("destination", "title", "placement", "alias", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["expires_at"].help_text = f"Time zone: {zone}. Empty means never."


def _to_the_minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None
