"""Saving a style: checked, certified on a typical code of its workspace, and refused where that would not scan."""

from dataclasses import dataclass

from django.db import transaction

from links import labels
from links.actions import Actor
from links.models import Domain, Style
from links.pictures import least_level_of
from links.qr.certificate.certificate import Certificate
from links.qr.certificate.certify import certify
from links.qr.matrix import LEVELS, Level, Symbol
from links.qr.segments import in_capitals
from links.qr.styles import Style as Look
from links.studio import files, looks

MAX_STYLES = 200
# As long as codes that are made by themselves.
_TYPICAL_PATH = "7K3M9X"


class DoesNotScan(ValueError):
    """A look whose certificate says F, and nobody has said why it should be used all the same."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        super().__init__(f"Codes in this style do not scan reliably. {certificate.reason}")


class TooManyStyles(ValueError):
    """A workspace has so many styles already that nobody would find one."""


class EnforcedIsDefault(ValueError):
    """Somebody wants a style for all codes not to be the default."""

    def __init__(self) -> None:
        super().__init__("A style for all codes is the default, too. Let it be for all codes no more, or the default.")


class StyleGone(ValueError):
    """Somebody deleted the style while it was changed."""


@dataclass(frozen=True)
class Wanted:
    """What is to be changed of a style; None leaves it as it is."""

    name: str | None = None
    look: Look | None = None
    least_level: Level | None = None
    is_default: bool | None = None
    is_enforced: bool | None = None
    override_reason: str | None = None


def typical_symbols() -> dict[Level, Symbol]:
    """The symbols of a code as this product makes them, by the least error correction: what styles are judged by."""
    text = _typical_text()
    return {level: Symbol.of(text, at_least=level) for level in LEVELS}


def typical_symbol(least_level: Level) -> Symbol:
    """One of these."""
    return Symbol.of(_typical_text(), at_least=least_level)


def _typical_text() -> str:
    return in_capitals(f"{Domain.objects.get(is_site=True).base_url}/{_TYPICAL_PATH}")


def typical_address() -> str:
    """What the caption of such a code says."""
    return f"{Domain.objects.get(is_site=True).netloc}/{_TYPICAL_PATH}".lower()


def save(style: Style, wanted: Wanted, actor: Actor) -> Style:
    """Save a style, also a new one; raises what stands above, FieldRefused and NameTaken."""
    before = looks.look_of(style) if style.pk else looks.PLAIN
    look, level = wanted.look or before, wanted.least_level or least_level_of(style)
    certificate = _certified(look, level)
    is_changed = style.pk is None or (look, level) != (before, style.least_level)
    reason = wanted.override_reason
    if reason is None:  # one that was given for another look is none for this
        reason = "" if is_changed else style.override_reason
    if certificate.verdict == "F" and not reason.strip():
        raise DoesNotScan(certificate)
    return _kept(style, wanted, certificate, reason.strip() if certificate.verdict == "F" else "", actor)


def _certified(look: Look, level: Level) -> Certificate:
    return certify(typical_symbol(level), look, files.surroundings(typical_address()))


@transaction.atomic
def _kept(style: Style, wanted: Wanted, certificate: Certificate, reason: str, actor: Actor) -> Style:
    """Nothing that somebody else has changed meanwhile is changed back."""
    labels.lock(style.workspace_id)
    others = Style.objects.filter(workspace=style.workspace_id).exclude(pk=style.pk)
    if style.pk is None and others.count() >= MAX_STYLES:
        raise TooManyStyles(f"This workspace has {MAX_STYLES} styles, which is the most. Delete one that is not used.")
    if style.pk is not None:
        if not Style.objects.filter(pk=style.pk).exists():
            raise StyleGone("This style was deleted meanwhile.")
        style.refresh_from_db()
    _change(style, wanted)
    if reason != style.override_reason:
        style.override_reason, style.overridden_by = reason, actor.user if reason else None
    style.certificate = certificate.to_json()
    if style.is_default:
        others.filter(is_default=True).update(is_default=False, is_enforced=False)
    return labels.rename(style, wanted.name or style.name)


def _change(style: Style, wanted: Wanted) -> None:
    if wanted.look is not None:
        looks.put(style, wanted.look)
    for name in ("least_level", "is_default", "is_enforced"):
        if (value := getattr(wanted, name)) is not None:
            setattr(style, name, value)
    if style.is_enforced and wanted.is_default is False:
        raise EnforcedIsDefault
    style.is_default = style.is_default or style.is_enforced
