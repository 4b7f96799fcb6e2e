"""User agent to class, device, OS and browser: one answer for rules and reports alike."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import crawleruseragents
from ua_parser import OS, Device, UserAgent, parse

# Goes up whenever the lists or the code below change what a scan is called.
RULES_VERSION = "2026.11"

HUMAN = "human"
PREVIEW = "preview"
PREFETCH = "prefetch"
BOT = "bot"
SCANNER = "scanner"
HEAD = "head"
DEVICES = frozenset({"phone", "tablet", "desktop", "tv", "other"})

# What programs call themselves that no list names, and what no browser says.
_GENERIC = re.compile(
    r"(?<!cu)bot\b|crawl|spider|scrap|fetch|monitor|headless|preview|validator|archiv|https?://|\w@[\w-]+\.[a-z]{2,4}\b|"
    r"^(?:curl|wget|python|java|go-http|okhttp|axios|node|ruby|perl|php|libwww|apache|http|postman|insomnia|dart)\b",
    re.IGNORECASE,
)
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WEIGHT = re.compile(r"[qQ]=([01](?:\.\d{0,3})?)")
_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


class ClientClass(NamedTuple):
    """A class and why: the rule that gave it."""

    name: str
    reason: str


class Client(NamedTuple):
    """What a user agent says of itself; empty where it says nothing."""

    device: str  # one of DEVICES
    os: str
    browser: str


def classify(method: str, purpose: str, user_agent: str) -> ClientClass:
    """The class of a scan: the request's own words first, then its user agent."""
    if method == "HEAD":
        return ClientClass(HEAD, "method HEAD")
    if purpose and _PREFETCH.search(purpose):
        return ClientClass(PREFETCH, f"purpose {purpose}"[:100])
    return _class_of_agent(user_agent)


@lru_cache(maxsize=50_000)
def _class_of_agent(user_agent: str) -> ClientClass:
    if not user_agent.strip():
        return ClientClass(BOT, "no user agent")
    for name, pattern in ((PREVIEW, _listed("previews.txt")), (SCANNER, _listed("scanners.txt"))):
        if found := pattern.search(user_agent):
            return ClientClass(name, f"lists: {found[0]}"[:100])
    if found := _crawlers().search(user_agent):
        return ClientClass(BOT, f"crawler-user-agents: {found[0]}"[:100])
    if found := _GENERIC.search(user_agent):
        return ClientClass(BOT, f"generic: {found[0]}"[:100])
    return ClientClass(HUMAN, "an ordinary browser")


@cache
def _listed(name: str) -> re.Pattern[str]:
    lines = (Path(__file__).parent / "data" / name).read_text().splitlines()
    words = [re.escape(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
    return re.compile("|".join(words), re.IGNORECASE)


@cache
def _crawlers() -> re.Pattern[str]:
    """The public list's patterns as one: a search a pattern would take 700 times as long."""
    return re.compile("|".join(f"(?:{entry['pattern']})" for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA))


@lru_cache(maxsize=10_000)
def language_of(accept_language: str) -> str:
    """The language tag that a person prefers, in lower case: “de-at” of “de-AT,en;q=0.5”. Empty where none is said."""
    best, best_weight = "", 0.0
    for choice in accept_language.split(","):
        tag, _, parameter = choice.partition(";")
        weight = _weight(parameter)
        if weight > best_weight and is_language_tag(tag.strip()):
            best, best_weight = tag.strip().lower(), weight
    return best


def is_language_tag(text: str) -> bool:
    return _LANGUAGE_TAG.fullmatch(text) is not None


def _weight(parameter: str) -> float:
    """The q of RFC 9110 §12.4.2; what is no number counts as said without one."""
    found = _WEIGHT.fullmatch(parameter.strip())
    return float(found[1]) if found else 1.0


@lru_cache(maxsize=50_000)
def describe(user_agent: str) -> Client:
    """Device, OS and browser families as ua-parser names them."""
    found = parse(user_agent)
    os, device, browser = found.os, found.device, found.user_agent
    return Client(_device(user_agent, os, device), os.family if os else "", _browser(browser))


def _browser(browser: UserAgent | None) -> str:
    return browser.family if browser else ""


def _device(user_agent: str, os: OS | None, device: Device | None) -> str:
    family = os.family if os else ""
    model = device.family if device else ""
    if "TV" in user_agent or family in ("tvOS", "Chromecast"):
        return "tv"
    if model == "iPad" or "Tablet" in user_agent or (family == "Android" and "Mobile" not in user_agent):
        return "tablet"
    if family in ("iOS", "Android", "Windows Phone", "KaiOS", "HarmonyOS") or "Mobile" in user_agent:
        return "phone"
    return "desktop" if family in ("Windows", "Mac OS X", "Linux", "Ubuntu", "Chrome OS", "Fedora") else "other"
