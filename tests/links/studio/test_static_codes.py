"""Static codes over REST: any payload, written as phones expect, in every format and of the size asked for."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from links.models import Style
from links.qr.symbologies import SYMBOLOGIES
from tests.links.qr.pictures import scanned
from tests.links.studio.conftest import BLUE, PALE, base64_of, png

QR = "/api/v1/qr"
BITCOIN = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SEPA = {"kind": "sepa", "name": "Red Cross", "iban": "DE02120300000000202051"}
PARTY = {"name": "Ann", "postal_code": "8000", "town": "Zürich", "country": "CH"}
BILL = {"kind": "swiss", "creditor": PARTY, "iban": "CH5800791123000889012", "amount": "12.5"}
PIX = {
    "kind": "emv", "accounts": [{"tag": 26, "identifier": "br.gov.bcb.pix", "data": {"01": "a@b.example"}}],
    "category": "5411", "currency": "986", "country": "BR", "name": "Padaria", "city": "Rio",
}  # fmt: skip
WIFI = {"kind": "wifi", "ssid": "Café; guests", "password": "secret: 12 "}


def post(api: Client, path: str = QR, **body: Any) -> Any:
    return api.post(path, body, content_type="application/json")


def errors_of(response: Any) -> dict[str | None, str]:
    assert response.status_code == 400, response.content
    return {error["field"]: error["detail"] for error in response.json()["errors"]}


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (WIFI, r"WIFI:T:WPA;S:Café\; guests;P:secret\: 12 ;;"),
        ({"kind": "url", "address": "HTTPS://Example.com/a b"}, "https://example.com/a%20b"),
        ({"kind": "text", "text": " Hello,\nworld "}, " Hello,\nworld "),
        ({"kind": "phone", "number": "+44 20 7946 0018"}, "tel:+442079460018"),
        ({"kind": "sms", "number": "+442079460018", "message": "Hi: there"}, "SMSTO:+442079460018:Hi: there"),
        ({"kind": "mail", "to": ["a@example.org"], "subject": "A & B"}, "mailto:a@example.org?subject=A%20%26%20B"),
        ({"kind": "geo", "latitude": "52.520008", "longitude": "13.404954"}, "geo:52.520008,13.404954"),
        ({"kind": "bitcoin", "address": BITCOIN, "amount": "0.00015"}, f"bitcoin:{BITCOIN}?amount=0.00015"),
    ],
)
def test_a_payload_is_written_as_phones_expect(api: Client, payload: dict[str, Any], text: str) -> None:
    response = post(api, payload=payload, format="png")
    assert response.status_code == 200, response.content
    assert scanned(response.content).text == text


def test_a_contact_with_numbers_and_addresses(api: Client) -> None:
    card = {
        "kind": "vcard",
        "given_name": "Ada",
        "family_name": "Lovelace; Countess",
        "telephones": [{"number": "+442079460018", "types": ["work"]}],
        "addresses": [{"street": "12 St James's Square", "city": "London", "type": "home"}],
        "note": "One\nEND:VCARD",
    }
    lines = scanned(post(api, payload=card, format="png").content).text.split("\r\n")
    assert r"N:Lovelace\; Countess;Ada;;;" in lines
    assert "TEL;TYPE=work:+442079460018" in lines
    assert r"NOTE:One\nEND:VCARD" in lines
    assert lines.count("END:VCARD") == 1


def test_an_event_of_a_whole_day_and_one_of_an_hour(api: Client) -> None:
    fair = {"kind": "event", "summary": "Fair", "starts": "2027-05-01", "ends": "2027-05-02"}
    response = post(api, payload=fair, format="png")
    assert response.status_code == 200, response.content
    assert "DTSTART;VALUE=DATE:20270501" in scanned(response.content).text
    talk = fair | {"starts": "2027-05-01T10:00:00+02:00", "ends": "2027-05-01T11:00:00+02:00"}
    response = post(api, payload=talk, format="png")
    assert response.status_code == 200, response.content
    assert "DTSTART:20270501T080000Z" in scanned(response.content).text


def test_a_transfer_has_the_level_that_banks_want(api: Client) -> None:
    transfer = {"kind": "sepa", "name": "Red Cross", "iban": "DE02120300000000202051", "amount": "12.30"}
    read = scanned(post(api, payload=transfer, level="H", format="png").content)
    assert read.ec_level == "M"
    assert "EUR12.3" in read.text


def test_a_swiss_bill_is_drawn_as_its_guidelines_want(api: Client) -> None:
    """Level M, the cross, and 46 mm without quiet zone where no other size is asked for."""
    file = post(api, payload=BILL, level="H", format="png").content
    read, image = scanned(file), Image.open(BytesIO(file))
    assert (read.ec_level, read.text.split("\n")[3]) == ("M", BILL["iban"])
    modules = Image.open(BytesIO(post(api, payload=BILL, format="png", scale=1).content)).width
    assert image.width / image.info["dpi"][0] * 25.4 * (modules - 8) / modules == pytest.approx(46, abs=0.02)
    wide = post(api, payload=BILL, format="png", inches=3, dpi=100).content
    assert 250 < Image.open(BytesIO(wide)).width <= 300, "as wide as is asked for, in whatever way"
    certificate = post(api, f"{QR}/certificate", payload=BILL).json()
    assert "logo" in {finding["check"] for finding in certificate["findings"]}
    assert certificate["verdict"] in "AB"


def test_a_merchant_payment_and_one_by_upi(api: Client) -> None:
    text = scanned(post(api, payload=PIX | {"amount": "9.90", "tip": "ask"}, format="png").content).text
    assert text.startswith("00020101021126330014br.gov.bcb.pix0111a@b.example")
    assert "54039.9550201" in text
    upi = {"kind": "upi", "address": "ann@bank", "name": "A&B", "amount": "1"}
    assert scanned(post(api, payload=upi, format="png").content).text == "upi://pay?pa=ann@bank&pn=A%26B&am=1.00&cu=INR"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "payload"),
        ({"text": "a", "payload": WIFI}, "payload"),
        ({"payload": {"kind": "fax"}}, "payload.kind"),
        ({"payload": {"kind": ["wifi"]}}, "payload.kind"),
        ({"payload": WIFI | {"hiden": True}}, "payload.hiden"),
        ({"payload": {"kind": "geo", "latitude": "1e999999", "longitude": "0"}}, "payload.latitude"),
        ({"payload": SEPA | {"amount": "1e99999"}}, "payload.amount"),
        ({"payload": SEPA, "symbology": "aztec"}, "symbology"),
        ({"payload": BILL, "look": {}}, "look"),
        ({"payload": BILL | {"alternative_schemes": ["é" * 100] * 2}, "format": "png", "dpi": 36}, "dpi"),
        ({"payload": BILL, "symbology": "aztec"}, "symbology"),
        ({"payload": BILL | {"creditor": PARTY | {"postal_code": "CH-8000"}}}, "payload.creditor.postal_code"),
        ({"payload": BILL | {"debtor": PARTY | {"nam": "x"}}}, "payload.debtor.nam"),
        ({"payload": BILL | {"debtor": PARTY | {"town": "a\nb"}}}, "payload.debtor.town"),
        ({"payload": PIX | {"accounts": []}}, "payload.accounts"),
        ({"payload": PIX | {"accounts": [{"tag": 26, "identifier": ""}]}}, "payload.accounts.0.identifier"),
        ({"payload": PIX | {"accounts": [{"tag": 26, "value": "x"}]}}, "payload.accounts.0.tag"),
        ({"payload": PIX | {"accounts": [3]}}, "payload.accounts.0"),
        (
            {"payload": PIX | {"accounts": [{"tag": 26, "identifier": "x", "data": {"1": "y"}}]}},
            "payload.accounts.0.data.1",
        ),
        ({"payload": PIX | {"tip": "please"}}, "payload.tip"),
        ({"payload": {"kind": "upi", "address": "ann@bank&am=9", "name": "Ann"}}, "payload.address"),
        ({"payload": {"kind": "upi", "address": "ann@bank", "name": "Ann", "url": "upi://x"}}, "payload.url"),
        ({"text": "x", "look": {"dot_size": 10**400}}, "look.dot_size"),
        ({"text": "x", "look": {"has_caption": True}, "caption": "\u200b"}, "caption"),
        ({"text": "x", "format": "webp", "size": 12_000}, "format"),
        ({"text": "x", "format": "png", "mm": 5000, "dpi": 2400}, "mm"),
        ({"text": "x", "format": "png", "inches": 196, "dpi": 2400}, "inches"),
        ({"text": "x", "format": "png", "inches": 0.2, "dpi": 36}, "inches"),
        ({"text": "x", "format": "svg", "mm": 40, "inches": 2}, "inches"),
        ({"text": "x", "format": "pdf", "scale": 1}, "scale"),
        ({"text": "x", "format": "eps", "size": 20_000, "dpi": 36}, "size"),
        ({"payload": {"kind": "wifi", "ssid": "x", "password": "short"}}, "payload.password"),
        ({"payload": {"kind": "geo", "latitude": "91", "longitude": "0"}}, "payload.latitude"),
        ({"payload": {"kind": "event", "summary": "x", "starts": "soon", "ends": "2027-05-02"}}, "payload.starts"),
        ({"payload": [1]}, "payload"),
        ({"text": "x" * 3000}, "text"),
        ({"text": "x", "format": "bmp"}, "format"),
        ({"text": "x", "size": 500, "scale": 3}, "size"),
        ({"text": "x", "size": 24, "format": "png"}, "size"),
        ({"text": "x", "scale": 64, "look": BLUE | {"dot_size": 0.9, "modules": "dots"}, "style": 1}, "look"),
        ({"text": "x", "style": 999}, "style"),
        ({"text": "x", "look": {"modules": "x"}}, "look.modules"),
        ({"text": "x", "symbology": "maxicode"}, "symbology"),
        ({"text": "x", "symbology": "aztec", "look": {}}, "look"),
        ({"text": "x" * 40, "symbology": "micro_qr"}, "text"),
        ({"payload": WIFI, "symbology": "micro_qr"}, "payload"),
        ({"text": "x", "look": {"logo": {"png": base64_of(png()), "width": 0.4}}}, "look.logo.width"),
        ({"text": "x", "look": {"frame": {"design": "badge", "text": "W" * 40}}}, "look.frame.text"),
    ],
)
def test_bad_requests_say_what_to_change(api: Client, body: dict[str, Any], field: str) -> None:
    assert errors_of(post(api, **body))[field]


def test_an_address_on_the_block_list_gets_no_code(api: Client, settings: Settings, tmp_path: Any) -> None:
    """A dynamic code could be stopped later on; a static one never."""
    settings.BLOCK_LIST_PATH = tmp_path / "blocked.txt"
    settings.BLOCK_LIST_PATH.write_text("evil.example\n")
    card = {"kind": "vcard", "given_name": "Eve", "url": "https://evil.example/"}
    for body in (
        {"text": "https://evil.example/x"},
        {"text": " HTTPS:/evil.example"},
        {"text": "URLTO:https://evil.example"},
        {"text": "Look at https://evil.example/x."},
        {"payload": {"kind": "url", "address": "https://evil.example"}},
        {"payload": card},
    ):
        assert "block list" in next(iter(errors_of(post(api, **body)).values()))
    assert post(api, text="https://good.example").status_code == 200


def test_a_look_that_does_not_scan_is_refused_and_measured(api: Client) -> None:
    response = post(api, text="hello", look=PALE)
    assert response.status_code == 409
    assert "too close to its background" in response.json()["detail"]
    certificate = post(api, f"{QR}/certificate", text="hello", look=PALE).json()
    assert certificate["verdict"] == "F"
    assert certificate["advice"]["verdict"] in "AB"


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
def test_other_symbologies(api: Client, symbology: str) -> None:
    response = post(api, text="LABEL-1", symbology=symbology, format="png")
    assert response.status_code == 200, response.content
    assert scanned(response.content).text == "LABEL-1"
    assert post(api, f"{QR}/certificate", text="LABEL-1", symbology=symbology).status_code == 400


def test_a_saved_style_is_used(api: Client, blue: Style) -> None:
    assert b"#1a237e" in post(api, text="hello", style=blue.pk).content


def test_sizes(api: Client) -> None:
    def size_of(**asked: Any) -> tuple[int, ...]:
        return Image.open(BytesIO(post(api, text="hello", format="png", **asked).content)).size

    assert size_of() == (290, 290)  # version 1 with its quiet zone: 29 modules
    assert size_of(scale=3) == (87, 87)
    assert size_of(size=300) == (290, 290)
    assert size_of(mm=25.4, dpi=300) == (290, 290)
    assert size_of(inches=1, dpi=600) == (580, 580)


@pytest.mark.parametrize(
    ("asked", "millimetres"),
    [
        ({}, 40),
        ({"mm": 60}, 60),
        ({"inches": 2}, 50.8),
        ({"size": 600}, 50.8),
        ({"size": 600, "dpi": 150}, 101.6),
        ({"scale": 10}, 290 / 300 * 25.4),
    ],
)
def test_every_way_to_tell_a_size_counts_in_print(api: Client, asked: dict[str, Any], millimetres: float) -> None:
    points = pytest.approx(millimetres / 25.4 * 72, abs=0.001)
    pdf = post(api, text="hello", format="pdf", **asked).content
    assert float(pdf.partition(b"/MediaBox [0 0 ")[2].split()[0]) == points
    eps = post(api, text="hello", format="eps", **asked).content
    assert float(eps.partition(b"%%HiResBoundingBox: 0 0 ")[2].split()[0]) == points


@pytest.mark.parametrize("extension", ["svg", "png", "jpg", "webp", "pdf", "eps"])
def test_the_same_address_gives_the_same_bytes(api: Client, extension: str) -> None:
    first = api.get(QR, {"text": "hello", "format": extension})
    assert first.status_code == 200
    again = api.get(QR, {"text": "hello", "format": extension}, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_strangers_and_the_logged_out_draw_nothing_of_others(client: Client, charlie_api: Client, blue: Style) -> None:
    assert client.get(QR, {"text": "hello"}, headers={"host": "q.example.com"}).status_code == 401
    assert errors_of(post(charlie_api, text="hello", style=blue.pk)) == {"style": "There is no such style."}
