"""The picture of a code: a symbol, stored at its first drawing and the same ever after, in its style of today."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from django.db import transaction
from django.utils.text import slugify

from links.models import Code, Style
from links.qr.art import Art, Color
from links.qr.certificate.certificate import Certificate, check_sibling
from links.qr.certificate.certify import certify
from links.qr.matrix import Level, Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.segments import in_capitals
from links.qr.styles import Style as Look
from links.studio import files
from links.studio.files import Format, Output
from links.studio.looks import PLAIN, look_of


class DoesNotScan(ValueError):
    """A code that does not scan reliably in its style is not handed out."""

    def __init__(self, code: Code, style: Style | None, reason: str) -> None:
        super().__init__(
            f"The code {code.path} does not scan reliably in the style “{style or 'plain'}”. {reason} "
            "Change the style, or choose another for this code."
        )


@dataclass
class Drawer:
    """Draws codes of one workspace, one or ten thousand: styles are read, and judged in full, once."""

    default: Style | None
    # What styles without a background are printed on, where that is not white paper.
    ground: Color | None = None
    _looks: dict[int, Look] = field(default_factory=dict)
    # Of each style and size one that was judged in full; and styles whose own certificate is among them.
    _certificates: dict[tuple[int, int, Level], Certificate] = field(default_factory=dict)
    _judged: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, workspace_id: int, ground: Color | None = None) -> "Drawer":
        return cls(Style.objects.filter(workspace=workspace_id, is_default=True).first(), ground)

    def style_of(self, code: Code) -> Style | None:
        """What a code is drawn in; load `style` with it."""
        return self.style_for(code.style)

    def style_for(self, chosen: Style | None) -> Style | None:
        """The style that is enforced, else the one that was chosen, else the default."""
        if self.default is not None and self.default.is_enforced:
            return self.default
        return chosen or self.default

    def put_symbols(self, codes: Sequence[Code]) -> None:
        """Give many codes their symbols in a few queries; load `domain` and `style` with them.

        Of two first drawings at the same time, one is kept.
        """
        new = [code for code in codes if code.picture is None]
        if not new:
            return
        drawn = {code.pk: new_symbol(code, self.style_of(code)).to_json() for code in new}
        with transaction.atomic():
            undrawn = list(Code.objects.select_for_update().filter(pk__in=drawn, picture__isnull=True))
            for code in undrawn:
                code.picture = drawn[code.pk]
            Code.objects.bulk_update(undrawn, ["picture"])
        kept = dict(Code.objects.filter(pk__in=drawn).values_list("pk", "picture"))
        for code in new:
            code.picture = kept.get(code.pk)

    def draw(self, code: Code, output: Output, *, is_preview: bool = False) -> bytes:
        """The code's picture as a file; raises DoesNotScan, and FieldRefused for a size it cannot have.

        A preview does not decide for ever which symbol a code has: its style may still be chosen.
        """
        return files.written(self.art(code, is_preview=is_preview), output)

    def art(self, code: Code, *, is_preview: bool = False) -> Art:
        """The code's picture; raises DoesNotScan."""
        style = self.style_of(code)
        symbol = shown_symbol(code, style) if is_preview else symbol_of(code, style)
        try:
            art = files.composed(symbol, self.look_of_style(style), caption=caption_of(code))
        except FieldRefused as refused:  # a logo that fits into larger symbols only, say
            raise DoesNotScan(code, style, refused.advice) from refused
        if style is not None and not style.override_reason:
            certificate = self.certificate(symbol, style, caption_of(code))
            if certificate.verdict == "F":
                raise DoesNotScan(code, style, certificate.reason)
        return art

    def certificate(self, symbol: Symbol, style: Style | None, caption: str) -> Certificate:
        """How well a symbol scans in a style; in full for the first of each size, for others what differs."""
        look, key = self.look_of_style(style), (style.pk if style else 0, symbol.version, symbol.level)
        if style is not None and style.pk not in self._judged and not self._is_on_ground(style):
            typical = Certificate.from_json(style.certificate)
            self._judged.add(style.pk)
            self._certificates[style.pk, typical.version, typical.level] = typical
        around = files.surroundings(caption)
        if key in self._certificates:
            return check_sibling(self._certificates[key], symbol, look, around)
        return self._certificates.setdefault(key, certify(symbol, look, around))

    def look_of_style(self, style: Style | None) -> Look:
        """What the style says, read once."""
        if style is None:
            return PLAIN
        if style.pk not in self._looks:
            look = look_of(style)
            self._looks[style.pk] = replace(look, background=self.ground) if self._is_on_ground(style) else look
        return self._looks[style.pk]

    def _is_on_ground(self, style: Style) -> bool:
        """Whether it is seen on that colour, and not as it was judged: on white."""
        return self.ground is not None and style.look["background"] is None


def symbol_of(code: Code, style: Style | None = None) -> Symbol:
    """The code's stored symbol; of two first drawings at the same time, one is kept and both draw that one."""
    if code.picture is None:
        drawn = new_symbol(code, style).to_json()
        Code.objects.filter(pk=code.pk, picture__isnull=True).update(picture=drawn)
        code.refresh_from_db(fields=["picture"])
    assert code.picture is not None  # noqa: S101 the row cannot lose it again
    return Symbol.from_json(code.picture)


def shown_symbol(code: Code, style: Style | None) -> Symbol:
    """The code's symbol, or the one that a first drawing would store now."""
    return Symbol.from_json(code.picture) if code.picture else new_symbol(code, style)


def new_symbol(code: Code, style: Style | None) -> Symbol:
    """The symbol for a first drawing, of the error correction that its style wants."""
    return Symbol.of(_text_of(code), at_least=least_level_of(style))


def least_level_of(style: Style | None) -> Level:
    return cast(Level, style.least_level) if style else "M"


def caption_of(code: Code) -> str:
    """The readable short address, as people type it."""
    return f"{code.domain.netloc}/{code.path}".lower()


def _text_of(code: Code) -> str:
    """Capitals only for codes that we made: these resolve in any case. An alias is drawn as people chose it."""
    return in_capitals(code.url) if code.kind == Code.Kind.QR else code.url


def filename_of(code: Code, extension: Format) -> str:
    """A name that people and every file system can read: the code, and where it is printed."""
    placement = slugify(code.placement)
    return f"{code.path}-{placement}.{extension}" if placement else f"{code.path}.{extension}"
