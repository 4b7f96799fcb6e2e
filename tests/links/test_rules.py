"""Rules: what may be stored, which scans they hold for, and what a scan then gets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Workspace
from links.actions import Actor, change_link, create_link
from links.clients import Client, language_of
from links.models import Domain, Link
from links.routing import Target, choose
from links.rules import RuleRefused, compiled, parse_rules
from links.safety import verdicts
from links.targets import load_target

APP = "https://apps.example.com/"
RULE = {"when": {"os": ["iOS"]}, "destination": APP}
IPHONE = Client("phone", "iOS", "Mobile Safari")
PIXEL = Client("phone", "Android", "Chrome Mobile")
LAPTOP = Client("desktop", "Windows", "Firefox")


def target(*rules: dict[str, Any]) -> Target:
    return Target(
        1, 1, 1, 1, 0, 1, "https://example.com/", "", "UTC", False, False, False, None,
        rules=compiled(parse_rules(list(rules))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("when", "phone", "language", "holds"),
    [
        ({"os": ["iOS"]}, IPHONE, "", True),
        ({"os": ["ios", "android"]}, PIXEL, "", True),
        ({"os": ["iOS"]}, LAPTOP, "", False),
        ({"device": ["phone", "tablet"]}, PIXEL, "de", True),
        ({"device": ["phone"]}, LAPTOP, "de", False),
        ({"language": ["de"]}, LAPTOP, "de-at", True),
        ({"language": ["de-AT"]}, LAPTOP, "de-at", True),
        ({"language": ["de-AT"]}, LAPTOP, "de", False),
        ({"language": ["de"]}, LAPTOP, "", False),
        ({"device": ["phone"], "language": ["de"]}, IPHONE, "de", True),
        ({"device": ["phone"], "language": ["de"]}, IPHONE, "en", False),
        ({"device": ["phone"], "language": ["de"]}, LAPTOP, "de", False),
    ],
)
def test_a_rule_holds_when_all_its_conditions_do(
    when: dict[str, list[str]], phone: Client, language: str, holds: bool
) -> None:
    chosen = choose(target({"when": when, "destination": APP}), phone, language)
    assert chosen == (APP if holds else "https://example.com/")


def test_the_first_rule_that_holds_wins() -> None:
    second = {"when": {"device": ["phone"]}, "destination": "https://example.com/phones"}
    assert choose(target(RULE, second), IPHONE, "") == APP
    assert choose(target(second, RULE), IPHONE, "") == "https://example.com/phones"
    assert choose(target(RULE, second), PIXEL, "") == "https://example.com/phones"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9", "de-de"),
        ("en;q=0.5, de-AT", "de-at"),
        ("en;q=0.8,fr;q=0.9", "fr"),
        ("*", ""),
        ("", ""),
        ("en;q=0", ""),
        ("en;q=x", "en"),
        ("; ;,,,\x00", ""),
    ],
)
def test_the_language_is_the_one_preferred(header: str, language: str) -> None:
    assert language_of(header) == language


@given(st.text(max_size=100))
def test_no_header_is_too_strange(header: str) -> None:
    assert language_of(header) == language_of(header).lower()


@pytest.mark.parametrize(
    ("rules", "hint"),
    [
        ({}, "are a list"),
        ([1], "Rule 1 has exactly two fields"),
        ([RULE, {"when": {"os": ["iOS"]}}], "Rule 2 has exactly"),
        ([RULE | {"else": 1}], "exactly two fields"),
        ([RULE | {"when": {}}], "one or more of device, os, language"),
        ([RULE | {"when": {"country": ["DE"]}}], "one or more of"),
        ([RULE | {"when": {"os": "iOS"}}], "os is a list"),
        ([RULE | {"when": {"os": []}}], "os is a list"),
        ([RULE | {"when": {"os": [" "]}}], "os is a list"),
        ([RULE | {"when": {"os": ["a\0"]}}], "is no os"),
        ([RULE | {"when": {"os": ["\ud800"]}}], "is no os"),
        ([RULE | {"when": {"device": ["toaster"]}}], "Devices are desktop"),
        ([RULE | {"when": {"language": ["German!"]}}], "such as de or de-AT"),
        ([RULE | {"when": {"language": ["de"] * 51}}], "at most 50"),
        ([RULE | {"destination": 7}], "written as text"),
        ([RULE | {"destination": "javascript:alert(1)"}], "Rule 1: A destination begins with"),
        ([RULE] * 51, "at most 50"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_what_to_change(rules: object, hint: str) -> None:
    with pytest.raises(RuleRefused, match=hint):
        parse_rules(rules)


def test_rules_are_stored_in_one_form() -> None:
    sent = {"when": {"language": ["DE", "de "], "device": ["Phone"]}, "destination": " https://Example.com"}
    assert parse_rules([sent]) == [
        {"when": {"device": ["phone"], "language": ["de"]}, "destination": "https://example.com/"}
    ]


@pytest.mark.django_db
class TestStored:
    def test_a_change_of_rules_is_checked_anew_and_in_the_history(self, workspace: Workspace, site: Domain) -> None:
        link = create_link(workspace, "https://example.com/", actor=Actor())
        Link.objects.filter(pk=link.pk).update(verdict=Link.Verdict.SAFE)
        change_link(link, {"rules": parse_rules([RULE])}, actor=Actor())
        link.refresh_from_db()
        assert link.verdict == Link.Verdict.UNCHECKED
        assert link.destinations == ["https://example.com/", APP]
        assert "apps.example.com" in link.revisions.get(number=2).changes["rules"][1]
        code = link.codes.get()
        resolved = load_target(code.domain_id, code.canonical)
        assert resolved is not None
        assert choose(resolved, IPHONE, "") == APP

    def test_a_bad_destination_of_a_rule_is_found(
        self, workspace: Workspace, site: Domain, tmp_path: Any, settings: Any
    ) -> None:
        settings.BLOCK_LIST_PATH = tmp_path / "list"
        settings.BLOCK_LIST_PATH.write_text("apps.example.com\n")
        link = create_link(workspace, "https://example.com/", actor=Actor(), rules=parse_rules([RULE]))
        verdicts.check_link(link.pk, 1)
        link.refresh_from_db()
        assert link.verdict == Link.Verdict.MALICIOUS
