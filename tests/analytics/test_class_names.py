"""The columns of the rollups are named after the classes, and their order is stored (Breakdown.scan_class)."""

from analytics.models import QuarterHour, ScanClass
from links.classes import CLASSES


def test_analytics_keeps_the_classes_that_links_gives_in_their_order() -> None:
    assert tuple(ScanClass.values) == CLASSES


def test_every_class_has_a_column_in_the_rollups() -> None:
    assert set(CLASSES) <= {field.name for field in QuarterHour._meta.get_fields()}
