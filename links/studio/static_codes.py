"""Codes that say something by themselves: they cannot be changed, paused or counted once they are printed."""

from typing import Any

import ada_url

from links import destinations
from links.qr.matrix import Level, Symbol
from links.qr.payloads.bank import SymbolRequirement
from links.qr.payloads.fields import FieldRefused
from links.safety import verdicts


def symbol_of(text: str, *, level: Level | None = None, at_least: Level = "M") -> Symbol:
    """The symbol of a text; raises TextTooLong and FieldRefused."""
    refuse_what_is_blocked(text)
    return Symbol.of(text, level=level, at_least=at_least)


def symbol_of_payload(payload: Any, *, level: Level | None = None, at_least: Level = "M") -> Symbol:
    """The symbol of a payload, as its specification wants it if it does; raises TextTooLong and FieldRefused."""
    wanted = requirement_of(payload)
    symbol = symbol_of(payload.encode(), level=wanted.level if wanted else level, at_least=at_least)
    if wanted and symbol.version > wanted.max_version:
        raise FieldRefused(
            "payload", f"Shorten it: it needs version {symbol.version}, and {wanted.max_version} is the largest."
        )
    return symbol


def requirement_of(payload: Any) -> SymbolRequirement | None:
    """What the payload's specification says of its picture; also of a class of payloads, and of a text."""
    wanted: SymbolRequirement | None = getattr(payload, "symbol", None)
    return wanted


def refuse_what_is_blocked(text: str) -> None:
    """Raise FieldRefused for an address on the block list: nobody can stop it later on, as a dynamic code's."""
    for address in (text, *destinations.within(text)):
        try:
            url = ada_url.URL(address)
        except ValueError:
            continue  # no browser opens it
        if url.protocol in ("http:", "https:") and (finding := verdicts.block_list(url)):
            raise FieldRefused("payload", f"Choose another address: {finding.reason}")
