"""The picture of a code: worked out at its first drawing, stored with the code, and the same ever after."""

from collections.abc import Sequence
from typing import Literal

from django.db import transaction
from django.utils.text import slugify

from links.models import Code
from links.qr import png, svg
from links.qr.matrix import Symbol
from links.qr.payload import in_capitals

Extension = Literal["svg", "png"]

CONTENT_TYPES: dict[Extension, str] = {"svg": "image/svg+xml", "png": "image/png"}
SCALES = range(1, 65)  # pixels a module
DEFAULT_SCALE = 10

_DRAWERS = {"svg": svg.draw, "png": png.draw}


def symbol_of(code: Code) -> Symbol:
    """The code's stored symbol; of two first drawings at the same time, one is kept and both draw that one."""
    if code.picture is None:
        drawn = Symbol.of(_text_of(code)).to_json()
        Code.objects.filter(pk=code.pk, picture__isnull=True).update(picture=drawn)
        code.refresh_from_db(fields=["picture"])
    assert code.picture is not None  # noqa: S101 the row cannot lose it again
    return Symbol.from_json(code.picture)


def put_symbols(codes: Sequence[Code]) -> None:
    """The same for many codes in a few queries; each has its domain loaded."""
    drawn = {code.pk: Symbol.of(_text_of(code)).to_json() for code in codes if code.picture is None}
    if not drawn:
        return
    with transaction.atomic():
        undrawn = list(Code.objects.select_for_update().filter(pk__in=drawn, picture__isnull=True))
        for code in undrawn:
            code.picture = drawn[code.pk]
        Code.objects.bulk_update(undrawn, ["picture"])
    kept = dict(Code.objects.filter(pk__in=drawn).values_list("pk", "picture"))
    for code in codes:
        code.picture = kept.get(code.pk, code.picture)


def _text_of(code: Code) -> str:
    """Capitals only for codes that we made: these resolve in any case. An alias is drawn as people chose it."""
    return in_capitals(code.url) if code.kind == Code.Kind.QR else code.url


def draw(code: Code, extension: Extension, scale: int = DEFAULT_SCALE) -> bytes:
    """The code's picture as a file; scale is the width of a module in pixels, one of SCALES."""
    return _DRAWERS[extension](symbol_of(code), scale=scale)


def filename_of(code: Code, extension: Extension) -> str:
    """A name that people and every file system can read: the code, and where it is printed."""
    placement = slugify(code.placement)
    return f"{code.path}-{placement}.{extension}" if placement else f"{code.path}.{extension}"
