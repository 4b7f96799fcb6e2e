"""Bodies that are too large are refused before they are read."""

from typing import Any

import pytest
from django.test import Client

from qrplatform.bodies import MOST_BYTES


class Unread:
    """A body of which not a byte may be read."""

    def read(self, *_: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def post(client: Client, path: str, content_type: str, length: int) -> Any:
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_TYPE": content_type}
    return client.request(**environ, **{"CONTENT_LENGTH": str(length), "wsgi.input": Unread()})


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_the_api_says_how_much_it_takes(api: Client, content_type: str) -> None:
    answer = post(api, "/api/v1/batches", content_type, MOST_BYTES + 1)
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert "at most 12 MB" in answer.json()["detail"]


def test_a_form_gets_a_page(alice_client: Client) -> None:
    answer = post(alice_client, "/w/acme/links/new", "multipart/form-data; boundary=x", 10**30)
    assert answer.status_code == 413
    assert "at most 12 MB" in answer.content.decode()


def test_what_is_just_small_enough_is_read(api: Client) -> None:
    answer = api.post("/api/v1/links", b" " * (MOST_BYTES - 2) + b"{}", content_type="application/json")
    assert answer.status_code == 400, answer.content
