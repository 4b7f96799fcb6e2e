"""A payment app reads exactly the merchant, amount and data that were meant."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import AdditionalData, CardAccount, FieldRefused, LocalName, MerchantPayment, Template
from tests.links.qr.payloads.scanning import read_back

# The sample of EMV QRCPS, Merchant-Presented Mode; its checksum is right.
SAMPLE = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
    "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME"
    "91320016A0112233449988770708123456786304A13A"
)
PAYMENT = MerchantPayment(
    (
        Template(29, "D15600000000", ((5, "A93FO3230Q"),)),
        Template(31, "D15600000001", ((3, "12345678"),)),
    ),
    "4111", "156", "CN", "BEST TRANSPORT", "BEIJING", Decimal("23.72"),
    tip="ask",
    additional=AdditionalData(
        store_label="1234", customer_label="***", terminal_label="A6008667", consumer_data_request="ME"
    ),
    local=LocalName("ZH", "最佳运输", "北京"),
    unreserved=(Template(91, "A011223344998877", ((7, "12345678"),)),),
    is_dynamic=True,
)  # fmt: skip


def data_objects(text: str) -> dict[str, str]:
    """Two digits of tag, two of length in characters, and the value."""
    found: dict[str, str] = {}
    while text:
        tag, length = text[:2], text[2:4]
        assert tag.isdecimal()
        assert length.isdecimal()
        assert tag not in found, "a data object came twice"
        found[tag] = text[4 : 4 + int(length)]
        assert len(found[tag]) == int(length) > 0
        text = text[4 + int(length) :]
    return found


def checksum(data: bytes) -> str:
    """ISO/IEC 13239 as data object 63 takes it: polynomial 1021, begun with FFFF, bit by bit."""
    register = 0xFFFF
    for byte in data:
        for place in range(7, -1, -1):
            feedback = register >> 15 ^ (byte >> place & 1)
            register = (register << 1 & 0xFFFF) ^ (0x1021 if feedback else 0)
    return f"{register:04X}"


def parsed(text: str) -> dict[str, Any]:
    """The format comes first, the checksum last, and it covers everything but itself."""
    found: dict[str, Any] = dict(data_objects(text))
    assert (next(iter(found)), found["00"]) == ("00", "01")
    assert list(found)[-1] == "63"
    assert found.pop("63") == checksum(text[:-4].encode())
    for tag in found:
        if 26 <= int(tag) <= 51 or int(tag) >= 80 or tag in ("62", "64"):
            found[tag] = data_objects(found[tag])
    return found


def test_the_sample_of_the_specification() -> None:
    assert parsed(PAYMENT.encode()) == parsed(SAMPLE)
    assert read_back(PAYMENT.encode()) == PAYMENT.encode()


def test_the_checksum_that_everybody_knows() -> None:
    assert checksum(b"123456789") == "29B1"


common = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1).filter(str.strip)
tagged = st.tuples(st.integers(1, 99), common.map(lambda text: text[:20]))
data = st.lists(tagged, max_size=2, unique_by=lambda pair: pair[0])
chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=25)


def shortened(longest: int) -> st.SearchStrategy[str]:
    return common.map(lambda text: text.lstrip()[:longest])


@given(
    shortened(25), shortened(15), shortened(10), st.decimals("0.001", "999999999.999", places=3), shortened(32),
    data.map(tuple), shortened(25), chinese,
)  # fmt: skip
def test_a_payment_is_read_back(
    name: str, city: str, postal_code: str, amount: Decimal, identifier: str, data: tuple[tuple[int, str], ...],
    label: str, local: str,
) -> None:  # fmt: skip
    account = Template(26, identifier, tuple((tag, text.strip() or "x") for tag, text in data))
    payment = MerchantPayment(
        (CardAccount(4, "123"), account), "5411", "986", "BR", name, city, amount, postal_code,
        additional=AdditionalData(bill_number=label), local=LocalName("zh", local),
    )  # fmt: skip
    found = parsed(payment.encode())
    assert Decimal(found.pop("54")) == amount
    assert found == {
        "00": "01", "01": "11", "04": "123", "52": "5411", "53": "986", "58": "BR", "59": name, "60": city,
        "61": postal_code, "62": {"01": label}, "64": {"00": "zh", "01": local},
        "26": {"00": identifier} | {f"{tag:02}": text for tag, text in account.data},
    }  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(shortened(25), st.decimals("0.01", "999999999.99", places=2))
def test_a_payment_is_read_back_from_the_picture(name: str, amount: Decimal) -> None:
    encoded = replace(PAYMENT, name=name, amount=amount).encode()
    assert read_back(encoded) == encoded


@pytest.mark.parametrize("injection", ["540599.99", "6304FFFF", "x5802US", "0" * 25])
def test_no_name_adds_a_data_object(injection: str) -> None:
    expected = parsed(SAMPLE) | {"59": injection}
    assert parsed(replace(PAYMENT, name=injection).encode()) == expected


@pytest.mark.parametrize(
    ("fee", "found"),
    [
        ({"fee": Decimal("1.50")}, {"55": "02", "56": "1.5"}),
        ({"fee_percent": Decimal("99.99")}, {"55": "03", "57": "99.99"}),
        ({"tip": "ask"}, {"55": "01"}),
        ({}, {}),
    ],
)
def test_tip_and_fee(fee: dict[str, Any], found: dict[str, str]) -> None:
    payment = replace(PAYMENT, **{"tip": None} | fee)
    assert {tag: value for tag, value in parsed(payment.encode()).items() if tag in ("55", "56", "57")} == found


def test_an_amount_has_at_most_13_characters() -> None:
    for amount in ("999999999.999", "1.0000000000000000", "1E+8"):
        assert len(parsed(replace(PAYMENT, amount=Decimal(amount)).encode())["54"]) <= 13


@pytest.mark.parametrize(("field", "longest"), [("name", 25), ("city", 15), ("postal_code", 10)])
def test_each_text_has_its_length(field: str, longest: int) -> None:
    text: dict[str, Any] = {field: "a" * longest}
    replace(PAYMENT, **text)
    with pytest.raises(FieldRefused, match=f"{field}: Use at most {longest} characters"):
        replace(PAYMENT, **{key: value + "a" for key, value in text.items()})


def test_all_of_the_additional_data() -> None:
    additional = AdditionalData("1", "2", "3", "4", "5", "6", "7", "8", "AME", "9" * 20, "521")
    expected = {f"{tag:02}": str(tag) for tag in range(1, 9)} | {"09": "AME", "10": "9" * 20, "11": "521"}
    assert parsed(replace(PAYMENT, additional=additional).encode())["62"] == expected


def test_a_template_has_at_most_99_characters() -> None:
    Template(26, "i" * 32, ((1, "a" * 59),))
    with pytest.raises(FieldRefused, match="data: Shorten these fields: together they make 100 characters, and 99 fit"):
        Template(26, "i" * 32, ((1, "a" * 60),))
    with pytest.raises(FieldRefused, match="bill_number: Shorten these fields: together they make 116 characters"):
        AdditionalData(*["a" * 25] * 4)


def test_a_code_has_at_most_512_characters() -> None:
    full = replace(PAYMENT, unreserved=(), local=None)
    room = 512 - len(full.encode())
    filled = tuple(Template(80 + at, "i", ((1, "a" * 90),)) for at in range(room // 103))
    last = Template(99, "i", ((1, "a" * (room % 103 - 13)),))
    assert len(replace(full, unreserved=(*filled, last)).encode()) == 512
    with pytest.raises(FieldRefused, match="accounts: Shorten the fields: all make 513 characters, and 512 fit"):
        replace(full, unreserved=(*filled, replace(last, data=((1, last.data[0][1] + "a"),))))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"accounts": ()}, "accounts"),
        ({"accounts": (CardAccount(4, "1"), CardAccount(4, "2"))}, "accounts"),
        ({"accounts": (Template(80, "i"),)}, "accounts"),
        ({"unreserved": (Template(26, "i"),)}, "unreserved"),
        ({"category": "411"}, "category"),
        ({"currency": "CNY"}, "currency"),
        ({"country": "cn"}, "country"),
        ({"name": "Café"}, "name"),
        ({"name": ""}, "name"),
        ({"city": "a\nb"}, "city"),
        ({"city": ""}, "city"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1.0001")}, "amount"),
        ({"amount": Decimal("1000000000")}, "amount"),
        ({"fee": Decimal(1)}, "tip"),
        ({"tip": None, "fee": Decimal(0)}, "fee"),
        ({"tip": None, "fee_percent": Decimal(100)}, "fee_percent"),
        ({"tip": "01"}, "tip"),
    ],
)
def test_what_a_payment_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        replace(PAYMENT, **fields)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: CardAccount(1, "1"), "tag"),
        (lambda: CardAccount(26, "1"), "tag"),
        (lambda: CardAccount(4, ""), "value"),
        (lambda: CardAccount(4, "a" * 100), "value"),
        (lambda: Template(25, "i"), "tag"),
        (lambda: Template(52, "i"), "tag"),
        (lambda: Template(26, "i" * 33), "identifier"),
        (lambda: Template(26, ""), "identifier"),
        (lambda: Template(26, "i", ((0, "a"),)), "data"),
        (lambda: Template(26, "i", ((100, "a"),)), "data"),
        (lambda: Template(26, "i", ((1, "a"), (1, "b"))), "data"),
        (lambda: Template(26, "i", ((1, ""),)), "data"),
        (lambda: AdditionalData("a" * 26), "bill_number"),
        (lambda: AdditionalData(purpose="é"), "purpose"),
        (lambda: AdditionalData(consumer_data_request="EA"), "consumer_data_request"),
        (lambda: AdditionalData(tax_id="1" * 21), "tax_id"),
        (lambda: AdditionalData(channel="800"), "channel"),
        (lambda: AdditionalData(channel="00"), "channel"),
        (lambda: LocalName("zho", "a"), "language"),
        (lambda: LocalName("zh", ""), "name"),
        (lambda: LocalName("zh", "a" * 26), "name"),
        (lambda: LocalName("zh", "a", "b" * 16), "city"),
        (lambda: LocalName("zh", "😀"), "name"),
        (lambda: LocalName("zh", "e\u0301"), "name"),
    ],
)
def test_what_its_parts_refuse(make: Any, field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        make()
