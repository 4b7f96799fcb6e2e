"""Forms of codes: where one is printed, what people type of it, how it looks, and what of its scans is kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Workspace
from links import codes
from links.models import Code, Style

PLACEMENT_HINT = "Where this code is printed, so that you can tell its scans apart: “poster, Main St”."


class InWorkspaceForm(forms.Form):
    """A form whose choices are a workspace's own."""

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._workspace = workspace


class StyleField(forms.ModelChoiceField[Style]):
    """One of a workspace's styles, or its default."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Style.objects.none(),
            label="Style",
            required=False,
            empty_label="The default",
            error_messages={"invalid_choice": "There is no such style any more."},
        )

    def offer(self, workspace: Workspace) -> None:
        """Logos stay unread."""
        self.queryset = workspace.styles.defer("logo").order_by("key")


class StyledForm(InWorkspaceForm):
    """How a new code looks, where there is a choice: not while one style is for all codes, or there is none."""

    style = StyleField()
    enforced_style: Style | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["style"]
        assert isinstance(field, StyleField)  # noqa: S101  # for the type checker
        field.offer(self._workspace)
        default = self._workspace.styles.only("name", "is_default", "is_enforced").order_by("-is_default").first()
        if default is None or default.is_enforced:
            self.enforced_style = default
            del self.fields["style"]
        elif default.is_default:
            field.empty_label = f"The default: {default}"


class PlacementForm(forms.Form):
    """Where one code is printed."""

    placement = forms.CharField(
        label="Placement",
        required=False,
        max_length=Code._meta.get_field("placement").max_length,
        help_text=PLACEMENT_HINT,
    )


class CodeChangeForm(PlacementForm):
    """What may change of one code."""

    counts_only = forms.BooleanField(
        label="Count only",
        required=False,
        help_text="Each scan of this code is counted, as a person's or a program's, and nothing else about it is kept: "
        "no device, no country, no language, no daily visitor. Reports say how often and when it was scanned, not by "
        "whom. For codes where the law wants it so, such as those on wine labels in the EU. What was kept of earlier "
        "scans stays.",
    )


class CodeForm(PlacementForm, StyledForm):
    """One more code of a link: a QR code, or an alias that people can type."""

    alias = forms.CharField(
        label="Alias",
        required=False,
        help_text="A word of your own in the address, for people who type it. Capitals do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    counts_only = forms.BooleanField(
        label="Count only",
        required=False,
        help_text="Of each scan only when it was, and whether a person did it, is kept: no device, country or visitor. "
        "For wine labels in the EU, for example.",
    )

    def clean_alias(self) -> str:
        alias: str = self.cleaned_data["alias"]
        try:
            return codes.validate_alias(alias) if alias else ""
        except codes.AliasRefused as refusal:
            raise ValidationError(str(refusal), code="alias") from refusal
