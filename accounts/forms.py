"""What people may set about a workspace and its keys."""

from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import ApiKey, Workspace
from accounts.networks import MAX_NETWORKS, NetworksRefused, parse_networks

GroupedZones = list[tuple[str, list[tuple[str, str]]]]


@cache
def zones_by_region() -> GroupedZones:
    """IANA zones as grouped choices: people find Europe/Berlin under Europe."""
    named = sorted(available_timezones(), key=lambda name: ("/" in name, name))
    regions = groupby(named, key=lambda name: name.partition("/")[0] if "/" in name else "General")
    return [(region, [(name, name.replace("_", " ")) for name in names]) for region, names in regions]


class NetworksField(forms.CharField):
    """A list of networks, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"})

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what the column holds
        if isinstance(value, list):
            return value  # what stands, in a field that nobody may change
        try:
            return parse_networks(super().to_python(value) or "")
        except NetworksRefused as refusal:
            raise ValidationError(refusal.reasons) from refusal

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class WorkspaceForm(forms.ModelForm[Workspace]):
    """Name, reporting time zone and privacy; read-only for whoever does not own the workspace."""

    timezone = forms.ChoiceField(
        label="Reporting time zone",
        choices=zones_by_region,
        help_text="Decides which local day a scan belongs to. A change counts from the next midnight on; "
        "days already counted stay as they are.",
    )

    honours_privacy_signals = forms.BooleanField(
        label="Honour privacy signals",
        required=False,
        help_text="Some browsers ask not to be followed (Global Privacy Control, Do Not Track). With this, only the "
        "fact that they scanned is kept: no device, no country, no daily visitor. They are missing from unique "
        "visitors and breakdowns, not from the number of scans.",
    )
    internal_networks = NetworksField(
        label="Internal networks",
        required=False,
        help_text="Your own offices, one network a line, such as 203.0.113.0/24 or 2001:db8::/48. Scans from there "
        f"are counted apart, as internal. At most {MAX_NETWORKS}.",
    )

    class Meta:
        model = Workspace
        fields = ("name", "honours_privacy_signals", "internal_networks")

    def __init__(self, *args: Any, read_only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(("name", "timezone"))
        self._show_timezone()
        for field in self.fields.values():
            field.disabled = read_only

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        self.instance.change_timezone(name)
        return name

    def _show_timezone(self) -> None:
        """The zone that was chosen last; where it is still to come, from when."""
        workspace, field = self.instance, self.fields["timezone"]
        field.initial = workspace.next_timezone or workspace.current_timezone
        if workspace.next_timezone and workspace.timezone_changes_at:
            until = workspace.timezone_changes_at.astimezone(ZoneInfo(workspace.current_timezone))
            field.help_text = (
                f"{workspace.current_timezone} until {until:%-d %B, %H:%M}, then {workspace.next_timezone}. "
                f"Choose {workspace.current_timezone} to leave it as it is. {field.help_text}"
            )


class ApiKeyForm(forms.ModelForm[ApiKey]):
    """What a new key is called."""

    class Meta:
        model = ApiKey
        fields = ("name",)
        help_texts = {"name": "What will use it, so that you know later which key to revoke: “Webshop”."}  # noqa: RUF012  # Django's own idiom
