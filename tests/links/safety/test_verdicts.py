"""The worst answer is the verdict; it is kept for the checked revision only, and worked out again when due."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import ada_url
import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import Workspace
from links import actions, tasks
from links.models import Change, Domain, Link
from links.safety import verdicts
from links.safety.findings import Finding

NOW = timezone.now


@pytest.fixture
def block_list(tmp_path: Path, settings: LazySettings) -> Path:
    path = tmp_path / "blocklist.txt"
    settings.BLOCK_LIST_PATH = path
    return path


@pytest.fixture
def link(workspace: Workspace, site: Domain, block_list: Path) -> Link:
    return actions.create_link(workspace, "https://bad.example/", actor=actions.NOBODY)


def checked(link: Link) -> Link:
    """The link as it stands after a check."""
    verdicts.check_link(link.pk, link.revision)
    link.refresh_from_db()
    return link


def aged(link: Link, **columns: Any) -> None:
    Link.objects.filter(pk=link.pk).update(**columns)


def failing(url: ada_url.URL) -> Finding | None:
    raise TimeoutError("no answer")


def worrying(url: ada_url.URL) -> Finding | None:
    return Finding("suspicious", "smells")


def test_nothing_found_is_safe(link: Link) -> None:
    checked(link)
    assert (link.verdict, link.verdict_reasons) == (Link.Verdict.SAFE, [])
    assert link.checked_at is not None


def test_a_listed_host_is_malicious_and_every_process_hears_of_it(link: Link, block_list: Path) -> None:
    block_list.write_text("bad.example\n")
    Change.objects.all().delete()
    checked(link)
    assert link.verdict == Link.Verdict.MALICIOUS
    assert link.verdict_reasons == [{"check": "block_list", "reason": "“bad.example” is on this server's block list."}]
    assert Change.objects.get().link_id == link.pk


def test_the_worst_verdict_wins_and_every_reason_is_kept(link: Link, block_list: Path) -> None:
    block_list.write_text("127.0.0.1\n")
    aged(link, destination="http://127.0.0.1/")
    checked(link)
    assert link.verdict == Link.Verdict.MALICIOUS
    assert [reason["check"] for reason in link.verdict_reasons] == ["private_address", "block_list"]


def test_our_own_host_is_suspicious(link: Link) -> None:
    aged(link, destination="https://q.example.com/ABC123")
    assert checked(link).verdict == Link.Verdict.SUSPICIOUS


def test_the_same_verdict_again_wakes_nobody(link: Link) -> None:
    before = checked(link).checked_at
    Change.objects.all().delete()
    after = checked(link).checked_at
    assert before is not None
    assert after is not None
    assert after > before
    assert not Change.objects.exists()


def test_a_verdict_on_an_older_revision_is_ignored(link: Link) -> None:
    actions.change_link(link, {"destination": "https://good.example/"}, actor=actions.NOBODY)
    assert not verdicts.check_link(link.pk, 1)
    assert not verdicts.record_verdict(link.pk, 1, Link.Verdict.MALICIOUS, [])
    link.refresh_from_db()
    assert link.verdict == Link.Verdict.UNCHECKED


def test_a_deleted_link_is_left_alone(link: Link) -> None:
    actions.delete_link(link, actor=actions.NOBODY)
    link.refresh_from_db()
    assert not verdicts.check_link(link.pk, link.revision)
    assert not verdicts.check_link(0, 1)


def test_a_check_that_cannot_answer_blocks_no_link(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "CHECKS", [failing])
    checked(link)
    assert (link.verdict, link.checked_at) == (Link.Verdict.UNCHECKED, None)


def test_a_check_that_cannot_answer_hides_no_other(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "CHECKS", [failing, worrying])
    assert checked(link).verdict == Link.Verdict.SUSPICIOUS


def test_a_check_that_cannot_answer_clears_nobody(
    link: Link, block_list: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block_list.write_text("bad.example\n")
    checked(link)
    monkeypatch.setattr(verdicts, "CHECKS", [failing, worrying])
    assert checked(link).verdict == Link.Verdict.MALICIOUS


def test_an_unreadable_block_list_is_no_answer(link: Link, block_list: Path) -> None:
    block_list.mkdir()
    assert checked(link).verdict == Link.Verdict.UNCHECKED


def test_a_lost_check_is_made_up_for_soon(link: Link) -> None:
    assert verdicts.recheck_due(10) == 0
    aged(link, updated_at=NOW() - verdicts.LOST_AFTER)
    tasks.recheck_destinations()
    link.refresh_from_db()
    assert link.verdict == Link.Verdict.SAFE
    assert verdicts.recheck_due(10) == 0


def test_a_check_of_yesterday_is_repeated(link: Link) -> None:
    checked(link)
    aged(link, checked_at=NOW() - timedelta(hours=23))
    assert verdicts.recheck_due(10) == 0
    aged(link, checked_at=NOW() - timedelta(hours=25))
    assert verdicts.recheck_due(10) == 1


def test_a_new_block_list_reaches_old_links(link: Link, block_list: Path) -> None:
    checked(link)
    aged(link, checked_at=NOW() - timedelta(minutes=1))
    block_list.write_text("bad.example\n")
    assert verdicts.recheck_due(10) == 1
    link.refresh_from_db()
    assert link.verdict == Link.Verdict.MALICIOUS
    os.utime(block_list, (0, 0))
    block_list.unlink()
    aged(link, checked_at=NOW() - timedelta(hours=25))
    verdicts.recheck_due(10)
    link.refresh_from_db()
    assert link.verdict == Link.Verdict.SAFE


def test_one_run_takes_the_longest_waiting_first(link: Link, workspace: Workspace) -> None:
    aged(link, checked_at=NOW() - timedelta(days=2))
    lost = actions.create_link(workspace, "https://example.com/", actor=actions.NOBODY)
    aged(lost, updated_at=NOW() - timedelta(hours=1))
    assert verdicts.recheck_due(1) == 1
    lost.refresh_from_db()
    assert lost.verdict == Link.Verdict.SAFE
    assert verdicts.recheck_due(10) == 1


def test_a_row_that_is_no_address_does_not_end_a_round(link: Link, workspace: Workspace) -> None:
    aged(link, destination="https://", updated_at=NOW() - timedelta(hours=2))
    other = actions.create_link(workspace, "https://example.com/", actor=actions.NOBODY)
    aged(other, updated_at=NOW() - timedelta(hours=1))
    assert verdicts.recheck_due(10) == 2
    other.refresh_from_db()
    assert other.verdict == Link.Verdict.SAFE


def test_deleted_links_are_never_due(link: Link) -> None:
    aged(link, deleted_at=NOW(), updated_at=NOW() - timedelta(days=2))
    assert verdicts.recheck_due(10) == 0
