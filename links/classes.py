"""Who or what followed a code: the class of a scan, the rule that gave it, and the version of all rules together."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import crawleruseragents
from ua_parser import parse
from ua_parser_rs import UserAgentExtractor

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

_LOOKS_AROUND = re.compile(r"\(\?<?[=!]")
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
    for name, source, patterns in _lists():
        if found := patterns.found_in(user_agent):
            return Classified(name, f"{source}: {found}"[:100])
    return _unlike_any_browser(user_agent) or Classified(HUMAN, "an ordinary browser")


def _unlike_any_browser(user_agent: str) -> Classified | None:
    """Of a program that names neither a browser nor a system nor a device ua-parser has heard of, nobody holds one."""
    if _listed("people.txt").found_in(user_agent):
        return None
    found = parse(user_agent)
    if found.device and found.device.family == "Spider":
        return Classified(BOT, "ua-parser: Spider")
    if not (found.user_agent or found.os or found.device):
        return Classified(BOT, "no known browser, system or device")
    return None


class _Patterns:
    """Regular expressions that are looked for all at once, in the order in which they stand.

    One big alternative of Python's takes 1.5 ms for an agent that is not known yet: whoever makes agents up would hold
    counting up. ua-parser's engine knows by a few letters which of a thousand patterns are worth a look. What it does
    not speak, look-around, is left to Python.
    """

    def __init__(self, patterns: Iterable[str], *, ignore_case: bool) -> None:
        flags = re.IGNORECASE if ignore_case else re.NOFLAG
        self._patterns = [re.compile(pattern, flags) for pattern in patterns]
        prefix = "(?i)" if ignore_case else ""
        slow = [each.pattern for each in self._patterns if _LOOKS_AROUND.search(each.pattern)]
        self._slow = re.compile("|".join(f"(?:{pattern})" for pattern in slow) or "(?!)", flags)
        self._quick = UserAgentExtractor(
            (prefix + each.pattern, str(index), None, None, None, None)
            for index, each in enumerate(self._patterns)
            if each.pattern not in slow
        )

    def found_in(self, user_agent: str) -> str:
        """The words by which one of them holds; empty where none does."""
        quick = self._quick.extract(user_agent)
        pattern = self._patterns[int(quick.family)] if quick else self._slow
        found = pattern.search(user_agent)
        if found:
            return found[0]
        return pattern.pattern if quick else ""


@cache
def _lists() -> list[tuple[str, str, _Patterns]]:
    """Class, name and patterns of each list, in the order in which they are asked."""
    return [
        (PREVIEW, "previews", _listed("previews.txt")),
        (SCANNER, "scanners", _listed("scanners.txt")),
        (BOT, "crawler-user-agents", _crawlers()),
        (BOT, "programs", _listed("programs.txt")),
    ]


@cache
def _crawlers() -> _Patterns:
    """The public list's patterns, but for those of people."""
    people = set(_lines("not_crawlers.txt"))
    patterns = (entry["pattern"] for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA)
    return _Patterns((pattern for pattern in patterns if pattern not in people), ignore_case=False)


@cache
def _listed(name: str) -> _Patterns:
    """A list's lines, each a regular expression; case is ignored."""
    return _Patterns(_lines(name), ignore_case=True)


def _lines(name: str) -> Iterator[str]:
    for line in (Path(__file__).parent / "data" / name).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
