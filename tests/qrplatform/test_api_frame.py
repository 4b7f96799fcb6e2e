"""What every REST address shares: problem details for every refusal, keys, the schema and its page."""

import json
import re
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from accounts.models import ApiKey, User, Workspace
from links.models import Domain
from qrplatform.api import KeyThrottle

LINKS = "/api/v1/links"


def problem_of(answer: Any, status: int) -> dict[str, Any]:
    """The problem an answer carries, its shape checked."""
    body: dict[str, Any] = json.loads(answer.content)
    assert answer.status_code == body["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["detail"]
    return body


@pytest.fixture
def nobody(site: Domain) -> Client:
    return Client(headers={"host": "q.example.com"})


def test_without_a_key_401_names_the_scheme(nobody: Client) -> None:
    answer = nobody.get(LINKS)
    problem_of(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_key_is_401_and_says_why(nobody: Client) -> None:
    body = problem_of(nobody.get(LINKS, headers={"authorization": "Bearer qrp_wrong"}), 401)
    assert "does not exist" in body["detail"]


def test_a_revoked_key_is_401(nobody: Client, workspace: Workspace) -> None:
    _, secret = ApiKey.issue(workspace, "Webshop")
    assert nobody.get(LINKS, headers={"authorization": f"Bearer {secret}"}).status_code == 200
    ApiKey.objects.update(revoked_at="2026-01-01T00:00Z")
    assert "revoked" in problem_of(nobody.get(LINKS, headers={"authorization": f"Bearer {secret}"}), 401)["detail"]


def test_a_session_works_too_and_needs_its_csrf_token(alice: User, workspace: Workspace, site: Domain) -> None:
    browser = Client(headers={"host": "q.example.com"}, enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.get(LINKS).status_code == 200
    answer = browser.post(LINKS, {"destination": "https://example.org/"}, content_type="application/json")
    assert "CSRF" in problem_of(answer, 403)["detail"]


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/v1/nothing", "/api/v2/links", "/api/v1/links/0x1"])
def test_an_unknown_address_is_404(nobody: Client, path: str) -> None:
    problem_of(nobody.get(path), 404)


@pytest.mark.parametrize("number", [str(2**63), str(10**40), "0"])
def test_a_number_nobody_has_is_404(api: Client, number: str) -> None:
    problem_of(api.get(f"{LINKS}/{number}"), 404)


def test_outside_the_api_pages_stay_pages(nobody: Client) -> None:
    answer = nobody.get("/accounts/nothing")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_wrong_method_is_405_and_lists_the_right_ones(api: Client) -> None:
    answer = api.put(LINKS, {}, content_type="application/json")
    problem_of(answer, 405)
    assert "GET" in answer["Allow"]


def test_a_wrong_accept_is_406(api: Client) -> None:
    problem_of(api.get(LINKS, headers={"accept": "image/gif"}), 406)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_a_wrong_content_type_is_415(api: Client, content_type: str) -> None:
    problem_of(api.post(LINKS, "destination=x", content_type=content_type), 415)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"destination": NaN}',
        b"\xff\xfe",
        b"\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b"[]",
        b"[1, 2]",
        b'"text"',
        b"null",
        b"1e999",
        b'{"destination": ["https://example.org/"]}',
        b'{"destination": {"a": 1}}',
        b'{"destination": null}',
        b'{"destination": 12345678901234567890123}',
        b'{"destination": "https://example.org/\\u0000"}',
        b'{"destination": "https://example.org/", "title": "a\\u0000b"}',
        b'{"destination": "https://example.org/", "title": "\\ud800"}',
        b'{"destination": "https://example.org/", "title": ["x"]}',
        b'{"destination": "https://example.org/", "expires_at": 1e400}',
        b'{"destination": "https://example.org/", "expires_at": "9999999-01-01"}',
    ],
)
def test_a_body_that_makes_no_sense_is_400(api: Client, body: bytes) -> None:
    problem_of(api.post(LINKS, body, content_type="application/json"), 400)


@pytest.mark.parametrize("charset", ["utf-16", "hex", "zlib", "nonsense", "idna"])
def test_json_is_utf_8_whatever_the_charset_says(api: Client, charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    answer = api.generic("POST", LINKS, b'{"destination": 1', content_type=content_type)
    assert "JSON" in problem_of(answer, 400)["detail"]


def test_each_refused_field_is_named(api: Client) -> None:
    body = problem_of(api.post(LINKS, {"title": "x" * 1000}, content_type="application/json"), 400)
    assert {error["field"] for error in body["errors"]} == {"destination", "title"}
    assert all(error["detail"] for error in body["errors"])


def test_what_concerns_no_single_field_has_none(api: Client) -> None:
    body = problem_of(api.post(LINKS, [], content_type="application/json"), 400)
    assert [error["field"] for error in body["errors"]] == [None]


@pytest.mark.parametrize("cursor", ["x", "%00", "cD1hYmM=", "cD0lMDA=", "bz05OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "8J+YgA=="])
def test_a_made_up_cursor_is_no_page(api: Client, cursor: str) -> None:
    answer = api.get(f"{LINKS}?cursor={cursor}")
    assert answer.status_code in (200, 404)
    if answer.status_code == 404:
        problem_of(answer, 404)


def test_a_bug_of_ours_is_a_problem_that_tells_no_secrets(api: Client) -> None:
    api.raise_request_exception = False
    with patch("links.api.views.workspaces_of", side_effect=RuntimeError("secret detail")):
        answer = api.get(LINKS)
    assert "secret" not in problem_of(answer, 500)["detail"]


def test_a_loop_gone_wild_is_429_for_its_own_key_only(api: Client, charlie_api: Client) -> None:
    with patch.object(KeyThrottle, "rate", "2/minute"):
        assert [api.get(LINKS).status_code for _ in range(2)] == [200, 200]
        answer = api.get(LINKS)
        assert charlie_api.get(LINKS).status_code == 200
    problem_of(answer, 429)
    assert int(answer["Retry-After"]) > 0


def test_charlies_key_sees_nothing_of_alices(api: Client, charlie_api: Client) -> None:
    made = api.post(LINKS, {"destination": "https://example.org/"}, content_type="application/json").json()
    problem_of(charlie_api.get(f"{LINKS}/{made['id']}"), 404)
    assert charlie_api.get(LINKS).json()["results"] == []


@pytest.mark.parametrize(("wanted", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_the_schema_is_openapi_3_1_and_open_to_all(nobody: Client, wanted: str, read: Any) -> None:
    answer: HttpResponse = nobody.get(f"/api/v1/schema?format={wanted}")  # type: ignore[assignment]  # the test client's
    schema = read(answer.content)
    assert schema["openapi"].startswith("3.1")
    assert schema["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    assert "/api/v1/links" in schema["paths"]
    for path, operations in schema["paths"].items():
        for name, operation in operations.items():
            if name != "parameters":
                assert "application/problem+json" in operation["responses"]["default"]["content"], (path, name)


def test_the_schema_is_valid_and_without_warnings() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, api_version="v1", file="/dev/null")


def test_the_docs_page_carries_nothing_inline(nobody: Client) -> None:
    answer = nobody.get("/api/docs")
    page = answer.content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert "unsafe" not in answer["Content-Security-Policy"]
