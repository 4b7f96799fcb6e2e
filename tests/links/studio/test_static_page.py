"""The page of static codes: each kind of payload by its form, previewed and downloaded, never kept."""

from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Workspace
from links.models import Code, Link, Style
from links.studio.static_forms import FORMS
from tests.links.qr.pictures import scanned

FILE = {"format": "png", "width": "40", "unit": "mm", "dpi": "300", "color_space": "rgb"}
BILL = {
    "iban": "CH5800791123000889012", "name": "Robert Schneider AG", "postal_code": "2501", "town": "Biel",
    "country": "CH", "currency": "CHF", "amount": "50", "message": "Payment of travel", "debtor_name": "Ann",
    "debtor_postal_code": "9400", "debtor_town": "Rorschach", "debtor_country": "CH",
}  # fmt: skip
PIX = {
    "tag": "26", "identifier": "br.gov.bcb.pix", "account": "01 a@b.example", "name": "Padaria", "city": "Rio",
    "country": "BR", "category": "5411", "currency": "986", "reference_label": "***",
}  # fmt: skip
TYPED: dict[str, tuple[dict[str, str], str]] = {
    "url": ({"address": "https://example.com/menu"}, "https://example.com/menu"),
    "wifi": ({"ssid": "Guests", "security": "WPA", "password": "espresso "}, "WIFI:T:WPA;S:Guests;P:espresso ;;"),
    "vcard": ({"given_name": "Ada", "number": "+44 20 7946 0018", "city": "London"}, "TEL:+442079460018"),
    "text": ({"text": "Hello,\nworld"}, "Hello"),
    "mail": ({"to": "a@example.org", "subject": "Hi"}, "mailto:a@example.org?subject=Hi"),
    "phone": ({"number": "+442079460018"}, "tel:+442079460018"),
    "sms": ({"number": "+442079460018", "message": "Hi"}, "SMSTO:+442079460018:Hi"),
    "event": ({"summary": "Fair", "starts": "2027-05-01T10:00", "ends": "2027-05-01T11:00"}, "SUMMARY:Fair"),
    "geo": ({"latitude": "51.5", "longitude": "-0.12"}, "geo:51.5,-0.12"),
    "sepa": ({"name": "Red Cross", "iban": "DE02120300000000202051", "amount": "12.30"}, "DE02120300000000202051"),
    "swiss": (BILL, "Payment of travel\nEPD"),
    "upi": (
        {"address": "ann@bank", "name": "A & B", "amount": "10", "url": "https://a.example/?b=1&c"},
        "upi://pay?pa=ann@bank&pn=A%20%26%20B&am=10.00&cu=INR&url=https%3A%2F%2Fa.example%2F%3Fb%3D1%26c",
    ),
    "emv": (PIX, "26330014br.gov.bcb.pix0111a@b.example5204"),
    "bitcoin": ({"address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}, "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
}


@pytest.fixture
def address(workspace: Workspace) -> str:
    return reverse("links:static-code", args=[workspace.slug])


def test_every_kind_is_tried() -> None:
    assert TYPED.keys() == FORMS.keys()


@pytest.mark.parametrize("kind", TYPED)
def test_a_payload_is_previewed_and_downloaded(alice_client: Client, address: str, kind: str) -> None:
    sent, text = TYPED[kind]
    assert "neither changed nor paused" in alice_client.get(address, {"kind": kind}).content.decode()
    preview = alice_client.post(f"{address}?kind={kind}", sent, headers={"hx-request": "true"})
    assert "data:image/svg+xml;base64," in preview.content.decode()
    file = alice_client.post(f"{address}?kind={kind}", sent | FILE)
    assert file["Content-Disposition"] == 'attachment; filename="code.png"'
    assert text in scanned(file.content).text
    assert not Link.objects.exists()
    assert not Code.objects.exists()


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("url", {"address": "javascript:alert(1)"}, "address"),
        ("wifi", {"ssid": "x", "security": "WPA", "password": "short"}, "password"),
        ("sepa", {"name": "x", "iban": "DE00"}, "iban"),
        ("event", {"summary": "x", "starts": "2027-05-01T10:00", "ends": "2027-05-01T09:00"}, "ends"),
        ("text", {"text": "x" * 3000}, "__all__"),
        ("swiss", BILL | {"postal_code": "CH-2501"}, "postal_code"),
        ("swiss", BILL | {"debtor_town": ""}, "debtor_town"),
        ("swiss", BILL | {"reference": "RF00"}, "reference"),
        ("upi", {"address": "ann", "name": "Ann"}, "address"),
        ("emv", PIX | {"account": "a@b.example"}, "account"),
        ("emv", PIX | {"account": "01 " + "a" * 99}, "account"),
        ("emv", PIX | {"tag": "4", "account": "é"}, "account"),
        ("emv", PIX | {"identifier": ""}, "identifier"),
        ("emv", PIX | {"name": "Café"}, "name"),
    ],
)
def test_what_cannot_be_encoded_is_said(
    alice_client: Client, address: str, kind: str, sent: dict[str, str], field: str
) -> None:
    response: Any = alice_client.post(f"{address}?kind={kind}", sent | FILE)
    assert response["Content-Type"].startswith("text/html")
    assert response.context["form"].errors[field]


