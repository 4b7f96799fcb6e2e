"""Rollups on PostgreSQL: a partition for each scope, into which those from before are carried over."""

import importlib

import pytest
from django.apps import apps
from django.db import connection

from analytics.ingest import ingest
from analytics.models import Breakdown, LocalDay, QuarterHour, Scope
from links.models import Code
from tests.links.factories import a_block, an_event

MODELS = (QuarterHour, LocalDay, Breakdown)
migration = importlib.import_module("analytics.migrations.0010_rollups_by_scope")
pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no partitions")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def places() -> set[tuple[str, int]]:
    """The table that a row lies in, and its scope."""
    found = set()
    for model in MODELS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT tableoid::regclass::text, scope FROM {model._meta.db_table}")  # noqa: S608 - ours
            found |= set(cursor.fetchall())
    return found


@pytest.mark.django_db
def test_a_row_lies_among_those_of_its_scope(code: Code) -> None:
    ingest([a_block(an_event(code, campaign_id=7))])
    assert {scope for _, scope in places()} == set(Scope)
    for table, scope in places():
        assert table.rpartition("_")[2] == f"{Scope(scope).name.lower()}s"


@pytest.mark.django_db
def test_the_migration_carries_rollups_over(code: Code) -> None:
    ingest([a_block(an_event(code), an_event(code))])
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    for model in MODELS:
        table = model._meta.db_table
        run(f"CREATE TABLE plain (LIKE {table} INCLUDING DEFAULTS)")
        run(f"INSERT INTO plain SELECT * FROM {table}")  # noqa: S608 - ours
        run(f"DROP TABLE {table}")
        run(f"ALTER TABLE plain RENAME TO {table}")
    with connection.schema_editor() as editor:
        editor.deferred_sql = []
        migration.partition(apps, editor)
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before
    ingest([a_block(an_event(code))])
    assert LocalDay.objects.get(scope=Scope.CODE, scope_id=code.pk).human == 3
