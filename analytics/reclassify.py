"""Calls past scans what today's rules call them and moves the numbers that were counted, while ingestion goes on."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import Workspace
from analytics.locks import count_alone
from analytics.models import OrphanScan, Scan
from analytics.partitions import between
from analytics.rollups.moves import move_classes
from links.classes import RULES_VERSION, Classified, classify

AT_ONCE = 1000


@dataclass(frozen=True)
class Progress:
    """So many scans were looked at so far, and so many of them have another class now."""

    looked_at: int = 0
    changed: int = 0


def reclassify(since: datetime, until: datetime) -> Iterator[Progress]:
    """Go through the scans from `since` up to, not including, `until`; tells after every chunk how far it is.

    Each chunk is a transaction of its own. Whatever interrupts this, it may be run again: scans that carry today's
    version are passed over.
    """
    progress = Progress()
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        for chunk in _chunks(workspace_id, since, until):
            progress = Progress(progress.looked_at + len(chunk), progress.changed + _reclassify_scans(chunk))
            yield progress
    yield Progress(progress.looked_at, progress.changed + _reclassify_orphans(since, until))


def _chunks(workspace_id: int, since: datetime, until: datetime) -> Iterator[list[Scan]]:
    """Scans of other versions, newest first, as the index has them; later chunks begin behind the last one's end."""
    scans = between(Scan.objects.filter(workspace_id=workspace_id), since, until).order_by("-at", "-event_id")
    remaining = scans
    while chunk := list(remaining[:AT_ONCE]):
        yield [scan for scan in chunk if scan.rules_version != RULES_VERSION]
        last = chunk[-1]
        remaining = scans.filter(Q(at__lt=last.at) | Q(at=last.at, event_id__lt=last.event_id))


@transaction.atomic
def _reclassify_scans(scans: list[Scan]) -> int:
    """Store what one chunk is called now and move its numbers; returns how many have another class."""
    kinds: dict[Classified, list[Scan]] = defaultdict(list)
    count_alone()
    # Read again under the lock: another run may have been here meanwhile, and numbers are moved once.
    again = Scan.objects.filter(pk__in=[scan.pk for scan in scans])
    for scan in again.exclude(rules_version=RULES_VERSION).order_by("pk"):
        kinds[classify(scan.method, scan.purpose, scan.user_agent)].append(scan)
    for kind, alike in kinds.items():
        Scan.objects.filter(pk__in=[scan.pk for scan in alike]).update(
            scan_class=kind.name, class_reason=kind.reason, rules_version=RULES_VERSION
        )
    moved = [(scan, kind.name) for kind, alike in kinds.items() for scan in alike if scan.scan_class != kind.name]
    move_classes(moved)
    return len(moved)


def _reclassify_orphans(since: datetime, until: datetime) -> int:
    """Nothing is counted of them but themselves, and they keep no version."""
    orphans = OrphanScan.objects.filter(at__gte=since, at__lt=until)
    changed = 0
    for agent, before in orphans.exclude(scan_class="head").values_list("user_agent", "scan_class").distinct():
        now = classify("GET", "", agent).name
        if now != before and before != "prefetch":
            changed += orphans.filter(user_agent=agent, scan_class=before).update(scan_class=now)
    return changed
