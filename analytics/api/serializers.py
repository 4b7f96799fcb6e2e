"""What the REST API says about scans."""

from typing import Any, ClassVar

from rest_framework import serializers

from analytics.models import Scan, ScanClass
from analytics.periods import Interval
from analytics.reports import Series


class CountsSerializer(serializers.Serializer[Any]):
    """Scans of each class; reads anything that carries `counts`."""

    human = serializers.IntegerField(source="counts.human", help_text="People. The headline number.")
    bot = serializers.IntegerField(source="counts.bot")
    preview = serializers.IntegerField(source="counts.preview")
    prefetch = serializers.IntegerField(source="counts.prefetch")
    scanner = serializers.IntegerField(source="counts.scanner")
    internal = serializers.IntegerField(source="counts.internal")
    head = serializers.IntegerField(source="counts.head")


class TotalsSerializer(CountsSerializer):
    """The whole period."""

    unique_visitors = serializers.IntegerField(help_text="See unique_visitors_definition.")


class PointSerializer(CountsSerializer):
    """One point of the series."""

    start = serializers.DateTimeField(help_text="When the point begins. It ends where the next one begins.")
    unique_visitors = serializers.IntegerField(allow_null=True, help_text="Null when the interval is hour.")


class StatsSerializer(serializers.Serializer[Any]):
    """A series of one link; the link comes by context."""

    link = serializers.SerializerMethodField(help_text="The link's id.")
    to = serializers.DateTimeField(
        source="period.end", help_text="The instant up to which scans are counted, exclusive."
    )
    interval = serializers.ChoiceField(source="period.interval", choices=[interval.value for interval in Interval])
    timezone = serializers.CharField(source="period.zone.key", help_text="The workspace's reporting time zone.")
    totals = TotalsSerializer(source="*")
    unique_visitors_definition = serializers.CharField()
    series = PointSerializer(source="points", many=True)
    as_of = serializers.DateTimeField(help_text="Scans up to about this moment are counted.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` cannot be written as a class attribute."""
        since = serializers.DateTimeField(source="period.start", help_text="The instant from which scans are counted.")
        fields = super().get_fields()
        return {"link": fields.pop("link"), "from": since, **fields}

    def get_link(self, series: Series) -> int:
        return int(self.context["link"].pk)


class ScanSerializer(serializers.ModelSerializer[Scan]):
    """One raw scan. The address is truncated before it is ever written."""

    id = serializers.UUIDField(source="event_id")

    class Meta:
        model = Scan
        fields: ClassVar = [
            "id",
            "at",
            "class_reason",
            "outcome",
            "destination",
            "code_id",
            "method",
            "country",
            "region",
            "city",
            "device",
            "brand",
            "os",
            "browser",
            "app",
            "language",
            "referrer",
            "address",
        ]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`class` cannot be written as a class attribute."""
        fields = super().get_fields()
        scan_class = serializers.ChoiceField(source="scan_class", choices=ScanClass.choices)
        return {"id": fields.pop("id"), "at": fields.pop("at"), "class": scan_class, **fields}
