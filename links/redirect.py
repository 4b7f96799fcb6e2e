"""THE HOT PATH: resolve, choose, journal (links/recording.py), go.

RedirectFront stands before Django's handler and middleware and answers scans itself; everything else goes on to
Django through the gate of links/admission.py. The server's protocol (links/protocol.py) asks it first for known codes.
"""

import logging
import time
from collections.abc import Iterable
from functools import cache

from django.template.loader import get_template, render_to_string

from links import codes
from links.addresses import Network
from links.admission import Application, Environ, StartResponse
from links.clients import describe, language_of
from links.counters import StageCounters
from links.freshness import ChangePoll
from links.hosted import pages
from links.hosted.stored import file_asked
from links.journal import Journal
from links.recording import Recorder
from links.resolver import KnownDomain, Resolver, ResolverUnavailable
from links.routing import DELETED, EXPIRED, PAUSED, REDIRECTED, SHOWN, WARNED, Target, choose, outcome_of
from links.scan_events import MAX_LANGUAGE, MAX_USER_AGENT
from links.scan_headers import SCAN_HEADERS, location

logger = logging.getLogger(__name__)


PAGE_HEADERS = [
    *SCAN_HEADERS,
    ("Content-Type", "text/html; charset=utf-8"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
]
HOSTED_HEADERS = [
    *(header for header in PAGE_HEADERS if header[0] != "Content-Security-Policy"),
    ("Content-Security-Policy", pages.CONTENT_SECURITY_POLICY),
]
REASONS = {200: "OK", 204: "No Content", 302: "Found", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
           410: "Gone", 503: "Service Unavailable"}  # fmt: skip
PAGE_OF_OUTCOME = {
    PAUSED: (410, "paused"),
    EXPIRED: (410, "expired"),
    DELETED: (410, "deleted"),
    WARNED: (200, "warning"),
}
FIXED_PAGES = ("bad_host", "bad_method", "unavailable", "unknown", "unknown_host")
SCAN_METHODS = frozenset({"GET", "HEAD"})


class RedirectFront:
    """The WSGI application: scans here, everything else to `django`."""

    def __init__(
        self,
        django: Application,
        *,
        resolver: Resolver,
        poll: ChangePoll,
        journal: Journal,
        counters: StageCounters,
        trusted_proxies: tuple[Network, ...] = (),
    ) -> None:
        self._django = django
        self._resolver = resolver
        self._poll = poll
        self._recorder = Recorder(journal, counters, salts=lambda: self._poll.salts, trusted_proxies=trusted_proxies)
        self._counters = counters
        _load_pages()

    def destination_of(self, environ: Environ) -> str:
        """Where a GET scan of a code that this process knows leads, written down; "" for everything else.

        Nearly every scan ends here. It waits for nothing but, once in a segment, the disk: a server may ask it in the
        thread that reads its sockets.
        """
        target = self._resolver.known(environ.get("HTTP_HOST", ""), environ["PATH_INFO"])
        return self._lead(environ, target, time.time()) if target is not None else ""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET" and (destination := self.destination_of(environ)):
            return _redirect(start_response, destination)
        path = environ["PATH_INFO"]
        segment = path[1:-1] if path.endswith("/") else path[1:]
        file = ""
        if "/" in segment:
            segment, file = file_asked(segment)
        if not segment:
            return self._django(environ, start_response)
        canonical = codes.canonical(segment)
        if canonical in codes.reserved():
            return self._django(environ, start_response)
        return self._answer_code(environ, start_response, segment, canonical, file)

    def _answer_code(
        self, environ: Environ, start_response: StartResponse, segment: str, canonical: str, file: str
    ) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        method = environ["REQUEST_METHOD"]
        try:
            domain = self._resolver.domain_of(host)
            if "," in host:
                return _page(start_response, 400, "bad_host", method)
            if domain is None:
                return _page(start_response, 404, "unknown_host", method)
            if method not in SCAN_METHODS:
                return _other_method(start_response, method)
            is_preview = segment.endswith("+") and not file
            if not codes.is_code_shaped(segment[:-1] if is_preview else segment):
                return _page(start_response, 404, "unknown", method)
            if is_preview:
                return self._preview(start_response, domain, canonical[:-1], method)
            target = self._resolver.resolve(domain.id, canonical, segment)
        except ResolverUnavailable:
            return _page(start_response, 503, "unavailable", method, [("Retry-After", "1")])
        if file:
            return _hosted_file(start_response, target, file, method)
        if target is None:
            try:
                self._recorder.record_orphan(environ, domain.id, domain.host, segment)
            except Exception:
                self._lose()
            return _page(start_response, 404, "unknown", method)
        return self._answer_scan(environ, start_response, target)

    def _answer_scan(self, environ: Environ, start_response: StartResponse, target: Target) -> Iterable[bytes]:
        now = time.time()
        if destination := self._lead(environ, target, now):
            return _redirect(start_response, destination)
        outcome = outcome_of(target, now)
        if outcome == REDIRECTED:  # by a hosted page
            outcome = SHOWN
        self._record(environ, target, now, target.about_scan(outcome, ""))
        if outcome == SHOWN:
            return _hosted_page(start_response, target, environ["PATH_INFO"].strip("/"), environ["REQUEST_METHOD"])
        status, template = PAGE_OF_OUTCOME[outcome]
        return _page(start_response, status, template, environ["REQUEST_METHOD"], target=target)

    def _lead(self, environ: Environ, target: Target, now: float) -> str:
        """The destination of a scan, which is then written down; "" where it is to see a page instead."""
        if target.is_plain:
            destination, about = target.destination, target.about
        else:
            destination = self._choose(environ, target) if outcome_of(target, now) == REDIRECTED else ""
            if not destination:
                return ""
            about = target.about_to.get(destination, target.about)
        self._record(environ, target, now, about)
        return destination

    def _record(self, environ: Environ, target: Target, now: float, about: str) -> None:
        """A scan never fails because counting failed."""
        try:
            self._recorder.record(environ, target, now, about)
        except Exception:
            self._lose()

    def _choose(self, environ: Environ, target: Target) -> str:
        """Where the link's rules send this scan; rules that cannot be worked out are passed over."""
        try:
            phone = describe(environ.get("HTTP_USER_AGENT", "")[:MAX_USER_AGENT])
            return choose(target, phone, language_of(environ.get("HTTP_ACCEPT_LANGUAGE", "")[:MAX_LANGUAGE]))
        except Exception:
            logger.exception("The rules of link %d could not be worked out", target.link_id)
            return target.destination

    def _lose(self) -> None:
        """Called where an exception is handled."""
        logger.exception("A scan could not be journalled")
        self._counters.add("lost")

    def _preview(
        self, start_response: StartResponse, domain: KnownDomain, canonical: str, method: str
    ) -> Iterable[bytes]:
        """CODE+ shows where a code leads; looking is not a scan."""
        target = self._resolver.resolve(domain.id, canonical)
        if target is None:
            return _page(start_response, 404, "unknown", method)
        outcome = outcome_of(target, time.time())
        if outcome == REDIRECTED:
            return _page(start_response, 200, "preview", method, target=target, path=f"/{canonical}")
        status, template = PAGE_OF_OUTCOME[outcome]
        return _page(start_response, status, template, method, target=target)


def _redirect(start_response: StartResponse, destination: str) -> Iterable[bytes]:
    start_response("302 Found", [("Location", location(destination)), *SCAN_HEADERS])
    return []


def _page(
    start_response: StartResponse,
    status: int,
    template: str,
    method: str,
    headers: Iterable[tuple[str, str]] = (),
    target: Target | None = None,
    path: str = "",
) -> Iterable[bytes]:
    """One of the few pages a scanning person may meet: templates/scan/."""
    body = _fixed_page(template) if target is None else _render(template, target, path)
    return _send(start_response, status, [*PAGE_HEADERS, *headers], body, method)


def _hosted_page(start_response: StartResponse, target: Target, segment: str, method: str) -> Iterable[bytes]:
    """What the link shows by itself, scanned as /segment."""
    try:
        body = pages.page(target.hosted, codes.canonical(segment))
    except Exception:
        return _not_made(start_response, target, method)
    return _send(start_response, 200, HOSTED_HEADERS, body, method)


def _hosted_file(start_response: StartResponse, target: Target | None, name: str, method: str) -> Iterable[bytes]:
    """What a hosted page offers to save. Whoever fetches it has the page already: this is no scan."""
    if target is None:
        return _page(start_response, 404, "unknown", method)
    outcome = outcome_of(target, time.time())
    if outcome != REDIRECTED:
        status, template = PAGE_OF_OUTCOME[outcome]
        return _page(start_response, status, template, method, target=target)
    try:
        found = pages.file(target.hosted, name)
    except Exception:
        return _not_made(start_response, target, method)
    if found is None:
        return _page(start_response, 404, "unknown", method)
    body, headers = found
    return _send(start_response, 200, [*SCAN_HEADERS, ("X-Content-Type-Options", "nosniff"), *headers], body, method)


def _not_made(start_response: StartResponse, target: Target, method: str) -> Iterable[bytes]:
    """A page that this version cannot make; called where an exception is handled."""
    logger.exception("The page of link %d could not be made", target.link_id)
    return _page(start_response, 503, "unavailable", method, [("Retry-After", "1")])


def _send(
    start_response: StartResponse, status: int, headers: Iterable[tuple[str, str]], body: bytes, method: str
) -> Iterable[bytes]:
    start_response(f"{status} {REASONS[status]}", [*headers, ("Content-Length", str(len(body)))])
    return [] if method == "HEAD" else [body]


def _render(template: str, target: Target | None, path: str = "") -> bytes:
    return render_to_string(f"scan/{template}.html", {"target": target, "path": path}).encode()


@cache
def _fixed_page(template: str) -> bytes:
    return _render(template, None)


def _load_pages() -> None:
    """The first page of a process takes half a second to load; an outage is no time for that."""
    for template in FIXED_PAGES:
        _fixed_page(template)
    for template in ("preview", *(template for _, template in PAGE_OF_OUTCOME.values())):
        get_template(f"scan/{template}.html")
    pages.load()


def _other_method(start_response: StartResponse, method: str) -> Iterable[bytes]:
    allow = ("Allow", "GET, HEAD, OPTIONS")
    if method == "OPTIONS":
        start_response("204 No Content", [*SCAN_HEADERS, allow])
        return []
    return _page(start_response, 405, "bad_method", method, [allow])
