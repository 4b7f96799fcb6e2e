"""What test_four_workers.py runs in processes of their own, on a database of their own: `python -m … COMMAND KEY`."""

import json
import os
import random
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
LINKS, SCANS = 12, 2_500


def prepare(key: str) -> None:
    """Empty tables, some links, and a stream with every scan in it, a third of them twice."""
    from django.core.management import call_command

    from accounts.models import Workspace
    from analytics.models import Scan
    from links.models import Campaign, Domain, Link
    from tests.links.factories import a_block, a_code, an_event

    call_command("migrate", verbosity=0)
    Domain.objects.create(host="q.example.com", scheme="https", is_site=True)
    workspace = Workspace.objects.create(name="Busy", slug="busy", timezone="UTC")
    campaign = Campaign.objects.create(workspace=workspace, name="Summer")
    codes = [a_code(workspace, destination=f"https://example.com/{n}") for n in range(LINKS)]
    Link.objects.filter(pk__in=[code.link_id for code in codes[::2]]).update(campaign=campaign)
    for code in codes:
        code.link.refresh_from_db()
    dice, now = random.Random(1), int(time.time() * 1000)
    events = [
        an_event(
            dice.choice(codes),
            # Some come days late, when nobody remembers the visitors of their day.
            at_ms=now - dice.choice([0, 0, 0, 6]) * 86_400_000 - dice.randrange(3_600_000),
            visitor=f"{dice.randrange(400):032x}",
            language=dice.choice(["de", "fr", "en", "tr", "it"]),
            referrer=dice.choice(["", f"https://host{dice.randrange(200)}.example/"]),
        )
        for _ in range(SCANS)
    ]
    again = dice.sample(events, SCANS // 3)
    arriving = events + again
    dice.shuffle(arriving)
    pieces = [arriving[start : start + 60] for start in range(0, len(arriving), 60)]
    stream_of(key, "sender").send([a_block(*piece, segment=f"segment-{n}") for n, piece in enumerate(pieces)])
    assert not Scan.objects.exists()


def drain(key: str) -> None:
    """One worker, until nothing is left."""
    from django.conf import settings

    from analytics import ingest

    settings.INGEST_BATCH = 4
    stream, counted = stream_of(key, f"worker-{os.getpid()}"), 0
    refused: list[Exception] = []
    really = ingest.Batch.parts

    def noticed(batch: ingest.Batch) -> list[ingest.Batch]:
        refused.append(ValueError("a batch was refused"))
        return really(batch)

    ingest.Batch.parts = noticed  # type: ignore[assignment, method-assign]
    while stream.length():
        ingest.drain(stream, seconds=0.2, count=lambda _: None)
        counted += 1
    print(json.dumps({"drains": counted, "refused": len(refused)}))


def compare(key: str) -> None:
    """Whether rollups are what a recount says."""
    from analytics.models import Scan
    from analytics.rollups.visitors import first_day_with_visitors
    from links.models import Segment
    from tests.analytics.recounting import recounted, shown

    since = first_day_with_visitors()
    wanted, found = recounted(since), shown(since)
    accounted = sum(Segment.objects.values_list("ingested", flat=True))
    differing = [name for name in wanted if wanted[name] != found[name]]
    print(json.dumps({"scans": Scan.objects.count(), "accounted": accounted, "differing": differing}))


def stream_of(key: str, consumer: str) -> "ScanStream":  # type: ignore[name-defined]  # noqa: F821 - Django comes first
    from django.conf import settings

    from links.stream import ScanStream, connect

    return ScanStream(connect(settings.REDIS_URL), key, consumer)


COMMANDS: dict[str, Callable[[str], None]] = {"prepare": prepare, "drain": drain, "compare": compare}

if __name__ == "__main__":
    django.setup()
    COMMANDS[sys.argv[1]](sys.argv[2])
