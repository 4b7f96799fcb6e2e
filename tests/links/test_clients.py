"""User agents: who is a person, what else there is, and why."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.clients import classify, describe
from tests import corpora
from tests.links.factories import IPHONE

PEOPLE = {
    "an iPhone's camera": (IPHONE, "phone", "iOS", "Mobile Safari"),
    "Chrome on Android": (
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
        "Mobile Safari/537.36",
        "phone",
        "Android",
        "Chrome Mobile",
    ),
    "an iPad": (
        "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
        "Mobile/15E148 Safari/604.1",
        "tablet",
        "iOS",
        "Mobile Safari",
    ),
    "Firefox on Windows": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "desktop",
        "Windows",
        "Firefox",
    ),
    "a Cubot phone, whose name ends in bot": (
        "Mozilla/5.0 (Linux; Android 11; CUBOT KINGKONG 5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0.0.0 "
        "Mobile Safari/537.36",
        "phone",
        "Android",
        "Chrome Mobile",
    ),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_people(name: str) -> None:
    agent, device, os, browser = PEOPLE[name]
    assert classify("GET", "", agent).name == "human"
    assert describe(agent) == (device, os, browser)


@pytest.mark.parametrize(
    ("method", "purpose", "agent", "expected"),
    [
        ("HEAD", "prefetch", IPHONE, "head"),
        ("GET", "prefetch;prerender", IPHONE, "prefetch"),
        ("GET", "preview", IPHONE, "prefetch"),
        ("GET", "", "WhatsApp/2.24.17.79 A", "preview"),
        ("GET", "", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "preview"),
        ("GET", "", "TelegramBot (like TwitterBot)", "preview"),
        ("GET", "", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "preview"),
        ("GET", "", "Barracuda Sentinel (EE)", "scanner"),
        ("GET", "", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("GET", "", "curl/8.9.1", "bot"),
        ("GET", "", "python-requests/2.32", "bot"),
        ("GET", "", "SomethingNew/1.0 (+https://something.example/about)", "bot"),
        ("GET", "", "", "bot"),
        ("GET", "", "   ", "bot"),
    ],
)
def test_what_is_not_a_person_and_why(method: str, purpose: str, agent: str, expected: str) -> None:
    found = classify(method, purpose, agent)
    assert found.name == expected
    assert found.reason


@given(st.text(max_size=600), st.text(max_size=40))
def test_any_text_has_a_class_and_a_description(agent: str, purpose: str) -> None:
    assert classify("GET", purpose, agent).name in {"human", "bot", "preview", "prefetch", "scanner"}
    describe(agent)


def agents(name: str) -> list[str]:
    """The user agents of one of the corpus' lists."""
    return [match[1] for line in corpora.lines(name) if (match := re.match(r"\s+- (.+)", line))]


def share_of_people(name: str) -> float:
    found = agents(name)
    return sum(classify("GET", "", agent).name == "human" for agent in found) / len(found)


def test_no_worse_than_when_last_measured() -> None:
    """Measured: 71 % of these crawlers are caught, 3 % of these people's browsers are taken for programs."""
    assert 1 - share_of_people("isbot_crawlers.yml") > 0.68
    assert share_of_people("isbot_browsers.yml") > 0.95
