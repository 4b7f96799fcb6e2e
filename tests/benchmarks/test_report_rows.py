"""The rollups that the benchmark of reports makes are those that a hundred thousand scans would have made."""

from typing import Any

import pytest
from django.db import connection

from analytics.models import Breakdown, LocalDay, QuarterHour, Scan
from benchmarks.report_rows import Size, fill, scans_of_cells
from tests.analytics.counting import make_scan, recount

SIZE = Size(scans=100_000, links=300, days=20)


def rows_of(model: Any) -> set[tuple[Any, ...]]:
    return set(model.objects.values_list(*(field.name for field in model._meta.concrete_fields)))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the generator is made of PostgreSQL's statements")
@pytest.mark.django_db(transaction=True)
def test_generated_rollups_are_those_of_the_scans() -> None:
    fill(SIZE)
    generated = {model: rows_of(model) for model in (QuarterHour, LocalDay, Breakdown)}
    Scan.objects.bulk_create(
        (make_scan(fields.pop("at"), "UTC", **fields) for fields in scans_of_cells()), batch_size=5_000
    )
    assert abs(Scan.objects.count() - SIZE.scans) < SIZE.links
    recount()
    for model, rows in generated.items():
        assert rows_of(model) == rows
