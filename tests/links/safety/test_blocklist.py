"""The block list reads the common formats, survives broken lines, and notices that its file changed."""

import logging
import os
from pathlib import Path

import ada_url
import pytest

from links.safety import blocklist
from links.safety.blocklist import BlockList, lookup_key
from tests import corpora


def matched(lines: str, address: str) -> str | None:
    return BlockList.read(lines.splitlines(), "test").match(ada_url.URL(address))


@pytest.mark.parametrize(
    "line",
    [
        "bad.example",
        "  BAD.example.  ",
        "*.bad.example",
        ".bad.example",
        "bad.example # seen on Monday",
        "bad.example ! seen on Monday",
        "0.0.0.0 bad.example",
        "127.0.0.1\tbad.example\t# phishing",
        ":: bad.example",
        "0.0.0.0 good.example bad.example",
        "||bad.example^",
        "||bad.example^$third-party,important",
    ],
)
@pytest.mark.parametrize("address", ["https://bad.example/", "http://www.BAD.example.:81/a?b#c"])
def test_every_format_names_a_host_and_all_below_it(line: str, address: str) -> None:
    assert matched(line, address) == "bad.example"


@pytest.mark.parametrize("address", ["https://example/", "https://notbad.example/", "https://bad.example.com/"])
def test_neighbours_are_not_listed(address: str) -> None:
    assert matched("bad.example\n", address) is None


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("münchen.example", "https://xn--mnchen-3ya.example/"),
        ("203.0.113.7", "http://0xcb.0.0x7107/"),
        ("2001:DB8:0::1", "http://[2001:db8::1]/"),
        ("[2001:db8::1]", "http://[2001:db8::1]/"),
        ("under_score.example", "http://under_score.example/"),
    ],
)
def test_hosts_are_compared_as_browsers_read_them(line: str, address: str) -> None:
    assert matched(line, address) is not None


@pytest.mark.parametrize(
    "address",
    [
        "https://shared.example/phish",
        "http://shared.example:8080/phish#top",
        "https://shared.example/phish/",
        "https://shared.example/phish?id=1",
        "https://shared.example/%70hish",
        "https://shared.example/%2570hish",
        "https://shared.example/x/../phish",
    ],
)
@pytest.mark.parametrize("line", ["https://shared.example/phish", "shared.example/phish", "||shared.example/phish^"])
def test_an_address_covers_what_continues_it(line: str, address: str) -> None:
    assert matched(line, address) == "shared.example/phish"


@pytest.mark.parametrize(
    "address",
    [
        "https://shared.example/",
        "https://shared.example/phishing",
        "https://shared.example/Phish",
        "https://www.shared.example/phish",
        "https://shared.example/a/phish",
    ],
)
def test_an_address_covers_nothing_else(address: str) -> None:
    assert matched("https://shared.example/phish", address) is None


def test_a_whole_site_can_be_listed_by_its_address() -> None:
    assert matched("https://bad.example/", "https://bad.example/any/page") == "bad.example/"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "# comment",
        "! comment",
        "[Adblock Plus 2.0]",
        "127.0.0.1 localhost",
        "::1 ip6-localhost",
        "0.0.0.0 0.0.0.0",
    ],
)
def test_lines_that_say_nothing_are_not_broken(line: str) -> None:
    listed = BlockList.read([line], "test")
    assert (listed.hosts, listed.addresses, listed.broken_lines) == (set(), set(), 0)


@pytest.mark.parametrize(
    "line",
    [
        "com",
        "two words",
        "@@||good.example^",
        "good.example##.advert",
        "user@good.example",
        "good.example:80",
        "good.example\\x",
        "https://",
        "https://exa mple/",
        "||^",
        "1.2.3.4.5",
        "0.0.0.0 b@d.example",
    ],
)
def test_a_broken_line_blocks_nobody_and_the_others_count(line: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        listed = BlockList.read(["good.test", line, line, "bad.example"], "list.txt")
    assert (listed.hosts, listed.addresses, listed.broken_lines) == ({"good.test", "bad.example"}, set(), 2)
    assert ["list.txt: line 2" in message for message in caplog.messages] == [True, False]
    assert caplog.messages[-1] == "list.txt: 2 lines are left out"


def test_the_spellings_that_feeds_canonicalise_are_one_address() -> None:
    """Queries are not compared, which the canonical form drops; nor hosts of raw bytes, which browsers refuse."""
    compared = 0
    for spelling, canonical in corpora.entries("safe_browsing_canonical.json"):
        if spelling.isascii() and ada_url.check_url(spelling) and ada_url.check_url(canonical):
            keys = [lookup_key(ada_url.URL(address)).partition("?")[0] for address in (spelling, canonical)]
            assert keys[0] == keys[1], spelling
            compared += 1
    assert compared > 15


def test_a_missing_file_lists_nothing(tmp_path: Path) -> None:
    path = tmp_path / "blocklist.txt"
    assert blocklist.current(path) == BlockList()
    assert blocklist.changed_at(path) is None


def test_the_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "blocklist.txt"
    path.write_text("\ufeffbad.example\n", encoding="utf-8")
    first = blocklist.current(path)
    assert first.hosts == {"bad.example"}
    assert blocklist.current(path) is first
    path.write_text("worse.example\n", encoding="utf-8")
    assert blocklist.current(path).hosts == {"worse.example"}


def test_a_copy_with_an_old_date_is_a_change_too(tmp_path: Path) -> None:
    path, copy = tmp_path / "blocklist.txt", tmp_path / "copy.txt"
    path.write_text("bad.example\n")
    before = blocklist.changed_at(path)
    blocklist.current(path)
    copy.write_text("new.example\n")
    os.utime(copy, (0, 0))
    copy.replace(path)
    assert blocklist.current(path).hosts == {"new.example"}
    after = blocklist.changed_at(path)
    assert before is not None
    assert after is not None
    assert after >= before


def test_bytes_that_are_no_text_break_their_line_only(tmp_path: Path) -> None:
    path = tmp_path / "blocklist.txt"
    path.write_bytes(b"\xff\xfe\x00\nbad.example\n")
    assert blocklist.current(path).hosts == {"bad.example"}
