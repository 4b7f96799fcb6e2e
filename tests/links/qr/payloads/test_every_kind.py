"""What holds for every kind of payload: no field takes what is no text, and a scanner reads what was encoded."""

import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from links.qr import payloads
from links.qr.payloads import (
    AdditionalData,
    BitcoinPayment,
    CardAccount,
    EthereumPayment,
    Event,
    FieldRefused,
    LocalName,
    Mail,
    MeCard,
    MerchantPayment,
    Party,
    PhoneCall,
    Place,
    PlainText,
    PostalAddress,
    SepaTransfer,
    SwissBill,
    Telephone,
    Template,
    TextMessage,
    UpiPayment,
    VCard,
    WebAddress,
    Wifi,
)
from tests.links.qr.payloads.scanning import read_back

PARTY = Party("Ann", "8000", "Zürich", "CH", "Gasse", "1")
ADDRESS = PostalAddress("Street 1", "City", "Region", "12345", "Country", "home")
NUMBER, MAIL, URL, DAY = "+4930123456", "ann@example.com", "https://example.com/ü", date(2026, 12, 24)
# Every field of text is filled in, so that each is tried below.
FULL: list[Any] = [
    PlainText("Größe\n漢字 😀"),
    WebAddress(URL),
    PhoneCall(NUMBER, "42"),
    TextMessage(NUMBER, "Hello"),
    Mail((MAIL,), "Subject", "Body", (MAIL,), (MAIL,)),
    Place(Decimal("52.5"), Decimal("13.4"), Decimal(34)),
    Telephone(NUMBER, ("work",)),
    ADDRESS,
    VCard(
        "Ann",
        "Lee",
        "B",
        "Dr.",
        "MSc",
        "Org",
        "Unit",
        "Boss",
        (Telephone(NUMBER),),
        (MAIL,),
        (ADDRESS,),
        URL,
        "Note",
        DAY,
    ),
    MeCard("Ann", "Lee", (NUMBER,), (MAIL,), "Street 1, City", URL, "Note", DAY),
    Wifi("net", "WPA2-EAP", "password", True, "PEAP", "MSCHAPV2", "ann", "anonymous"),
    Event("Opening", DAY, date(2026, 12, 25), "1@x", datetime(2026, 1, 1, tzinfo=UTC), "Hall", "Words", URL),
    SepaTransfer("Ann", "DE89370400440532013000", Decimal(1), "BHBLDEHH", "CHAR", "RF18539007547034", "", "For you"),
    SepaTransfer("Ann", "DE89370400440532013000", text="Invoice 1"),
    PARTY,
    SwissBill(
        PARTY, "CH5800791123000889012", "CHF", Decimal(1), PARTY, "RF18539007547034", "Words", "//S1", ("a", "b")
    ),
    UpiPayment("ann@bank", "Ann", Decimal(1), "Note", "1", "5411", URL),
    CardAccount(4, "123"),
    Template(26, "org.example", ((1, "a"),)),
    AdditionalData("1", "2", "3", "4", "5", "6", "7", "8", "A", "10", "000"),
    LocalName("zh", "北京", "北京"),
    MerchantPayment((CardAccount(4, "123"),), "5411", "986", "BR", "Ann", "Rio", Decimal(1), "20000", "ask"),
    BitcoinPayment("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Decimal(1), "Ann", "Words"),
    EthereumPayment("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Decimal(1)),
]
TEXTS = [
    pytest.param(payload, field.name, id=f"{type(payload).__name__}.{field.name}")
    for payload in FULL
    for field in fields(payload)
    if (value := getattr(payload, field.name))
    and (isinstance(value, str) or (isinstance(value, tuple) and isinstance(value[0], str)))
]
KINDS = [payload for payload in FULL if hasattr(payload, "encode")]


def test_no_kind_is_forgotten() -> None:
    public = {getattr(payloads, name) for name in payloads.__all__}
    assert {type(payload) for payload in FULL} == {kind for kind in public if is_dataclass(kind)}


@pytest.mark.parametrize(("payload", "field"), TEXTS)
@pytest.mark.parametrize("text", ["\ud800", "1\udfff", "\x00", "a\x1bb", "\x7f", "\x85"])
def test_no_field_takes_what_is_no_text(payload: Any, field: str, text: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        replace(payload, **{field: (text,) if isinstance(getattr(payload, field), tuple) else text})
    assert refused.value.field == field
    assert refused.value.advice[0].isupper()
    assert refused.value.advice.endswith(".")
    assert str(refused.value) == f"{field}: {refused.value.advice}"


@pytest.mark.parametrize("payload", KINDS, ids=lambda payload: type(payload).__name__)
def test_a_scanner_reads_what_was_encoded(payload: Any) -> None:
    assert read_back(payload.encode()) == payload.encode()


@pytest.mark.parametrize("payload", FULL, ids=lambda payload: type(payload).__name__)
def test_a_payload_stays_what_was_checked(payload: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(payload, fields(payload)[0].name, "\x00")
    assert hash(payload) == hash(replace(payload))


def test_a_refusal_survives_a_queue() -> None:
    refused = pickle.loads(pickle.dumps(FieldRefused("name", "Fill this in.")))  # noqa: S301 our own bytes
    assert (refused.field, refused.advice, str(refused)) == ("name", "Fill this in.", "name: Fill this in.")
