"""An address with a mistake is refused, whichever kind it is; a wallet opens with what was meant."""

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import BitcoinPayment, EthereumPayment, FieldRefused
from links.qr.payloads.keccak import _permuted, keccak_256
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.strategies import injections, lines
from tests.links.qr.payloads.uris import parts

BITCOIN = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SEGWIT = [  # BIP 173 and BIP 350, test vectors
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "BC1SW50QGDZ25J",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
]
CHECKSUMMED = [  # EIP-55, test cases
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
ETHEREUM = CHECKSUMMED[4]


def base58check(version: int, payload: bytes) -> str:
    """Base58Check as Bitcoin's wiki describes it."""
    data = bytes([version]) + payload
    data += hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def parsed(uri: str) -> tuple[str, str, dict[str, str]]:
    scheme, path, parameters = parts(uri)
    assert len(dict(parameters)) == len(parameters)
    return scheme, path, dict(parameters)


def test_the_examples_of_bip_21() -> None:
    """With another address, since the one that is printed there has a wrong checksum."""
    address = BITCOIN
    assert BitcoinPayment(address).encode() == f"bitcoin:{address}"
    assert BitcoinPayment(address, label="Luke-Jr").encode() == f"bitcoin:{address}?label=Luke-Jr"
    assert (
        BitcoinPayment(address, Decimal("20.3"), "Luke-Jr").encode() == f"bitcoin:{address}?amount=20.3&label=Luke-Jr"
    )
    assert (
        BitcoinPayment(address, Decimal(50), "Luke-Jr", "Donation for project xyz").encode()
        == f"bitcoin:{address}?amount=50&label=Luke-Jr&message=Donation%20for%20project%20xyz"
    )


@given(st.decimals("0.00000001", 21_000_000, places=8), lines, lines | injections.filter(str.isprintable))
def test_a_bitcoin_payment_is_read_back(amount: Decimal, label: str, message: str) -> None:
    scheme, path, parameters = parsed(BitcoinPayment(BITCOIN, amount, label, message).encode())
    assert (scheme, path) == ("bitcoin", BITCOIN)
    assert Decimal(parameters.pop("amount")) == amount
    assert parameters == {name: text for name, text in (("label", label), ("message", message)) if text}


@pytest.mark.parametrize("address", SEGWIT)
def test_a_segwit_address_is_written_in_capitals(address: str) -> None:
    encoded = BitcoinPayment(address).encode()
    assert encoded == f"bitcoin:{address.upper()}"
    assert read_back(encoded) == encoded


@pytest.mark.parametrize(
    "address",
    [
        # BIP 350, invalid addresses: the other checksum, a bad character, version 17, sizes, padding, case, nothing
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1pw5dgrnzv",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kV8F3T4",
        "bc1gmk9yu",
        "bc1",
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        # one character wrong, another network, white space, a way out of the path
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN",
        f" {BITCOIN}",
        f"{BITCOIN}\n",
        f"{BITCOIN}?amount=1",
        "",
        "1",
        "0OIl",
        base58check(111, bytes(20)),
        base58check(6, bytes(20)),
        base58check(4, b"\xff" * 20),
        base58check(0, bytes(19)),
    ],
)
def test_no_address_of_bitcoin(address: str) -> None:
    with pytest.raises(FieldRefused, match="address: Copy the address again"):
        BitcoinPayment(address)


@given(st.sampled_from([0, 5]), st.binary(min_size=20, max_size=20), st.integers(0, 33))
def test_one_wrong_character_of_an_address(version: int, payload: bytes, at: int) -> None:
    address = base58check(version, payload)
    assert BitcoinPayment(address).encode() == f"bitcoin:{address}"
    place = at % len(address)
    wrong = address[:place] + ("2" if address[place] != "2" else "z") + address[place + 1 :]
    with pytest.raises(FieldRefused, match=r"^address: "):
        BitcoinPayment(wrong)


@given(st.sampled_from(SEGWIT), st.integers(3, 80), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_wrong_character_of_a_segwit_address(address: str, at: int, character: str) -> None:
    address = address.lower()
    place = 3 + at % (len(address) - 3)
    if address[place] != character:
        with pytest.raises(FieldRefused, match=r"^address: "):
            BitcoinPayment(address[:place] + character + address[place + 1 :])


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": Decimal(0)},
        {"amount": Decimal("0.000000001")},
        {"amount": Decimal("21000000.00000001")},
        {"label": "a\nb"},
        {"message": "\ud800"},
    ],
)
def test_what_a_bitcoin_payment_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(FieldRefused, match=rf"^{next(iter(fields))}: "):
        BitcoinPayment(BITCOIN, **fields)


