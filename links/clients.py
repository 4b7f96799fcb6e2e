"""What a phone says of itself: device, OS, browser and language; one answer for rules and reports alike."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from ua_parser import OS, Device, parse

DEVICES = frozenset({"phone", "tablet", "desktop", "tv", "other"})

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WEIGHT = re.compile(r"[qQ]=([01](?:\.\d{0,3})?)")


class Client(NamedTuple):
    """What a user agent says of itself; empty where it says nothing."""

    device: str  # one of DEVICES
    os: str
    browser: str
    brand: str = ""  # who made the device
    app: str = ""  # the app whose own browser it is


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
    """Device, OS, browser and brand as ua-parser names them."""
    found = parse(user_agent)
    os, device, browser = found.os, found.device, found.user_agent
    return Client(
        device=_device(user_agent, os, device),
        os=os.family if os else "",
        browser=browser.family if browser else "",
        brand=_brand(device),
        app=next((name for name, pattern in _apps() if pattern.search(user_agent)), ""),
    )


def _brand(device: Device | None) -> str:
    """Empty where ua-parser only knows what kind of device it is: it calls that brand Generic or Generic_Android."""
    brand = (device.brand if device else "") or ""
    return "" if brand.startswith("Generic") or brand == "Spider" else brand


@cache
def _apps() -> list[tuple[str, re.Pattern[str]]]:
    lines = (Path(__file__).parent / "data" / "in_app.txt").read_text().splitlines()
    named = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return [(name, re.compile(pattern)) for name, pattern in named]


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
