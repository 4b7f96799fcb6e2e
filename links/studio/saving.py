"""Saving a style: checked, certified on a typical code of its workspace, and refused where that would not scan."""

from dataclasses import dataclass

from django.db import transaction

from links import labels
from links.actions import Actor
from links.models import Domain, Style
from links.qr.certificate.certificate import Certificate
from links.qr.certificate.certify import certify
from links.qr.matrix import Level, Symbol
from links.qr.segments import in_capitals
from links.qr.styles import Style as Look
from links.studio import files, looks

MAX_STYLES = 200
LEVELS: tuple[Level, ...] = ("M", "Q", "H")
# As long as codes that are made by themselves.
_TYPICAL_PATH = "7K3M9X"


class DoesNotScan(ValueError):
    """A look whose certificate says F, and nobody has said why it should be used all the same."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        super().__init__(f"Codes in this style do not scan reliably. {certificate.reason}")


class TooManyStyles(ValueError):
    """A workspace has so many styles already that nobody would find one."""


@dataclass(frozen=True)
class Wanted:
    """What is to be saved of a style."""

    name: str
    look: Look
    least_level: Level = "M"
    is_default: bool = False
    is_enforced: bool = False
    override_reason: str = ""


def typical_symbols() -> dict[Level, Symbol]:
    """The symbols of a code as this product makes them, by the least error correction: what styles are judged by."""
    text = in_capitals(f"{Domain.objects.get(is_site=True).base_url}/{_TYPICAL_PATH}")
    return {level: Symbol.of(text, at_least=level) for level in LEVELS}


def typical_symbol(least_level: Level) -> Symbol:
    return typical_symbols()[least_level]


def typical_address() -> str:
    """What the caption of such a code says."""
    return f"{Domain.objects.get(is_site=True).netloc}/{_TYPICAL_PATH}".lower()


def save(style: Style, wanted: Wanted, actor: Actor) -> Style:
    """Save a style, also a new one; raises DoesNotScan, PayloadRefused, NameTaken and TooManyStyles."""
    symbol = typical_symbol(wanted.least_level)
    files.composed(symbol, wanted.look, typical_address())  # what surrounds the symbol can be drawn, too
    certificate = certify(symbol, wanted.look)
    reason = wanted.override_reason.strip()
    if certificate.verdict == "F" and not reason:
        raise DoesNotScan(certificate)
    looks.put(style, wanted.look)
    style.least_level = wanted.least_level
    style.certificate = certificate.to_json()
    style.override_reason = reason if certificate.verdict == "F" else ""
    style.overridden_by = actor.user if style.override_reason else None
    style.is_default, style.is_enforced = wanted.is_default or wanted.is_enforced, wanted.is_enforced
    return _kept(style, wanted.name)


@transaction.atomic
def _kept(style: Style, name: str) -> Style:
    labels.lock(style.workspace_id)
    others = Style.objects.filter(workspace=style.workspace_id).exclude(pk=style.pk)
    if style.pk is None and others.count() >= MAX_STYLES:
        raise TooManyStyles(f"This workspace has {MAX_STYLES} styles, which is the most. Delete one that is not used.")
    if style.is_default:
        others.filter(is_default=True).update(is_default=False, is_enforced=False)
    return labels.rename(style, name)
