"""Names of countries and languages in English, from CLDR: ours are codes, people read words."""

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

_ENGLISH = "en"


def country_name(code: str) -> str:
    """The English name of an ISO 3166-1 alpha-2 code; the code itself where CLDR knows none."""
    return _territories().get(code.upper(), code)


def code_of_country(number: str, name: str) -> str:
    """The alpha-2 code of an ISO 3166-1 number, or where there is none that of a name (Kosovo); empty for neither."""
    if codes := get_global("territory_aliases").get(number):
        return str(codes[0])
    return next((code for code, known in _territories().items() if known == name), "")


@cache
def language_name(tag: str) -> str:
    """The English name of a language tag such as de or pt-br; the tag itself where CLDR knows none."""
    try:
        found = Locale.parse(tag, sep="-").get_display_name(_ENGLISH)
    except (UnknownLocaleError, ValueError, TypeError):
        return tag
    return found or tag


@cache
def _territories() -> dict[str, str]:
    return dict(Locale(_ENGLISH).territories)
