"""Who or what followed a code: the class of a scan, the rule that gave it, and the version of all rules together."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import crawleruseragents
from ua_parser import parse

HUMAN = "human"
PREVIEW = "preview"
PREFETCH = "prefetch"
BOT = "bot"
SCANNER = "scanner"
INTERNAL = "internal"
HEAD = "head"
CLASSES = (HUMAN, PREVIEW, PREFETCH, BOT, SCANNER, INTERNAL, HEAD)

# Goes up whenever the lists or the code below change what a scan is called.
RULES_VERSION = "2026.11.2"

_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


class Classified(NamedTuple):
    """A class and why: the rule that gave it."""

    name: str
    reason: str


def classify(method: str, purpose: str, user_agent: str) -> Classified:
    """The class of a scan: the request's own words first, then its user agent."""
    if method == "HEAD":
        return Classified(HEAD, "method HEAD")
    if purpose and _PREFETCH.search(purpose):
        return Classified(PREFETCH, f"purpose {purpose}"[:100])
    return _class_of_agent(user_agent)


def hinted(hint: str) -> Classified | None:
    """A class that only the redirect could know: it saw the address, or what the record leaves out."""
    return Classified(hint, "seen when it was scanned") if hint in CLASSES else None


@lru_cache(maxsize=50_000)
def _class_of_agent(user_agent: str) -> Classified:
    if not user_agent.strip():
        return Classified(BOT, "no user agent")
    for name, source, pattern in _lists():
        if found := pattern.search(user_agent):
            return Classified(name, f"{source}: {found[0]}"[:100])
    return _unlike_any_browser(user_agent) or Classified(HUMAN, "an ordinary browser")


def _unlike_any_browser(user_agent: str) -> Classified | None:
    """Of a program that names neither a browser nor a system nor a device ua-parser has heard of, nobody holds one."""
    if _listed("people.txt").search(user_agent):
        return None
    found = parse(user_agent)
    if found.device and found.device.family == "Spider":
        return Classified(BOT, "ua-parser: Spider")
    if not (found.user_agent or found.os or found.device):
        return Classified(BOT, "no known browser, system or device")
    return None


@cache
def _lists() -> list[tuple[str, str, re.Pattern[str]]]:
    """Class, name and pattern of each list, in the order in which they are asked."""
    return [
        (PREVIEW, "previews", _listed("previews.txt")),
        (SCANNER, "scanners", _listed("scanners.txt")),
        (BOT, "crawler-user-agents", _crawlers()),
        (BOT, "programs", _listed("programs.txt")),
    ]


@cache
def _crawlers() -> re.Pattern[str]:
    """The public list's patterns as one (a search a pattern would take 700 times as long), but for those of people."""
    patterns = (entry["pattern"] for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA)
    people = set(_lines("not_crawlers.txt"))
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns if pattern not in people))


@cache
def _listed(name: str) -> re.Pattern[str]:
    """A list's lines, each a regular expression, as one; case is ignored."""
    return re.compile("|".join(f"(?:{line})" for line in _lines(name)), re.IGNORECASE)


def _lines(name: str) -> Iterator[str]:
    for line in (Path(__file__).parent / "data" / name).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