def test_the_text_of_an_ethereum_payment() -> None:
    address = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    encoded = EthereumPayment(address, Decimal("2.014")).encode()
    assert encoded == f"ethereum:{address}@1?value=2014000000000000000"  # EIP-681 has this as 2.014e18
    assert read_back(encoded) == encoded
    assert EthereumPayment(address, chain=137).encode() == f"ethereum:{address}@137"


@given(st.decimals("0.000000000000000001", 1_000_000_000, places=18))
def test_an_amount_is_exact_in_wei(amount: Decimal) -> None:
    _, _, parameters = parsed(EthereumPayment(ETHEREUM, amount).encode())
    _, digits, exponent = amount.as_tuple()
    assert isinstance(exponent, int)
    assert int(parameters["value"]) == int("".join(map(str, digits))) * 10 ** (18 + exponent)


@pytest.mark.parametrize("address", CHECKSUMMED)
def test_capitals_are_a_checksum(address: str) -> None:
    assert EthereumPayment(address).encode() == f"ethereum:{address}@1"
    assert EthereumPayment(address.lower()).encode() == f"ethereum:{address}@1"
    assert EthereumPayment("0x" + address[2:].upper()).encode() == f"ethereum:{address}@1"


@given(st.sampled_from(CHECKSUMMED[4:]), st.integers(2, 41))
def test_one_wrong_capital(address: str, place: int) -> None:
    wrong = address[:place] + address[place].swapcase() + address[place + 1 :]
    if wrong != address:
        with pytest.raises(FieldRefused, match="address: Copy the address again"):
            EthereumPayment(wrong)


@pytest.mark.parametrize(
    "address",
    ["", ETHEREUM[:-1], ETHEREUM + "0", ETHEREUM[2:], "0X" + ETHEREUM[2:], ETHEREUM[:-1] + "g", ETHEREUM + "\n"],
)
def test_no_address_of_ethereum(address: str) -> None:
    with pytest.raises(FieldRefused, match="address: Write the address as 0x and 40"):
        EthereumPayment(address)


@pytest.mark.parametrize(
    "fields", [{"amount": Decimal(0)}, {"amount": Decimal("1E-19")}, {"chain": 0}, {"chain": -1}, {"chain": 2**63}]
)
def test_what_an_ethereum_payment_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(FieldRefused, match=rf"^{next(iter(fields))}: "):
        EthereumPayment(ETHEREUM, **fields)


def sponge(message: bytes, first_bits: int) -> bytes:
    """FIPS 202, algorithm 8, with the padding of SHA-3 (binary 01 and 1) or of Keccak (1)."""
    message += bytes([first_bits])
    message += bytes(-len(message) % 136)
    message = message[:-1] + bytes([message[-1] | 0x80])
    lanes = [0] * 25
    for start in range(0, len(message), 136):
        block = message[start : start + 136] + bytes(64)
        words = [int.from_bytes(block[at : at + 8], "little") for at in range(0, 200, 8)]
        lanes = _permuted([lane ^ word for lane, word in zip(lanes, words, strict=True)])
    return b"".join(lane.to_bytes(8, "little") for lane in lanes)[:32]


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300) | st.integers(130, 275).map(bytes))
def test_the_hash_is_sha_3_with_another_padding(message: bytes) -> None:
    assert sponge(message, 0b110) == hashlib.sha3_256(message).digest()
    assert sponge(message, 0b1) == keccak_256(message)


def test_a_hash_that_everybody_knows() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
