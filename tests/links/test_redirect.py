"""RedirectFront: what a scan gets, and what it leaves in the journal."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links.actions import Actor, change_link, delete_link
from links.addresses import networks
from links.counters import StageCounters, totals
from links.frames import scan
from links.freshness import ChangePoll
from links.journal import Journal
from links.models import Code, Domain, Link
from links.redirect import RedirectFront
from links.resolver import Resolver, ResolverUnavailable
from links.rules import parse_rules
from links.safety.verdicts import record_verdict
from links.scan_events import ScanEvent
from tests.links.factories import IPHONE, a_code


class Answer:
    """What the front answered to one request."""

    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = int(status.split()[0])
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body.decode()


class Phone:
    """Sends requests to a front of its own and reads its journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.resolver = Resolver(1000)
        self.poll = ChangePoll(self.resolver, 0.5)
        self.poll.turn()
        counters = StageCounters(folder)
        self.front = RedirectFront(
            self._django,
            resolver=self.resolver,
            poll=self.poll,
            journal=Journal(folder, counters, durability="os"),
            counters=counters,
            trusted_proxies=networks(["10.0.0.0/8"]),
        )

    def _django(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return (b"django",)

    def open(self, path: str, method: str = "GET", **headers: str) -> Answer:
        environ = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "HTTP_HOST": "q.example.com",
            "REMOTE_ADDR": "203.0.113.77",
            "HTTP_USER_AGENT": IPHONE,
            **headers,
        }
        got: list[Any] = []
        body = b"".join(self.front(environ, lambda status, headers: got.extend([status, headers])))
        return Answer(got[0], got[1], body)

    def journal(self) -> list[ScanEvent]:
        events = []
        for segment in sorted(self.folder.glob("*.seg")):
            buffer = segment.read_bytes()
            events += [ScanEvent.decode(frame.payload(buffer)) for frame in scan(buffer, finished=True).frames]
        return events


@pytest.fixture
def phone(site: Domain, tmp_path: Path) -> Phone:
    return Phone(tmp_path)


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace, title="Menu <b>")


def test_a_scan_lands_and_is_journalled(phone: Phone, code: Code) -> None:
    answer = phone.open(f"/{code.path}")
    assert answer.status == 302
    assert answer.headers["location"] == "https://example.com/menu"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    (event,) = phone.journal()
    assert (event.link_id, event.code_id, event.workspace_id) == (code.link_id, code.pk, code.link.workspace_id)
    assert (event.outcome, event.destination, event.method) == ("redirected", "https://example.com/menu", "GET")
    assert event.address == "203.0.113.0/24"
    assert len(event.visitor) == 32
    assert event.user_agent == IPHONE


@pytest.mark.parametrize("spell", [str.lower, lambda path: f"{path}/", lambda p: p.replace("1", "l").replace("0", "o")])
def test_a_code_is_found_however_it_is_typed(phone: Phone, code: Code, spell: Any) -> None:
    assert phone.open("/" + spell(code.path)).status == 302


