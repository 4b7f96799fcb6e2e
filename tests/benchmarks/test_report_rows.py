"""The rollups that the benchmark of reports makes are those that ingestion makes of a hundred thousand scans."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.db import connection

from analytics.enrich import ScanRow
from analytics.ingest import Batch, store
from analytics.models import Breakdown, DayVisitor, LocalDay, QuarterHour, RunningTotal, Scan
from analytics.rollups import ROLLUPS
from benchmarks.report_rows import Size, fill, scans_of_cells
from links.models import LinkCounter
from tests.analytics.counting import make_scan

# Days of which visitors are still known: those of earlier ones would be recounted one by one.
SIZE = Size(scans=100_000, links=300, days=3)
AT_ONCE = 5_000


def rows_of(model: Any) -> set[tuple[Any, ...]]:
    return set(model.objects.values_list(*(field.attname for field in model._meta.concrete_fields)))


def batches() -> Iterator[Batch]:
    """The scans as ingestion has them after enrichment."""
    scans = (make_scan(fields.pop("at"), "UTC", **fields) for fields in scans_of_cells())
    rows = (ScanRow(*(getattr(scan, name) for name in ScanRow._fields)) for scan in scans)
    while some := list(islice(rows, AT_ONCE)):
        batch = Batch(scans=[(row, "generated", b"") for row in some])
        batch.writes, batch.summed = [rollup(some) for rollup in ROLLUPS], len(some)
        yield batch


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the generator is made of PostgreSQL's statements")
@pytest.mark.timeout(400)
@pytest.mark.django_db(transaction=True)
def test_generated_rollups_are_those_of_the_scans() -> None:
    fill(SIZE)
    models = (QuarterHour, LocalDay, Breakdown)
    generated = {model: rows_of(model) for model in models}
    last_scans = {row.pk: (row.human, row.other) for row in LinkCounter.objects.all()}
    for model in (*models, DayVisitor, LinkCounter, RunningTotal):
        model._default_manager.all().delete()
    for batch in batches():
        store(batch)
    assert abs(Scan.objects.count() - SIZE.scans) < SIZE.links
    for model, rows in generated.items():
        assert rows_of(model) == rows
    assert {row.pk: (row.human, row.other) for row in LinkCounter.objects.all()} == last_scans
