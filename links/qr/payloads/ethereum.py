"""Ethereum payments: a wallet opens with address, chain and amount."""

import re
from dataclasses import dataclass
from decimal import Decimal

from links.qr.payloads.fields import FieldRefused, check_amount
from links.qr.payloads.keccak import keccak_256

_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{40}")
_DECIMALS = 18  # of an ether; the last is a wei
_MAIN_NETWORK = 1


@dataclass(frozen=True)
class EthereumPayment:
    """An `ethereum` URI (EIP-681) that sends ether; the amount is in ether, the chain by its number (EIP-155)."""

    address: str
    amount: Decimal | None = None
    chain: int = _MAIN_NETWORK

    def __post_init__(self) -> None:
        _checked_address(self.address)
        if self.amount is not None:
            check_amount("amount", self.amount, largest="1000000000", places=_DECIMALS)
        if not 1 <= self.chain < 2**63:
            raise FieldRefused("chain", "Use the number of a chain, such as 1 for the main network.")

    def encode(self) -> str:
        """The value is written in wei, all digits of it: wallets read exponents differently."""
        value = "" if self.amount is None else f"?value={int(self.amount.scaleb(_DECIMALS))}"
        return f"ethereum:{_checked_address(self.address)}@{self.chain}{value}"


def _checked_address(address: str) -> str:
    """With the capitals of EIP-55. An address of one case only carries no checksum and is taken as it is."""
    if not _ADDRESS.fullmatch(address):
        raise FieldRefused("address", "Write the address as 0x and 40 hexadecimal digits.")
    digits = address[2:]
    written = _with_checksum(digits.lower())
    if digits not in (written, digits.lower(), digits.upper()):
        raise FieldRefused("address", "Copy the address again: its checksum says that it is mistyped.")
    return "0x" + written


def _with_checksum(digits: str) -> str:
    """EIP-55: a letter is a capital where the digit at its place in the hash of the address is 8 or more."""
    marks = keccak_256(digits.encode()).hex()
    return "".join(digit.upper() if int(mark, 16) >= 8 else digit for digit, mark in zip(digits, marks, strict=False))
