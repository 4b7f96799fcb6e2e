"""The shape of an answer for the OpenAPI document. Answers are made without serializers: they can have 2,000 points."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.api.questions import Metric
from analytics.models import ScanClass
from analytics.periods import Comparison, Interval
from analytics.reports import OVER, Kind, Source
from analytics.reports.grammar import DIMENSIONS

SCOPES = [kind.value for kind in Kind]
CHANGE = "By which part it grew (0.25) or shrank (-0.25); null when there was nothing before."


class ByClassSerializer(serializers.Serializer[Any]):
    """Scans of each class; with a filter only of the classes asked for."""

    human = serializers.IntegerField(help_text="People. The headline number.")
    preview = serializers.IntegerField()
    prefetch = serializers.IntegerField()
    bot = serializers.IntegerField()
    scanner = serializers.IntegerField()
    internal = serializers.IntegerField()
    head = serializers.IntegerField()


class NumbersSerializer(serializers.Serializer[Any]):
    """The metrics asked for."""

    scans = serializers.IntegerField(help_text="Scans of the classes asked for.")
    unique_visitors = serializers.IntegerField(
        required=False, allow_null=True, help_text="Different people; null where nobody can know."
    )
    by_class = ByClassSerializer(required=False)


class SeriesPointSerializer(NumbersSerializer):
    """One point of the series."""

    start = serializers.DateTimeField(help_text="When it begins; it ends where the next one begins.")


class ChangesSerializer(serializers.Serializer[Any]):
    scans = serializers.FloatField(allow_null=True, help_text=CHANGE)
    unique_visitors = serializers.FloatField(required=False, allow_null=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    """The same of another period."""

    totals = NumbersSerializer()
    change = ChangesSerializer()
    series = SeriesPointSerializer(many=True, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`with` and `from` cannot be written as class attributes."""
        first: dict[str, serializers.Field[Any, Any, Any, Any]] = {
            "with": serializers.ChoiceField(choices=[each.value for each in Comparison]),
            "from": serializers.DateTimeField(),
            "to": serializers.DateTimeField(),
        }
        return {**first, **super().get_fields()}


class PartSerializer(serializers.Serializer[Any]):
    """Scans of one part of a breakdown."""

    scans = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of all scans, 0 to 1.")
    compared = serializers.IntegerField(allow_null=True, help_text="Scans in the period compared with.")
    change = serializers.FloatField(allow_null=True, help_text=CHANGE)


class RowSerializer(PartSerializer):
    """One value of the dimension."""

    value = serializers.CharField(help_text="A word, or the id of a link, code or campaign: what a filter takes.")
    label = serializers.CharField(  # type: ignore[assignment]  # a serializer has a label of its own
        help_text="A link's title, a code's placement, a campaign's name, or the value."
    )


class RestSerializer(PartSerializer):
    """All values beyond the limit together."""

    values = serializers.IntegerField(help_text="How many values these are.")


