"""A small HTTP client for journeys and faults: one request, one connection, no cookies, no redirects followed."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def request(url: str, method: str = "GET", body: object = None, **headers: str) -> Answer:
    """Send one request, `body` as JSON; raises OSError or HTTPException when no answer comes."""
    parts = urlsplit(url)
    assert parts.hostname in ("127.0.0.1", "localhost"), "tests talk to this machine only"
    connection = HTTPConnection(parts.hostname, parts.port, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent["Content-Type"] = "application/json"
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path or "/", json.dumps(body) if body is not None else None, sent)
        response = connection.getresponse()
        received = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, received, response.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Api:
    """The REST API of a stack, with a key."""

    base_url: str
    key: str

    def __call__(self, method: str, path: str, body: object = None) -> Answer:
        return request(f"{self.base_url}/api/v1/{path}", method, body, Authorization=f"Bearer {self.key}")
