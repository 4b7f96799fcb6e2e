"""User agents: device, OS and browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.clients import describe
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
    assert describe(agent)[:3] == (device, os, browser)


@pytest.mark.parametrize(
    ("said", "app"),
    [
        ("Instagram 406.0.0.58.159 Android (35/15; 480dpi; 1080x2250; OnePlus; CPH2557)", "Instagram"),
        ("MetaIAB Facebook", "Facebook"),
        ("[FBAN/FBIOS;FBAV/451.0;FBDV/iPhone15,2]", "Facebook"),
        ("MicroMessenger/8.0.49(0x1800312b) NetType/WIFI", "WeChat"),
        ("Line/14.7.0", "LINE"),
        ("GSA/314.0.627946138 Safari/604.1", "Google app"),
        ("", ""),
    ],
)
def test_apps_with_browsers_of_their_own(said: str, app: str) -> None:
    assert describe(f"{IPHONE} {said}").app == app


def test_who_made_it() -> None:
    assert describe(IPHONE).brand == "Apple"
    assert describe(PEOPLE["Chrome on Android"][0]).brand == "Google"
    assert describe(PEOPLE["Firefox on Windows"][0]).brand == ""


@given(st.text(max_size=600))
def test_any_text_has_a_description(agent: str) -> None:
    describe(agent)
