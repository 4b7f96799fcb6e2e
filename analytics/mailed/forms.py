"""What people fill in to have a report mailed."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User, Workspace
from analytics.exports.forms import SubjectField
from analytics.mailed.models import Frequency
from analytics.mailed.recipients import MOST_RECIPIENTS, AddressRefused, parse_addresses, told_apart
from analytics.reports import Kind

KINDS = (Kind.WORKSPACE, Kind.CAMPAIGN, Kind.LINK)


class AddressesField(forms.CharField):
    """E-mail addresses, one a line or with commas between them."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        try:
            return parse_addresses(text for text in re.split(r"[\s,;]+", super().clean(value)) if text)
        except AddressRefused as refusal:
            raise ValidationError(str(refusal)) from refusal


class MailedReportForm(forms.Form):
    """One report by mail: about what, how often, to whom."""

    frequency = forms.ChoiceField(label="How often", choices=Frequency.choices)
    members: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), label="To these members", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = AddressesField(
        label="And to other addresses",
        required=False,
        max_length=2000,
        help_text="Each is asked first, and gets reports once it has said yes.",
    )

    def __init__(self, workspace: Workspace, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        shown = (data or {}).get("about") or (initial or {}).get("about")
        self.fields = {"about": SubjectField(workspace, KINDS, shown, label="About")} | self.fields
        members = self.fields["members"]
        assert isinstance(members, forms.ModelMultipleChoiceField)  # noqa: S101 - narrows the type
        members.queryset = workspace.members.filter(is_active=True).order_by("email")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        members, others = list(cleaned.get("members", ())), cleaned.get("others", [])
        if "members" not in self.errors and "others" not in self.errors and not members and not others:
            self.add_error("members", "Choose at least one person, or write an address.")
        if len(members) + len(others) > MOST_RECIPIENTS:
            self.add_error("others", f"A report goes to {MOST_RECIPIENTS} people at most.")
        return cleaned

    def recipients(self, workspace: Workspace) -> tuple[Sequence[User], Sequence[str]]:
        return told_apart(workspace, self.cleaned_data["others"], self.cleaned_data["members"])
