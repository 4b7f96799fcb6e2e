"""What people fill in to get an export, and the field with which they say what it is about."""

from datetime import date, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Workspace
from analytics.exports.formats import Format
from analytics.exports.wanted import ALL_CLASSES, WORDS, Wanted, What, find_subject
from analytics.models import Dimension
from analytics.periods import Interval, Period, PeriodError
from analytics.reports import HUMANS, Filter, Kind, Subject
from analytics.reports.grammar import GrammarError, filters_of

# The list is for choosing from; whatever else the workspace has may be named in the address (?about=code:7).
SHOWN_OF_A_KIND = 100
Choices = list[tuple[str, str | list[tuple[str, str]]]]


class SubjectField(forms.CharField):
    """A thing of a workspace as “kind:id”, chosen from a list of the newest; its value is the Subject."""

    def __init__(self, workspace: Workspace, kinds: tuple[Kind, ...], shown: Any = None, **options: Any) -> None:
        self.workspace, self.kinds = workspace, kinds
        super().__init__(widget=forms.Select(choices=_choices(workspace, kinds, shown)), **options)

    def clean(self, value: Any) -> Any:
        subject = _find(self.workspace, super().clean(value))
        if subject is None or subject.kind not in self.kinds:
            raise ValidationError("Choose one of the list.", code="subject")
        return subject


def _find(workspace: Workspace, text: str) -> Subject | None:
    kind, _, number = text.partition(":")
    if kind not in list(Kind) or not number.isascii() or not number.isdecimal() or len(number) > 18:
        return None
    return find_subject(workspace, Kind(kind), int(number))


def _choices(workspace: Workspace, kinds: tuple[Kind, ...], shown: Any) -> Choices:
    choices: Choices = [(f"{Kind.WORKSPACE}:{workspace.pk}", "The whole workspace")]
    newest: dict[Kind, tuple[str, Any]] = {
        Kind.CAMPAIGN: ("Campaigns", workspace.campaigns),
        Kind.TAG: ("Tags", workspace.tags),
        Kind.LINK: ("Links", workspace.links.alive()),
    }
    for kind, (words, things) in newest.items():
        if kind in kinds:
            found = things.order_by("-pk")[:SHOWN_OF_A_KIND]
            choices.append((words, [(f"{kind}:{thing.pk}", str(thing)[:80]) for thing in found]))
    known = {value for _, group in choices if isinstance(group, list) for value, _ in group} | {choices[0][0]}
    if isinstance(shown, str) and shown not in known and (subject := _find(workspace, shown)):
        choices.append((shown, subject.name[:80]))
    return choices


class ExportForm(forms.Form):
    """One export. What does not concern the chosen kind is ignored."""

    CLASSES: ClassVar = [("people", "People only"), ("all", "Everything, also bots")]

    what = forms.ChoiceField(label="What", choices=[(what.value, words) for what, words in WORDS.items()])
    since = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To, that day included", widget=forms.DateInput(attrs={"type": "date"}))
    classes = forms.ChoiceField(label="Which scans", choices=CLASSES)
    filter = forms.CharField(
        label="Only scans with",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="A dimension and its value: country:DE, device:phone, language:de. Empty: all of them.",
    )
    interval = forms.ChoiceField(
        label="A row is",
        choices=[(each.value, "15 minutes" if each is Interval.QUARTER else f"one {each}") for each in Interval],
        help_text="For scans over time.",
    )
    breakdown = forms.ChoiceField(
        label="By",
        choices=[(each.name.lower(), each.label) for each in Dimension],
        help_text="For a breakdown.",
    )
    format = forms.ChoiceField(
        label="Format",
        choices=[
            (Format.CSV.value, "CSV, for spreadsheets"),
            (Format.NDJSON.value, "NDJSON, flat: for databases and Parquet"),
            (Format.JSONL.value, "JSONL, nested: for programs"),
        ],
    )
    bom = forms.BooleanField(label="For Excel: mark the CSV file as UTF-8", required=False)

    def __init__(self, workspace: Workspace, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        today = timezone.localdate()
        usual = {"since": today - timedelta(days=29), "until": today, "interval": Interval.DAY.value, "classes": "all"}
        super().__init__(data, initial=usual | (initial or {}))
        self.workspace = workspace
        shown = (data or {}).get("about") or (initial or {}).get("about")
        about = SubjectField(workspace, tuple(Kind), shown, label="About")
        self.fields = {"what": self.fields.pop("what"), "about": about} | self.fields

    def clean_filter(self) -> tuple[Filter, ...]:
        text: str = self.cleaned_data["filter"]
        try:
            return filters_of([text] if text else [])
        except GrammarError as error:
            raise ValidationError(str(error), code="filter") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until:
            self._find_period(since, until, cleaned)
        return cleaned

    def _find_period(self, since: date, until: date, cleaned: dict[str, Any]) -> None:
        is_series = cleaned.get("what") == What.SERIES
        interval = cleaned.get("interval", Interval.DAY) if is_series else Interval.MONTH
        zone = ZoneInfo(self.workspace.current_timezone)
        try:
            asked = (since.isoformat(), until.isoformat(), interval)
            cleaned["period"] = Period.parse(zone, timezone.now(), *asked)
        except PeriodError as error:
            self.add_error({"from": "since", "to": "until"}.get(error.parameter, "interval"), error.message)

    def wanted(self) -> Wanted:
        asked = self.cleaned_data
        classes = ALL_CLASSES if asked["classes"] == "all" else HUMANS
        dimension = Dimension[asked["breakdown"].upper()]
        return Wanted(What(asked["what"]), asked["about"], asked["period"], classes, dimension, filters=asked["filter"])

    def show_refusal(self, parameter: str, message: str) -> None:
        """Say beside the field what a report has against it."""
        fields = {"from": "since", "to": "until", "scope": "about"}
        known = fields.get(parameter, parameter)
        self.add_error(known if known in self.fields else None, message)
