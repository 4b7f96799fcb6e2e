"""Between a style's row, its JSON over REST, and the dataclass that renderers take."""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from django.core.cache import caches

from links.qr import logos, style_checks, style_json
from links.qr.styles import Style as Look
from links.studio.models import Style

PLAIN = Look()
REMEMBERED_SECONDS = 3600


def look_of(style: Style | None) -> Look:
    """The look of a row; without one codes are plain black squares."""
    return style_json.from_json(with_logo(style)) if style else PLAIN


def put(style: Style, look: Look) -> None:
    """Write a look into its row, the logo's bytes apart: lists of styles need not read them."""
    style.logo = look.logo.png if look.logo else b""
    style.look = style_json.to_json(look)
    if style.look["logo"]:
        del style.look["logo"]["png"]


def with_logo(style: Style) -> dict[str, Any]:
    """The look as JSON, the logo's PNG in base64."""
    if not style.look.get("logo"):
        return dict(style.look)
    look: dict[str, Any] = style.look
    return look | {"logo": style.look["logo"] | {"png": b64encode(bytes(style.logo)).decode()}}


def parse(given: object, before: Style | None = None) -> Look:
    """A look from somebody's JSON; raises FieldRefused with the field and what to change.

    The logo is any picture in base64. One without `png` is the logo that the style had before.
    """
    look = style_json.from_json(_with_kept_logo(given, before))
    style_checks.check(look)
    return look


def _with_kept_logo(given: object, before: Style | None) -> object:
    logo = given.get("logo") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(logo, dict):
        return given
    if "png" not in logo and before is not None and before.logo:
        return given | {"logo": logo | {"png": b64encode(bytes(before.logo)).decode()}}
    try:
        upload = b64decode(logo["png"], validate=True) if isinstance(logo.get("png"), str) else b""
    except ValueError:
        return given  # style_json says what is wrong with it
    return given | {"logo": logo | {"png": b64encode(kept_logo(upload)).decode()}} if upload else given


def kept_logo(upload: bytes) -> bytes:
    """The PNG that is kept of a picture, remembered while somebody tries how it looks; raises FieldRefused."""
    key = f"logo-{sha256(upload).hexdigest()}"
    kept = caches["logos"]
    if (known := kept.get(key)) is None:
        known = logos.kept(upload)
        # Whoever sends back what was kept has it as it is.
        kept.set_many({key: known, f"logo-{sha256(known).hexdigest()}": known}, REMEMBERED_SECONDS)
    return bytes(known)
