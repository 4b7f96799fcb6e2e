"""Large pictures take turns in one process, small ones do not wait, and whoever comes too early is told when to ask."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from links.models import Code
from links.studio.pixel_gate import GATE, Busy, PixelGate

QR = "/api/v1/qr"
LARGE = {"text": "hello", "format": "png", "scale": 64, "look": {"modules": "dots"}}  # 1,856 pixels a side
FILE = {"format": "jpg", "width": "200", "unit": "mm", "dpi": "300", "color_space": "rgb"}


@pytest.fixture
def others_draw() -> Iterator[None]:
    """Somebody draws the largest picture that there is."""
    with GATE.room_for(1):
        yield


def test_pictures_share_the_room_by_size() -> None:
    gate = PixelGate()
    with gate.room_for(0.5), gate.room_for(0.5):
        with pytest.raises(Busy), gate.room_for(0.1):
            pass
        with gate.room_for(0.05):  # small
            pass
    with gate.room_for(1):
        pass


def test_one_alone_is_drawn_however_large_it_is() -> None:
    gate = PixelGate()
    with gate.room_for(6), pytest.raises(Busy), gate.room_for(0.1):
        pass


def test_room_is_given_back_whatever_happens() -> None:
    gate = PixelGate()
    for _ in range(30):
        with pytest.raises(ValueError, match="broken"), gate.room_for(0.1):
            raise ValueError("broken")
        with gate.room_for(0.7), pytest.raises(Busy), gate.room_for(0.7):
            pass
    with gate.room_for(0.7), gate.room_for(0.3):
        pass


@pytest.mark.usefixtures("others_draw")
def test_the_api_says_when_to_ask_again(api: Client) -> None:
    answer = api.post(QR, LARGE, content_type="application/json")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "3"
    assert "Ask again in a few seconds" in answer.json()["detail"]
    assert api.post(QR, LARGE | {"scale": 3}, content_type="application/json").status_code == 200
    assert api.get(QR, {"text": "hello", "format": "svg"}).status_code == 200


def test_as_soon_as_there_is_room_it_is_drawn(api: Client) -> None:
    assert api.post(QR, LARGE, content_type="application/json").status_code == 200


@pytest.mark.usefixtures("others_draw")
def test_a_code_waits_too(api: Client, alice_client: Client, code: Code) -> None:
    assert api.get(f"/api/v1/codes/{code.pk}/image.jpg", {"scale": "64"}).status_code == 503
    page = reverse("links:picture-file", args=[code.link.workspace.slug, code.pk])
    assert "Other large pictures are being drawn" in alice_client.get(page, FILE, follow=True).content.decode()


@pytest.mark.usefixtures("others_draw")
def test_the_page_of_static_codes_loses_nothing(alice_client: Client, workspace: Workspace) -> None:
    address = reverse("links:static-code", args=[workspace.slug])
    answer = alice_client.post(f"{address}?kind=text", FILE | {"text": "hello"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    page = answer.content.decode()
    assert "Other large pictures are being drawn" in page
    assert "hello</textarea>" in page