def test_a_warm_scan_asks_the_database_nothing(
    phone: Phone, code: Code, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        phone.open(f"/{code.path}")
    with django_assert_num_queries(0):
        for _ in range(20):
            assert phone.open(f"/{code.path}").status == 302
            assert phone.open(f"/{code.path}", "HEAD").status == 302


def test_head_is_answered_and_journalled_as_head(phone: Phone, code: Code) -> None:
    answer = phone.open(f"/{code.path}", "HEAD")
    assert (answer.status, answer.body) == (302, "")
    assert phone.journal()[0].method == "HEAD"


def test_other_methods(phone: Phone, code: Code) -> None:
    assert phone.open(f"/{code.path}", "OPTIONS").status == 204
    refused = phone.open(f"/{code.path}", "POST")
    assert refused.status == 405
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    assert phone.journal() == []


def make_paused(link: Link) -> None:
    change_link(link, {"is_paused": True}, actor=Actor())


def make_expired(link: Link) -> None:
    change_link(link, {"expires_at": timezone.now() - timedelta(minutes=1)}, actor=Actor())


def make_deleted(link: Link) -> None:
    delete_link(link, actor=Actor())


def make_malicious(link: Link) -> None:
    record_verdict(link.pk, link.revision, Link.Verdict.MALICIOUS, [{"check": "block list", "reason": "listed"}])


@pytest.mark.parametrize(
    ("happens", "status", "outcome", "says"),
    [
        (make_paused, 410, "paused", "paused"),
        (make_expired, 410, "expired", "expired"),
        (make_deleted, 410, "deleted", "no longer in use"),
        (make_malicious, 200, "warned", "not safe"),
    ],
)
def test_what_does_not_lead_on_gets_a_page_and_is_journalled(
    phone: Phone, code: Code, happens: Any, status: int, outcome: str, says: str
) -> None:
    phone.open(f"/{code.path}")
    code.link.refresh_from_db()
    happens(code.link)
    phone.poll.turn()
    answer = phone.open(f"/{code.path}")
    assert answer.status == status
    assert says in answer.body
    assert "location" not in answer.headers
    assert 'href="https://example.com' not in answer.body
    assert answer.headers["cache-control"] == "private, no-store"
    assert [event.outcome for event in phone.journal()] == ["redirected", outcome]
    preview = phone.open(f"/{code.path}+")
    assert preview.status == status
    assert "Go there" not in preview.body
    assert phone.open(f"/{code.path}", "HEAD").body == ""


def test_the_preview_shows_where_a_code_leads_and_is_no_scan(phone: Phone, code: Code) -> None:
    answer = phone.open(f"/{code.path}+")
    assert answer.status == 200
    assert "https://example.com/menu" in answer.body
    assert "Menu &lt;b&gt;" in answer.body
    assert phone.journal() == []
    assert phone.open("/NOPE99+").status == 404


def test_an_unknown_code_is_an_orphan_scan(phone: Phone) -> None:
    answer = phone.open("/NOPE99")
    assert answer.status == 404
    assert "leads nowhere" in answer.body
    (event,) = phone.journal()
    assert (event.outcome, event.host, event.path, event.link_id) == ("unknown", "q.example.com", "NOPE99", 0)


@pytest.mark.parametrize("path", ["/a b", "/<script>", "/" + "x" * 65, "/ü", "/%00", "/wp.php?x"])
def test_noise_is_a_404_and_no_orphan_scan(phone: Phone, path: str) -> None:
    assert phone.open(path).status == 404
    assert phone.journal() == []


def test_noise_never_reaches_the_database(phone: Phone, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        for path in ("/AB\x00CD", "/" + "x" * 60_000, "/AB\x00CD+", "/ü"):
            assert phone.open(path).status == 404


def test_only_the_origin_of_a_referrer_is_written(phone: Phone, code: Code) -> None:
    phone.open(f"/{code.path}", HTTP_REFERER="https://example.org/private/page?token=secret")
    assert phone.journal()[0].referrer == "https://example.org"


def test_orphan_scans_are_capped_and_the_dropped_ones_counted(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("links.redirect.time.time", lambda: 1_800_000_000.5)
    for n in range(50):
        assert phone.open(f"/N{n:05}").status == 404
    assert len(phone.journal()) == 20
    assert totals(phone.folder)["orphans_dropped"] == 30


@pytest.mark.parametrize(
    "path", ["/", "/w/demo/links", "/api/v1/links", "/healthz", "/Admin", "/accounts/login/", "/robots.txt"]
)
def test_pages_of_the_product_go_on_to_django(phone: Phone, path: str) -> None:
    assert phone.open(path).body == "django"


def test_hosts_are_checked(phone: Phone, code: Code) -> None:
    assert phone.open(f"/{code.path}", HTTP_HOST="evil.example.org").status == 404
    assert phone.open(f"/{code.path}", HTTP_HOST="q.example.com,evil.example.org").status == 400
    assert phone.journal() == []


def test_a_database_that_is_away_is_a_503_with_retry_after(
    phone: Phone, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise ResolverUnavailable

    monkeypatch.setattr(phone.resolver, "resolve", away)
    answer = phone.open(f"/{code.path}")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"


def test_a_scan_lands_when_it_cannot_be_written(phone: Phone, code: Code) -> None:
    phone.front._recorder._journal = Journal(phone.folder / "gone", StageCounters(phone.folder), durability="os")
    assert phone.open(f"/{code.path}").status == 302
    assert totals(phone.folder)["lost"] == 1


def test_a_scan_lands_whatever_counting_does(phone: Phone, code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug in counting")

    monkeypatch.setattr(phone.front._recorder, "record", broken)
    assert phone.open(f"/{code.path}").status == 302
    assert totals(phone.folder)["lost"] == 1


def test_rules_send_some_phones_elsewhere_and_the_journal_says_where(phone: Phone, code: Code) -> None:
    rules = parse_rules([{"when": {"os": ["iOS"], "language": ["de"]}, "destination": "https://example.com/app"}])
    change_link(code.link, {"rules": rules}, actor=Actor())
    phone.poll.turn()
    german = phone.open(f"/{code.path}", HTTP_ACCEPT_LANGUAGE="de-AT,en;q=0.5")
    english = phone.open(f"/{code.path}", HTTP_ACCEPT_LANGUAGE="en")
    assert [german.headers["location"], english.headers["location"]] == [
        "https://example.com/app",
        code.link.destination,
    ]
    assert [event.destination for event in phone.journal()] == ["https://example.com/app", code.link.destination]


def test_a_rule_that_breaks_never_stops_a_scan(
    phone: Phone, code: Code, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rules = parse_rules([{"when": {"os": ["iOS"]}, "destination": "https://example.com/app"}])
    change_link(code.link, {"rules": rules}, actor=Actor())
    phone.poll.turn()
    monkeypatch.setattr("links.redirect.describe", Mock(side_effect=RuntimeError))
    assert phone.open(f"/{code.path}").headers["location"] == code.link.destination
    assert "could not be worked out" in caplog.text


def test_without_a_salt_the_scan_counts_without_a_visitor(phone: Phone, code: Code) -> None:
    phone.poll.salts = {}
    phone.open(f"/{code.path}")
    assert phone.journal()[0].visitor == ""


def test_the_visitor_is_the_phone_and_not_the_proxy(phone: Phone, code: Code) -> None:
    for forwarded in ("198.51.100.1", "198.51.100.2", "198.51.100.1"):
        phone.open(f"/{code.path}", REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR=forwarded)
    first, second, third = phone.journal()
    assert first.visitor == third.visitor != second.visitor
    assert first.address == second.address == "198.51.100.0/24"


def test_odd_headers_do_not_hurt(phone: Phone, code: Code) -> None:
    odd = "\x00\xff\ud800é" * 400
    assert phone.open(f"/{code.path}", HTTP_USER_AGENT=odd, HTTP_REFERER=odd, HTTP_ACCEPT_LANGUAGE=odd).status == 302
    assert phone.open(f"/{code.path}", HTTP_USER_AGENT="", REMOTE_ADDR="").status == 302
    first, second = phone.journal()
    assert len(first.user_agent) == 512
    assert (second.visitor, second.address) == ("", "")