class BreakdownSerializer(serializers.Serializer[Any]):
    """The most frequent values. Rows, rest and unknown add up to scans."""

    dimension = serializers.ChoiceField(choices=list(DIMENSIONS))
    scans = serializers.IntegerField()
    compared_scans = serializers.IntegerField(allow_null=True)
    rows = RowSerializer(many=True)
    rest = RestSerializer(allow_null=True)
    unknown = PartSerializer(allow_null=True, help_text="Scans of which the value is not known.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """A serializer has a `source` of its own."""
        fields = super().get_fields()
        return {"dimension": fields.pop("dimension"), "source": _source(), **fields}


class AfterExpirySerializer(serializers.Serializer[Any]):
    """Scans of what is over."""

    scans = serializers.IntegerField()
    outcomes = serializers.DictField(child=serializers.IntegerField(), help_text=f"Of each outcome: {', '.join(OVER)}.")


class OrphanSerializer(serializers.Serializer[Any]):
    """A path that is no code, and the code that was probably meant."""

    address = serializers.CharField()
    meant_code = serializers.IntegerField()
    meant_path = serializers.CharField()
    link = serializers.IntegerField(help_text="The link of the code meant.")
    scans = serializers.IntegerField()
    last_at = serializers.DateTimeField()


class OrphansSerializer(serializers.Serializer[Any]):
    """Scans of what is one slip away from a code of the workspace."""

    rows = OrphanSerializer(many=True)
    is_complete = serializers.BooleanField(help_text="False where there were more scans than are looked at.")


class AnswerSerializer(serializers.Serializer[Any]):
    """The answer to a question about scans. What was not asked for is null."""

    scope = serializers.ChoiceField(choices=SCOPES)
    name = serializers.CharField()
    to = serializers.DateTimeField(help_text="The instant up to which scans are counted, exclusive.")
    timezone = serializers.CharField()
    interval = serializers.ChoiceField(choices=[each.value for each in Interval], allow_null=True)
    metrics = serializers.ListField(child=serializers.ChoiceField(choices=[each.value for each in Metric]))
    classes = serializers.ListField(child=serializers.ChoiceField(choices=ScanClass.values))
    filters = serializers.ListField(child=serializers.CharField())
    totals = NumbersSerializer()
    unique_visitors_definition = serializers.CharField()
    series = SeriesPointSerializer(many=True, allow_null=True)
    comparison = ComparisonSerializer(allow_null=True)
    breakdown = BreakdownSerializer(allow_null=True)
    heat_map = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        allow_null=True,
        help_text="Seven weekdays, Monday first, of 24 hours.",
    )
    first_scan = serializers.DateTimeField(allow_null=True, help_text="The quarter of an hour of the first scan ever.")
    last_scan = serializers.DateTimeField(allow_null=True, help_text="The quarter of an hour of the last scan.")
    after_expiry = AfterExpirySerializer(allow_null=True)
    orphans = OrphansSerializer(allow_null=True)
    as_of = serializers.DateTimeField(help_text="Scans up to about this moment are counted.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`id`, `from` and `source` cannot be written as class attributes."""
        fields = super().get_fields()
        first: dict[str, serializers.Field[Any, Any, Any, Any]] = {
            "scope": fields.pop("scope"),
            "id": _Id(help_text="A workspace's slug, or an id."),
            "name": fields.pop("name"),
            "from": serializers.DateTimeField(help_text="The instant from which scans are counted."),
        }
        return {**first, **fields, "source": _source()}


@extend_schema_field({"type": ["string", "integer"]})
class _Id(serializers.Field[Any, Any, Any, Any]):
    pass


def _source() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[each.value for each in Source], source="counted_from")


EXAMPLE = {
    "scope": "campaign",
    "id": 3,
    "name": "Spring",
    "from": "2026-05-01T00:00:00+02:00",
    "to": "2026-05-03T00:00:00+02:00",
    "timezone": "Europe/Berlin",
    "interval": "day",
    "metrics": ["scans", "unique_visitors"],
    "classes": ["human"],
    "filters": [],
    "source": "rollups",
    "totals": {"scans": 40, "unique_visitors": 31},
    "unique_visitors_definition": "sum of daily uniques",
    "series": [
        {"start": "2026-05-01T00:00:00+02:00", "scans": 25, "unique_visitors": 19},
        {"start": "2026-05-02T00:00:00+02:00", "scans": 15, "unique_visitors": 12},
    ],
    "comparison": {
        "with": "previous",
        "from": "2026-04-29T00:00:00+02:00",
        "to": "2026-05-01T00:00:00+02:00",
        "totals": {"scans": 32, "unique_visitors": 0},
        "change": {"scans": 0.25, "unique_visitors": None},
        "series": [
            {"start": "2026-04-29T00:00:00+02:00", "scans": 32, "unique_visitors": 0},
            {"start": "2026-04-30T00:00:00+02:00", "scans": 0, "unique_visitors": 0},
        ],
    },
    "breakdown": {
        "dimension": "country",
        "source": "rollups",
        "scans": 40,
        "compared_scans": 32,
        "rows": [{"value": "DE", "label": "DE", "scans": 30, "share": 0.75, "compared": 32, "change": -0.0625}],
        "rest": {"values": 2, "scans": 8, "share": 0.2, "compared": 0, "change": None},
        "unknown": {"scans": 2, "share": 0.05, "compared": 0, "change": None},
    },
    "heat_map": None,
    "first_scan": None,
    "last_scan": None,
    "after_expiry": None,
    "orphans": None,
    "as_of": "2026-05-02T18:30:00.123456+02:00",
}
