"""Bitcoin payments: a wallet opens with address and amount. A mistyped address loses the money, so it is checked."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from stdnum import bitcoin
from stdnum.exceptions import ValidationError

from links.qr.payloads.fields import FieldRefused, check_amount, check_line

_BASE58_VERSIONS = (0, 5)  # P2PKH and P2SH on the main network
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_EXPANDED_PREFIX = (3, 3, 0, 2, 3)  # "bc" as BIP 173 puts it into the checksum
_BECH32, _BECH32M = 1, 0x2BC830A3


@dataclass(frozen=True)
class BitcoinPayment:
    """A `bitcoin` URI (BIP 21) for an address of the main network; the amount is in bitcoin."""

    address: str
    amount: Decimal | None = None
    label: str = ""
    message: str = ""

    def __post_init__(self) -> None:
        _checked_address(self.address)
        if self.amount is not None:
            check_amount("amount", self.amount, largest="21000000", places=8)
        check_line("label", self.label)
        check_line("message", self.message)

    def encode(self) -> str:
        parameters = {
            "amount": "" if self.amount is None else f"{self.amount.normalize():f}",
            "label": quote(self.label, safe=""),
            "message": quote(self.message, safe=""),
        }
        query = "&".join(f"{key}={value}" for key, value in parameters.items() if value)
        return f"bitcoin:{_checked_address(self.address)}" + (f"?{query}" if query else "")


def _checked_address(address: str) -> str:
    if address.lower().startswith("bc1"):
        return _segwit_address(address)
    return _base58_address(address)


def _base58_address(address: str) -> str:
    """Base58Check: four bytes of a double SHA-256, as the library checks them, behind a version of the main network."""
    try:
        if bitcoin.validate(address) == address and bitcoin.b58decode(address)[0] in _BASE58_VERSIONS:
            return address
    except ValidationError as invalid:
        raise _refusal() from invalid
    raise _refusal()


def _segwit_address(address: str) -> str:
    """Bech32 for witness version 0 (BIP 173), Bech32m for 1 to 16 (BIP 350); never capitals and small letters mixed."""
    lower = address.lower()
    data = [_ALPHABET.find(character) for character in lower[3:]]
    if address not in (lower, address.upper()) or -1 in data or not 11 <= len(address) <= 90:
        raise _refusal()
    constant = _BECH32M if data[0] else _BECH32
    if bitcoin.bech32_checksum((*_EXPANDED_PREFIX, *data)) != constant or not _is_witness(data):
        raise _refusal()
    return lower.upper()  # BIP 173: in QR codes capitals, which take fewer modules


def _is_witness(data: list[int]) -> bool:
    """BIP 141: version 0 to 16 and 2 to 40 bytes, in version 0 20 or 32."""
    try:
        size = len(bitcoin.b32decode(data[1:-6]))
    except ValidationError:
        return False
    return data[0] <= 16 and (size in (20, 32) if data[0] == 0 else 2 <= size <= 40)


def _refusal() -> FieldRefused:
    return FieldRefused("address", "Copy the address again: this one is mistyped, or not of Bitcoin's main network.")
