"""Makes a workspace of 10,000 links with the rollups of millions of scans, in PostgreSQL, without making the scans."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).resolve().parent / "sql"
# The words of a dimension, by how many there are; destinations are one a link.
WORDS = {1: 60, 2: 300, 3: 2000, 4: 3, 5: 6, 6: 10, 7: 30, 8: 50}
KEYS = {"analytics_quarterhour": "scope, scope_id, start", "analytics_localday": "scope, scope_id, date"}
KEYS["analytics_breakdown"] = "scope, scope_id, dimension, scan_class, date, value"
CLASSES = {0: "human", 3: "bot"}


@dataclass(frozen=True)
class Size:
    """How much was scanned. `thin`: only one link of so many gets breakdowns of its own."""

    scans: int
    links: int = 10_000
    days: int = 400
    thin: int = 1

    @property
    def first(self) -> date:
        """Up to yesterday."""
        return datetime.now(UTC).date() - timedelta(days=self.days)

    @property
    def harmonic(self) -> float:
        return sum(1 / rank for rank in range(1, self.links + 1))


def fill(size: Size) -> None:
    """Links, words, cells and their rollups; then running totals and months of tags by the product's own tasks."""
    from analytics import running_totals, tag_months

    _make_links(size)
    _make_words(size)
    make_cells(size)
    _run_without_keys(size)
    running_totals.keep_all()
    tag_months.keep_all()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def make_cells(size: Size) -> None:
    _run("DROP TABLE IF EXISTS bench_cell")
    parts = {"scans": size.scans, "links": size.links, "days": size.days, "harmonic": size.harmonic}
    _run((SQL / "cells.sql").read_text().format(first=size.first.isoformat(), **parts))


def _run_without_keys(size: Size) -> None:
    """Primary keys are made after the rows: that takes a third of the time."""
    names = {table: _name_of_key(table) for table in KEYS}
    for table, name in names.items():
        _run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for statement in (SQL / "rollups_of_cells.sql").read_text().split(";;"):
        _run(statement.replace("{thin}", str(size.thin)))
    for table, key in KEYS.items():
        _run(f"ALTER TABLE {table} ADD CONSTRAINT {names[table]} PRIMARY KEY ({key})")


def _name_of_key(table: str) -> str:
    """A table that was renamed keeps the name of its key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'", [table])
        (name,) = cursor.fetchone()
    return str(name)


def _make_links(size: Size) -> None:
    """A workspace whose zone is UTC; the first tenth of the links in ten campaigns, a hundred of them with a tag."""
    from accounts.models import Workspace
    from links.models import Campaign, Code, Domain, Link, Tag

    workspace = Workspace.objects.create(pk=1, name="Large", slug="large", timezone="UTC")
    site, _ = Domain.objects.get_or_create(host="q.example.com", defaults={"scheme": "https", "is_site": True})
    Campaign.objects.bulk_create(Campaign(pk=pk, workspace=workspace, name=f"Campaign {pk}") for pk in range(1, 11))
    ranks = range(1, size.links + 1)
    Link.objects.bulk_create(
        Link(
            pk=rank,
            workspace=workspace,
            title=f"Link {rank}",
            destination=_destination(rank),
            campaign_id=1 + rank % 10 if rank <= size.links // 10 else None,
        )
        for rank in ranks
    )
    Code.objects.bulk_create(
        Code(pk=rank, link_id=rank, domain=site, path=f"B{rank:05}", canonical=f"B{rank:05}", placement=f"Wall {rank}")
        for rank in ranks
    )
    tag = Tag.objects.create(pk=1, workspace=workspace, name="outdoor")
    tag.links.set(range(1, min(100, size.links) + 1))
    for table in ("links_link", "links_code", "links_campaign", "links_tag", "accounts_workspace"):
        _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1000000)")


def _make_words(size: Size) -> None:
    from analytics.models import DimensionValue
    from analytics.rollups.words import digest_of

    DimensionValue.objects.bulk_create(
        DimensionValue(pk=pk, dimension=dimension, text=text, digest=digest_of(text))
        for pk, dimension, text in _words(size)
    )


def _words(size: Size) -> Iterator[tuple[int, int, str]]:
    for dimension, number in WORDS.items():
        for index in range(number):
            yield dimension * 100_000 + index, dimension, word(dimension, index)
    for rank in range(1, size.links + 1):
        yield 1_000_000 + rank, 10, _destination(rank)
    yield 1_100_000, 11, "redirected"
    yield 1_100_001, 11, "expired"


def word(dimension: int, index: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return letters[index // 26] + letters[index % 26] if dimension == 1 else f"{dimension}/{index}"


def _destination(rank: int) -> str:
    return f"https://example.com/{rank}"


def scans_of_cells() -> Iterator[dict[str, Any]]:
    """The scans that the cells stand for, as fields of Scan; each by a visitor of its own."""
    columns = "country, region, city, device, os, browser, language, referrer, destination, outcome"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT link, start, class, campaign, n, {columns} FROM bench_cell")  # noqa: S608 - ours
        cells = cursor.fetchall()
    names = columns.split(", ")
    texts = _texts()
    number = 0
    for link, start, place, campaign, n, *values in cells:
        fields = {name: texts.get(value, "") for name, value in zip(names, values, strict=True)}
        ids = {"link_id": link, "code_id": link, "campaign_id": campaign, "workspace_id": 1}
        for _ in range(n):
            number += 1
            yield fields | ids | {
                "at": start, "scan_class": CLASSES[place], "visitor": f"{number:032}",
            }  # fmt: skip


def make_raw_scans(most: int) -> None:
    """Scans of the busiest link in a plain table, as many as it has and at most so many: what rivals count."""
    _run("CREATE TABLE bench_visit (LIKE analytics_scan INCLUDING ALL)")
    _run((SQL / "raw_scans.sql").read_text().format(most=most))
    _run("ANALYZE bench_visit")


def _texts() -> dict[int, str]:
    from analytics.models import DimensionValue

    return dict(DimensionValue.objects.values_list("pk", "text"))


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
