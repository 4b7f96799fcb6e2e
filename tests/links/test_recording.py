"""How much of whoever scanned is written down: what a code, a workspace and a phone's own wish leave of it."""

from typing import Any

import pytest

from accounts.models import Workspace
from links import recording
from links.models import Change, Code, Domain
from links.scan_events import ScanEvent
from tests.links.factories import IPHONE, a_code
from tests.links.test_redirect import Phone

ABOUT_A_VISITOR = ("address", "visitor", "user_agent", "language", "referrer")
TOLD = {"HTTP_ACCEPT_LANGUAGE": "de-DE,de;q=0.9", "HTTP_REFERER": "https://example.org/page"}


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace)


@pytest.fixture
def phone(site: Domain, tmp_path: Any) -> Phone:
    return Phone(tmp_path)


def scan(phone: Phone, code: Code, **headers: str) -> ScanEvent:
    assert phone.open(f"/{code.path}", **TOLD, **headers).status == 302
    return phone.journal()[-1]


def count_only(code: Code) -> None:
    Code.objects.filter(pk=code.pk).update(counts_only=True)
    Change.of_everything()


def set_on_workspace(code: Code, **fields: Any) -> None:
    Workspace.objects.filter(pk=code.link.workspace_id).update(**fields)
    Change.of_everything()


def kept(event: ScanEvent) -> set[str]:
    return {name for name in ABOUT_A_VISITOR if getattr(event, name)}


def test_usually_all_is_kept_that_may_be(phone: Phone, code: Code) -> None:
    event = scan(phone, code, HTTP_SEC_GPC="1")
    assert kept(event) == set(ABOUT_A_VISITOR)
    assert (event.class_hint, event.campaign_id) == ("", 0)


def test_of_a_code_that_only_counts_nothing_about_the_visitor_is_kept(phone: Phone, code: Code) -> None:
    count_only(code)
    event = scan(phone, code)
    assert kept(event) == set()
    assert event.class_hint == "human"
    assert (event.code_id, event.outcome, event.destination) == (code.pk, "redirected", code.link.destination)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"HTTP_USER_AGENT": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, "bot"),
        ({"HTTP_SEC_PURPOSE": "prefetch"}, "prefetch"),
        ({"HTTP_USER_AGENT": "WhatsApp/2.23.20.0 A"}, "preview"),
    ],
)
def test_programs_are_still_told_from_people(phone: Phone, code: Code, headers: dict[str, str], expected: str) -> None:
    count_only(code)
    assert scan(phone, code, **headers).class_hint == expected


@pytest.mark.parametrize("signal", ["HTTP_SEC_GPC", "HTTP_DNT"])
def test_a_workspace_may_honour_what_phones_wish(phone: Phone, code: Code, signal: str) -> None:
    set_on_workspace(code, honours_privacy_signals=True)
    assert kept(scan(phone, code)) == set(ABOUT_A_VISITOR)
    assert kept(scan(phone, code, **{signal: "0"})) == set(ABOUT_A_VISITOR)
    event = scan(phone, code, **{signal: "1"})
    assert (kept(event), event.class_hint) == (set(), "human")


def test_scans_from_networks_of_ones_own_are_internal(phone: Phone, code: Code) -> None:
    set_on_workspace(code, internal_networks=["198.51.100.0/24", "2001:db8:77::/48"])
    assert scan(phone, code).class_hint == ""
    assert scan(phone, code, REMOTE_ADDR="198.51.100.7").class_hint == "internal"
    assert scan(phone, code, REMOTE_ADDR="2001:db8:77:1::5").class_hint == "internal"
    behind = scan(phone, code, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.8")
    assert (behind.class_hint, behind.address, behind.user_agent) == ("internal", "198.51.100.0/24", IPHONE)
    assert scan(phone, code, REMOTE_ADDR="").class_hint == ""


def test_words_are_worked_out_once_as_long_as_they_are_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word.upper()

    monkeypatch.setattr(recording, "WORDS_REMEMBERED", 2)
    words = recording.Words(make, longest=3)

    def look_up(sent: str) -> str:
        return words.known.get(sent) or words.learn(sent)

    assert [look_up(sent) for sent in ("ab", "ab", "abcd", "abcd")] == ["AB", "AB", "ABC", "ABC"]
    assert made == ["ab", "abc", "abc"], "what is too long is cut and not remembered"
    assert [look_up(sent) for sent in ("b", "c", "b")] == ["B", "C", "B"]
    assert len(words.known) <= 2
