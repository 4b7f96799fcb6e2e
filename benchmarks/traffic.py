"""Who scans which code: a Zipf distribution over codes, hundreds of browsers, an address of its own for every scan."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, product
from pathlib import Path
from typing import Any, NamedTuple

# Requests in one file. They are asked in order; whoever gets through begins again.
DRAWS = 200_000
SEED = 3
# A few links get most scans: the second half as many as the first, the third a third …
ZIPF_EXPONENT = 1.0
IPV6_SHARE = 0.2

# {"when": {"device": […], "os": […], "language": […]}, "destination": …}: all given conditions hold; the first wins.
Rule = dict[str, Any]


class Printed(NamedTuple):
    """One code and where it leads: its path, the destination of its link, and the link's rules."""

    path: str
    destination: str
    rules: Sequence[Rule] = ()


class Browser(NamedTuple):
    """A user agent and what rules see of it."""

    agent: str
    device: str
    os: str


class Scan(NamedTuple):
    """Who asks."""

    browser: Browser
    languages: str
    address: str

    def request(self, path: str) -> bytes:
        """The whole request, as a trusted proxy hands it on."""
        return (
            f"GET {path} HTTP/1.1\r\n"
            "Host: 127.0.0.1\r\n"
            f"User-Agent: {self.browser.agent}\r\n"
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
            f"Accept-Language: {self.languages}\r\n"
            f"X-Forwarded-For: {self.address}\r\n\r\n"
        ).encode()

    def destination(self, code: Printed) -> str:
        """Where this scan has to land: worked out apart from the product, to check it."""
        facts = {"device": self.browser.device, "os": self.browser.os, "language": self.languages[:2]}
        for rule in code.rules:
            if all(facts[name] in allowed for name, allowed in rule["when"].items()):
                return str(rule["destination"])
        return code.destination


# Accept-Language, and how many of a hundred scans say so.
LANGUAGES = {
    "de-DE,de;q=0.9": 28,
    "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7": 22,
    "en-US,en;q=0.9": 16,
    "en-GB,en;q=0.9": 6,
    "de-AT,de;q=0.9,en;q=0.8": 5,
    "de-CH,de;q=0.9,fr;q=0.8": 3,
    "fr-FR,fr;q=0.9,en;q=0.8": 6,
    "tr-TR,tr;q=0.9,de;q=0.8": 4,
    "it-IT,it;q=0.9": 3,
    "es-ES,es;q=0.9,en;q=0.8": 3,
    "pl-PL,pl;q=0.9,de;q=0.8": 2,
    "nl-NL,nl;q=0.9,en;q=0.8": 2,
}
MODELS = ("SM-S911B", "SM-A546B", "SM-G991B", "Pixel 7", "Pixel 8a", "Pixel 9", "2201117TG", "M2101K6G", "CPH2449", "K")


def browsers() -> list[Browser]:
    """Every combination of systems, models and versions below: some hundreds."""
    return [*_iphones(), *_androids(), *_tablets(), *_desktops()]


def _iphones() -> Iterator[Browser]:
    for system, app in product(("16_7_10", "17_4_1", "17_6_1", "18_1", "18_3_2", "18_5", "18_6", "26_0"), range(9)):
        webkit = f"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        safari = system.replace("_", ".")
        chrome = f"CriOS/{128 + app}.0.6478.54 Mobile/15E148 Safari/604.1"
        agent = f"Version/{safari} Mobile/15E148 Safari/604.1" if app < 3 else chrome
        yield Browser(f"{webkit} {agent}", "phone", "iOS")


def _androids() -> Iterator[Browser]:
    for system, model, chrome in product((11, 12, 13, 14, 15), MODELS, range(132, 142)):
        yield Browser(
            f"Mozilla/5.0 (Linux; Android {system}; {model}) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{chrome}.0.0.0 Mobile Safari/537.36",
            "phone",
            "Android",
        )


def _tablets() -> Iterator[Browser]:
    for system in ("16_7", "17_5", "18_2"):
        yield Browser(
            f"Mozilla/5.0 (iPad; CPU OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            f"Version/{system.replace('_', '.')} Mobile/15E148 Safari/604.1",
            "tablet",
            "iOS",
        )


def _desktops() -> Iterator[Browser]:
    for chrome in range(128, 142):
        yield Browser(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{chrome}.0.0.0 Safari/537.36",
            "desktop",
            "Windows",
        )


def scans(rng: random.Random) -> Iterator[Scan]:
    """Scanning people without end, each at an address of their own."""
    every, languages, weights = browsers(), list(LANGUAGES), list(LANGUAGES.values())
    # Phones scan, desktops seldom do.
    shares = [{"phone": 30, "tablet": 10}.get(browser.device, 5) for browser in every]
    while True:
        chosen = zip(rng.choices(every, shares, k=10_000), rng.choices(languages, weights, k=10_000), strict=True)
        for browser, accepted in chosen:
            yield Scan(browser, accepted, _address(rng))


def _address(rng: random.Random) -> str:
    if rng.random() < IPV6_SHARE:
        return f"2003:{rng.getrandbits(16):x}:{rng.getrandbits(16):x}:{rng.getrandbits(16):x}::{rng.getrandbits(16):x}"
    return f"{rng.randint(77, 95)}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def zipf(codes: Sequence[Printed], n: int, rng: random.Random) -> list[Printed]:
    """`n` codes drawn with probability 1/rank; which code has which rank is left to chance."""
    ranked = rng.sample(codes, len(codes))
    weights = accumulate(1 / rank**ZIPF_EXPONENT for rank in range(1, len(ranked) + 1))
    return rng.choices(ranked, cum_weights=list(weights), k=n)


def write_requests(path: Path, codes: Sequence[Printed]) -> Path:
    """The file that both generators read: whole requests, one after the other."""
    rng = random.Random(SEED)
    drawn = zipf(codes, DRAWS, rng)
    return write(path, (scan.request(code.path) for code, scan in zip(drawn, islice(scans(rng), DRAWS), strict=True)))


def write(path: Path, requests: Iterable[bytes]) -> Path:
    with path.open("wb") as file:
        file.writelines(requests)
    return path
