"""What people may set about a workspace and its keys."""

from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms

from accounts.models import ApiKey, Workspace

GroupedZones = list[tuple[str, list[tuple[str, str]]]]


@cache
def zones_by_region() -> GroupedZones:
    """IANA zones as grouped choices: people find Europe/Berlin under Europe."""
    named = sorted(available_timezones(), key=lambda name: ("/" in name, name))
    regions = groupby(named, key=lambda name: name.partition("/")[0] if "/" in name else "General")
    return [(region, [(name, name.replace("_", " ")) for name in names]) for region, names in regions]


class WorkspaceForm(forms.ModelForm[Workspace]):
    """Name and reporting time zone; read-only for whoever does not own the workspace."""

    timezone = forms.ChoiceField(
        label="Reporting time zone",
        choices=zones_by_region,
        help_text="Decides which local day a scan belongs to. A change counts for scans from now on; "
        "days already counted stay as they are.",
    )

    class Meta:
        model = Workspace
        fields = ("name", "timezone")

    def __init__(self, *args: Any, read_only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.disabled = read_only


class ApiKeyForm(forms.ModelForm[ApiKey]):
    """What a new key is called."""

    class Meta:
        model = ApiKey
        fields = ("name",)
        help_texts = {"name": "What will use it, so that you know later which key to revoke: “Webshop”."}  # noqa: RUF012  # Django's own idiom
