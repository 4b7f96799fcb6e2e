"""From a link to its verdict: every check is asked, the worst answer wins, and the reasons are kept with the link."""

import logging
from datetime import timedelta
from typing import Protocol

import ada_url
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from links.models import Change, Domain, Link
from links.safety import blocklist, policy
from links.safety.findings import Finding

logger = logging.getLogger(__name__)


class Check(Protocol):
    """A function that looks at an address and says what is wrong with it, or nothing."""

    __name__: str

    def __call__(self, url: ada_url.URL, /) -> Finding | None: ...


# A check's message may be lost while Redis is away; after this long it is.
LOST_AFTER = timedelta(seconds=5)
RECHECK_AFTER = timedelta(days=1)

_FROM_BEST_TO_WORST = (
    Link.Verdict.SAFE,
    Link.Verdict.UNCHECKED,
    Link.Verdict.UNREACHABLE,
    Link.Verdict.SUSPICIOUS,
    Link.Verdict.MALICIOUS,
)


def own_host(url: ada_url.URL) -> Finding | None:
    """A destination among our own hosts."""
    return policy.own_host(url, set(Domain.objects.values_list("host", flat=True)))


def block_list(url: ada_url.URL) -> Finding | None:
    """A destination on the operator's block list."""
    entry = blocklist.current(settings.BLOCK_LIST_PATH).match(url)
    return Finding("malicious", f"“{entry}” is on this server's block list.") if entry else None


CHECKS: list[Check] = [policy.local_name, policy.private_address, policy.bare_address, own_host, block_list]


def check_link(link_id: int, revision: int) -> bool:
    """Work out and keep the verdict on one revision of a link; False where nothing was kept.

    A check that fails says nothing: then the verdict may get worse but not better, and the next round asks again.
    """
    link = Link.objects.alive().filter(pk=link_id, revision=revision).first()
    if link is None:
        return False
    answers = [_ask(destination) for destination in link.destinations]
    findings = [named for found, _ in answers for named in found.items()]
    verdict = max((Link.Verdict(finding.severity) for _, finding in findings), key=_badness, default=Link.Verdict.SAFE)
    all_answered = all(answered for _, answered in answers)
    if not all_answered and _badness(verdict) <= _badness(Link.Verdict(link.verdict)):
        return False
    # Several destinations may be on the same list for the same reason.
    reasons = [{"check": name, "reason": reason} for name, reason in dict.fromkeys((n, f.reason) for n, f in findings)]
    return record_verdict(link_id, revision, verdict, reasons)


def _ask(destination: str) -> tuple[dict[str, Finding], bool]:
    """What each check found, by its name, and whether all of them answered."""
    try:
        url = ada_url.URL(destination)
    except ValueError:  # nothing of ours stores such a thing, but one row must not end a round of checks
        return {"address": Finding("suspicious", "This is not an address that browsers accept.")}, True
    findings, all_answered = {}, True
    for check in CHECKS:
        try:
            finding = check(url)
        except Exception as error:  # whatever keeps one check from answering must not keep the others
            logger.warning("The check %s could not answer for %s: %r", check.__name__, url.hostname, error)
            all_answered = False
        else:
            if finding is not None:
                findings[check.__name__] = finding
    return findings, all_answered


def _badness(verdict: Link.Verdict) -> int:
    return _FROM_BEST_TO_WORST.index(verdict)


@transaction.atomic
def record_verdict(link_id: int, revision: int, verdict: Link.Verdict, reasons: list[dict[str, str]]) -> bool:
    """Keep what checks concluded about one revision; False when the link has moved on since."""
    link = Link.objects.select_for_update().filter(pk=link_id, revision=revision).first()
    if link is None:
        return False
    if link.verdict != verdict:  # only then has any process something to forget
        logger.debug("Link %d, revision %d: %s → %s", link_id, revision, link.verdict, verdict)
        Change.objects.create(link_id=link_id)
    Link.objects.filter(pk=link_id).update(verdict=verdict, verdict_reasons=reasons, checked_at=timezone.now())
    return True


def recheck_due(limit: int) -> int:
    """Check the links that have waited longest, at most so many; returns how many were due."""
    due = list(_due().order_by(F("checked_at").asc(nulls_first=True), "pk").values_list("pk", "revision")[:limit])
    for link_id, revision in due:
        check_link(link_id, revision)
    return len(due)


def _due() -> QuerySet[Link]:
    """Links whose check got lost, is a day old, or is older than the block list."""
    now = timezone.now()
    outdated_since = max(blocklist.changed_at(settings.BLOCK_LIST_PATH) or now - RECHECK_AFTER, now - RECHECK_AFTER)
    lost = Q(checked_at=None, updated_at__lt=now - LOST_AFTER)
    return Link.objects.alive().filter(lost | Q(checked_at__lt=outdated_since))
