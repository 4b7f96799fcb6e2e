"""A UPI app opens with the payee, amount and note that were meant."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, UpiPayment
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.strategies import filled_lines, injections, lines
from tests.links.qr.payloads.uris import parts

payments = st.builds(
    UpiPayment,
    address=st.from_regex(r"[a-z0-9._-]{2,20}@[a-z]{2,10}", fullmatch=True),
    name=filled_lines,
    amount=st.none() | st.decimals("0.01", "9999999999.99", places=2),
    note=lines,
    reference=st.from_regex(r"[A-Za-z0-9._-]{0,35}", fullmatch=True),
    category=st.sampled_from(["", "0000", "5411"]),
    url=st.sampled_from(["", "https://a.example/?b=c&pa=eve@bank#x"]),
)


def parsed(uri: str) -> dict[str, str]:
    """UPI Linking Specifications 1.6, section 1.2."""
    scheme, path, parameters = parts(uri)
    assert (scheme, path) == ("upi", "//pay")
    assert len(dict(parameters)) == len(parameters)
    return dict(parameters)


def test_the_text_of_a_payment() -> None:
    """The example of section 2.1, without the parameters that are for one transaction."""
    payment = UpiPayment("nadeem@npci", "nadeem chinna", Decimal(10), "Pay to mystar store", "4894398cndhcd23", "0000")
    assert payment.encode() == (
        "upi://pay?pa=nadeem@npci&pn=nadeem%20chinna&mc=0000&tr=4894398cndhcd23&tn=Pay%20to%20mystar%20store&am=10.00&cu=INR"
    )


@given(payments)
def test_a_payment_is_read_back(payment: UpiPayment) -> None:
    found = parsed(payment.encode())
    amount = found.pop("am", None)
    assert (Decimal(amount) if amount else None) == payment.amount
    fields = {
        "pa": payment.address, "pn": payment.name, "mc": payment.category, "tr": payment.reference, "tn": payment.note,
        "cu": "INR", "url": payment.url,
    }  # fmt: skip
    assert found == {name: value for name, value in fields.items() if value}


@settings(deadline=None, max_examples=20)
@given(payments)
def test_a_payment_is_read_back_from_the_picture(payment: UpiPayment) -> None:
    encoded = payment.encode()
    assert read_back(encoded) == encoded


@given(injections.filter(str.isprintable))
def test_no_text_adds_a_parameter(injection: str) -> None:
    found = parsed(UpiPayment("ann@bank", f"a{injection}b", note=injection).encode())
    assert found == {"pa": "ann@bank", "pn": f"a{injection}b", "tn": injection, "cu": "INR"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"address": "ann"}, "address"),
        ({"address": "a@bank"}, "address"),
        ({"address": "ann@bank&am=9"}, "address"),
        ({"address": "ann@bank\n"}, "address"),
        ({"name": ""}, "name"),
        ({"name": "a" * 100}, "name"),
        ({"note": "a" * 51}, "note"),
        ({"note": "a\nb"}, "note"),
        ({"reference": "a" * 36}, "reference"),
        ({"reference": "a&b"}, "reference"),
        ({"category": "541"}, "category"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"amount": Decimal("-1")}, "amount"),
        ({"url": "ftp://a.example"}, "url"),
        ({"address": "a" * 251 + "@bank"}, "address"),
    ],
)
def test_what_a_payment_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        UpiPayment(**{"address": "ann@bank", "name": "Ann"} | fields)


def test_the_longest_texts() -> None:
    found = parsed(UpiPayment("ann@bank", "n" * 99, note="t" * 50, reference="r" * 35).encode())
    assert (len(found["pn"]), len(found["tn"]), len(found["tr"])) == (99, 50, 35)
