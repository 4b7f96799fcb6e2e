"""What a scan leaves in the journal: as much as may be kept of whoever scanned, written before the answer."""

import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from links.addresses import Network, Senders
from links.admission import Environ
from links.classes import INTERNAL, classify
from links.counters import StageCounters
from links.journal import Journal
from links.routing import UNKNOWN, Target
from links.scan_events import (
    MAX_LANGUAGE,
    MAX_PURPOSE,
    MAX_REFERRER,
    MAX_USER_AGENT,
    NOTHING,
    EventIds,
    ScanEvent,
    about_request,
    encode_scan,
    quoted,
)
from links.visitors import LocalDay, LocalDays, agent_digest

ORPHANS_PER_SECOND = 20
WORDS_REMEMBERED = 20_000
Made = TypeVar("Made")


class Words(Generic[Made]):
    """What phones send again and again, to what is made of it: worked out once.

    Ask `known` first. A plain dictionary that is emptied when it is full costs a third of functools.lru_cache, which
    moves each word it finds to the end of a list, and half of a dictionary with __missing__.
    """

    def __init__(self, make: Callable[[str], Made], longest: int) -> None:
        self.known: dict[str, Made] = {}
        self._make = make
        self._longest = longest

    def learn(self, sent: str) -> Made:
        made = self._make(sent[: self._longest])
        # Longer ones are not what phones send, and would take any amount of memory.
        if len(sent) <= self._longest:
            if len(self.known) >= WORDS_REMEMBERED:
                self.known.clear()
            self.known[sent] = made
        return made


# A user agent as a record has it, and its digest for the visitor's hash.
_agents = Words(lambda agent: (quoted(agent), agent_digest(agent)), MAX_USER_AGENT)
_languages = Words(quoted, MAX_LANGUAGE)


class Recorder:
    """One per process. Whatever it raises is a scan that is not counted; the redirect goes on all the same."""

    def __init__(
        self,
        journal: Journal,
        counters: StageCounters,
        *,
        salts: Callable[[], Mapping[str, bytes]],
        trusted_proxies: tuple[Network, ...],
    ) -> None:
        self._journal = journal
        self._counters = counters
        self._senders = Senders(trusted_proxies)
        self._days = LocalDays(salts)
        self._ids = EventIds()
        self._orphans_in_second = (0, 0)

    def record(self, environ: Environ, target: Target, now: float, about: str) -> None:
        """Write one scan; `about` is the target's part of the record, with outcome and destination."""
        address, network = self._senders.locate(environ["REMOTE_ADDR"], environ.get("HTTP_X_FORWARDED_FOR", ""))
        hint = ""
        if not target.keeps_all:
            hint = INTERNAL if address and any(each.holds(address) for each in target.internal_networks) else ""
            if target.counts_only or (target.honours_privacy_signals and _asks_for_privacy(environ)):
                return self._record_without_visitor(environ, target, now, about, hint)
        at_ms = int(now * 1000)
        day = self._days.of(now, target.workspace_id, target.timezone)
        agent = environ.get("HTTP_USER_AGENT", "")
        language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        user_agent, digest = _agents.known.get(agent) or _agents.learn(agent)
        record = encode_scan(
            self._ids.with_time(at_ms),
            about,
            _about_request(environ, day, hint),
            network,
            day.visitor(address, digest) if address else "",
            user_agent,
            _languages.known.get(language) or _languages.learn(language),
            _origin(environ["HTTP_REFERER"]) if "HTTP_REFERER" in environ else NOTHING,
        )
        self._journal.append(record)
        return None

    def _record_without_visitor(self, environ: Environ, target: Target, now: float, about: str, hint: str) -> None:
        """Only that a scan happened, and whether a person did it: decided here, as nothing is kept to tell by."""
        at_ms = int(now * 1000)
        day = self._days.of(now, target.workspace_id, target.timezone)
        asked = _about_request(environ, day, hint or _class_of(environ))
        self._journal.append(encode_scan(self._ids.with_time(at_ms), about, asked, "", "", NOTHING, NOTHING, NOTHING))

    def record_orphan(self, environ: Environ, domain_id: int, host: str, path: str) -> None:
        """Keep what was scanned in vain, up to a rate: guessing must not fill the disk."""
        now = time.time()
        second, n = self._orphans_in_second
        n = n + 1 if second == int(now) else 1
        self._orphans_in_second = (int(now), n)
        if n > ORPHANS_PER_SECOND:
            self._counters.add("orphans_dropped")
            return
        at_ms = int(now * 1000)
        agent = environ.get("HTTP_USER_AGENT", "")[:MAX_USER_AGENT]
        date = self._days.of(now, 0, "UTC").date
        event = ScanEvent(
            self._ids.new(at_ms), at_ms, 0, domain_id, 0, 0, 0, 0, UNKNOWN, "",
            date, environ["REQUEST_METHOD"], "", "", "", "", agent, "", "", host, path,
        )  # fmt: skip
        self._journal.append(event.encode())


def _about_request(environ: Environ, day: LocalDay, hint: str) -> str:
    method = environ["REQUEST_METHOD"]
    has_purpose = "HTTP_SEC_PURPOSE" in environ or "HTTP_PURPOSE" in environ or "HTTP_X_MOZ" in environ
    if hint or has_purpose or method != "GET":
        return about_request(day.date, method, quoted(_purpose_of(environ)[:MAX_PURPOSE]), hint)
    return day.plain_get


def _purpose_of(environ: Environ) -> str:
    """What a browser says it wants this for; most say nothing."""
    return environ.get("HTTP_SEC_PURPOSE") or environ.get("HTTP_PURPOSE") or environ.get("HTTP_X_MOZ") or ""


def _origin(referrer: str) -> str:
    """Of a referrer, quoted: paths and queries can name a person, and are never written."""
    return quoted("/".join(referrer.split("/", 3)[:3])[:MAX_REFERRER])


def _asks_for_privacy(environ: Environ) -> bool:
    """Global Privacy Control (W3C) or Do Not Track."""
    return environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"


def _class_of(environ: Environ) -> str:
    """Decided while the phone waits, because the words it goes by are not kept; known agents cost a look-up."""
    agent = environ.get("HTTP_USER_AGENT", "")[:MAX_USER_AGENT]
    return classify(environ["REQUEST_METHOD"], _purpose_of(environ)[:MAX_PURPOSE], agent).name
