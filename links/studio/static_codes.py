"""Codes that say something by themselves: they cannot be changed, paused or counted once they are printed."""

import ada_url

from links.qr.matrix import Level, Symbol
from links.qr.payloads.fields import PayloadRefused
from links.safety import verdicts


def symbol_of(text: str, *, level: Level | None = None, at_least: Level = "M", most: int = 40) -> Symbol:
    """The symbol of a text of at most that version; raises TextTooLong and PayloadRefused."""
    refuse_what_is_blocked(text)
    symbol = Symbol.of(text, level=level, at_least=at_least)
    if symbol.version > most:
        raise PayloadRefused("payload", f"Shorten it: it needs version {symbol.version}, and {most} is the largest.")
    return symbol


def refuse_what_is_blocked(text: str) -> None:
    """Raise PayloadRefused for an address on the block list: nobody can stop it later on, as a dynamic code's."""
    if not text.lower().startswith(("http://", "https://")):
        return
    try:
        url = ada_url.URL(text)
    except ValueError:
        return  # no browser opens it
    if finding := verdicts.block_list(url):
        raise PayloadRefused("payload", f"Choose another address: {finding.reason}")
