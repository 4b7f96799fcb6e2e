"""The operator's own list of hosts and addresses that no code may lead to, in the formats that feeds are published in.

One entry a line; `#` and `!` begin a comment:

    bad.example                     the host and everything below it; also *.bad.example and .bad.example
    0.0.0.0 bad.example             the same, as in a hosts file
    ||bad.example^                  the same, as in an ad blocker's list
    https://example.com/phish       this address and what continues it behind / ? or &, by http or https, on any port
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import unquote

import ada_url

from links.safety.policy import host_of

logger = logging.getLogger(__name__)

# Most lines are plain names and need no parser; a last label of digits would be an IP address, which does.
_PLAIN_HOST = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*")
_COMMENT = re.compile(r"(?:^|\s)[#!].*")
_HOSTS_FILE_ADDRESS = re.compile(r"[0-9.]+|[0-9a-f]*:[0-9a-f:.]+")
# What hosts files say about the machine itself.
_MACHINE_NAMES = re.compile(r"local|localhost(\.localdomain)?|broadcasthost|ip6-\w+|0\.0\.0\.0")
_NEVER_IN_A_HOST = frozenset(":@?#\\")
_STEPS_OF_AN_ADDRESS = re.compile(r"[/?&]")


class BrokenLine(ValueError):
    """A line that is no entry; the message says why."""


@dataclass
class BlockList:
    """What a list says; looking up costs a step for each label and path segment, however long the list is."""

    hosts: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    broken_lines: int = 0

    @classmethod
    def read(cls, lines: Iterable[str], name: str) -> Self:
        """Keep what can be understood; the log names the first line that cannot, and says how many there are."""
        listed = cls()
        for number, line in enumerate(lines, start=1):
            try:
                listed._add(line)
            except BrokenLine as error:
                listed.broken_lines += 1
                if listed.broken_lines == 1:
                    logger.warning("%s: line %d is left out: %s", name, number, error)
        if listed.broken_lines > 1:
            logger.warning("%s: %d lines are left out", name, listed.broken_lines)
        return listed

    def match(self, url: ada_url.URL) -> str | None:
        """The entry that an address falls under, or None."""
        if (host := next((name for name in _suffixes(host_of(url)) if name in self.hosts), None)) is not None:
            return host
        return next((start for start in _starts(lookup_key(url)) if start in self.addresses), None)

    def _add(self, line: str) -> None:
        words = (_COMMENT.sub("", line) if "#" in line or "!" in line else line).split()
        if not words or line.startswith("[Adblock"):
            return
        if len(words) == 1:
            self._add_entry(words[0])
        elif _HOSTS_FILE_ADDRESS.fullmatch(words[0].lower()):
            self.hosts.update(_host(word) for word in words[1:] if not _MACHINE_NAMES.fullmatch(word))
        else:
            raise BrokenLine("it has several words, and the first is no address as in a hosts file")

    def _add_entry(self, word: str) -> None:
        if word.startswith("||"):
            word = word[2:].split("$")[0].rstrip("^")
        if "/" in word:
            self.addresses.add(lookup_key(_parsed(word if "://" in word else f"http://{word}")))
        else:
            self.hosts.add(_host(word.removeprefix("*").removeprefix(".")))


def current(path: Path) -> BlockList:
    """The list as the file stands now, read again only when it has changed; without a file nothing is listed."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return BlockList()
    return _read(path, (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))


@lru_cache(maxsize=1)
def _read(path: Path, _identity: tuple[int, ...]) -> BlockList:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return BlockList.read(file, path.name)


def changed_at(path: Path) -> datetime | None:
    """When the list last changed. A copy can bring an old modification time along, hence the inode's too."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(max(stat.st_mtime, stat.st_ctime), UTC)


def lookup_key(url: ada_url.URL) -> str:
    """What of an address is compared: not scheme, port and fragment, and however often something was escaped."""
    return host_of(url) + _unescaped(url.pathname + url.search)


def _unescaped(text: str) -> str:
    while (shorter := unquote(text, "latin-1")) != text:  # every round is shorter, so there is a last one
        text = shorter
    return text


def _host(word: str) -> str:
    """A listed host as addresses name it; a name without a dot would block whole top-level domains."""
    word = word.lower().rstrip(".")
    if _PLAIN_HOST.fullmatch(word):
        return word
    if word.count(":") > 1:
        word = f"[{word.strip('[]')}]"
    elif not _NEVER_IN_A_HOST.isdisjoint(word):
        raise BrokenLine(f"“{word}” is no host name")
    host = host_of(_parsed(f"http://{word}/"))
    if "." not in host and not host.startswith("["):
        raise BrokenLine(f"“{word}” would block far more than one host")
    return host


def _parsed(text: str) -> ada_url.URL:
    try:
        return ada_url.URL(text)
    except ValueError as error:
        raise BrokenLine(f"“{text}” is no address") from error


def _suffixes(host: str) -> Iterator[str]:
    """The host, then every domain that it is below."""
    while host:
        yield host
        host = host.partition(".")[2]


def _starts(key: str) -> Iterator[str]:
    """The whole key, then every start of it that ends at, or right behind, a step."""
    yield key
    for step in _STEPS_OF_AN_ADDRESS.finditer(key):
        yield key[: step.start()]
        yield key[: step.end()]