def test_the_preview_names_every_field_that_is_wrong(alice_client: Client, address: str) -> None:
    """Also one that is called as a style's own name is, which has nothing to do with its picture."""
    sent = PIX | {"name": "Café"}
    preview = alice_client.post(f"{address}?kind=emv", sent, headers={"hx-request": "true"}).content.decode()
    assert "Name of the merchant: Use letters without accents" in preview


def test_the_default_style_is_used_and_another_can_be(alice_client: Client, address: str, blue: Style) -> None:
    sent = {"address": "https://example.com"} | FILE | {"format": "svg"}
    assert b"#1a237e" in alice_client.post(address, sent | {"style": str(blue.pk)}).content
    assert b"#1a237e" not in alice_client.post(address, sent).content
    Style.objects.filter(pk=blue.pk).update(is_default=True)
    assert b"#1a237e" in alice_client.post(address, sent).content


def test_what_does_not_scan_is_not_handed_out(alice_client: Client, address: str, blue: Style) -> None:
    Style.objects.filter(pk=blue.pk).update(look=blue.look | {"foreground": "#dddddd"})
    sent = {"address": "https://example.com", "style": str(blue.pk)} | FILE
    assert "would not scan" in alice_client.post(address, sent).content.decode()


def test_a_swiss_bill_is_black_on_white_with_its_cross_and_46_mm_wide(
    alice_client: Client, address: str, blue: Style
) -> None:
    """Whatever style the workspace wants for all of its codes: a bank would not take it."""
    Style.objects.filter(pk=blue.pk).update(is_default=True, is_enforced=True)
    page = alice_client.get(address, {"kind": "swiss"}).content.decode()
    assert "styles are not for this code" in page
    assert 'name="width"' not in page
    assert 'name="unit"' not in page
    assert 'name="width"' in alice_client.get(address, {"kind": "url"}).content.decode()
    sent = BILL | FILE | {"style": str(blue.pk)}
    svg = ElementTree.fromstring(alice_client.post(f"{address}?kind=swiss", sent | {"format": "svg"}).content)  # noqa: S314 our own file
    modules = float(svg.attrib["viewBox"].split()[2])
    assert float(svg.attrib["width"].removesuffix("mm")) == pytest.approx(46 * modules / (modules - 8), rel=1e-5)
    image = Image.open(BytesIO(alice_client.post(f"{address}?kind=swiss", sent).content)).convert("L")
    middle = image.width // 2
    assert image.getpixel((middle, middle)) == 255
    printed_mm = image.width / image.info["dpi"][0] * 25.4
    assert printed_mm * (modules - 8) / modules == pytest.approx(46, abs=0.02)


def test_strangers_see_nothing(charlie_client: Client, address: str) -> None:
    assert charlie_client.get(address).status_code == 404
    assert charlie_client.post(address, {"address": "https://example.com"}).status_code == 404
