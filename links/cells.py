"""CSV cells that no spreadsheet takes for a formula.

As OWASP advises: text that a spreadsheet could evaluate gets an apostrophe in front, and every text is in quotes. The
apostrophe shows; taking it away again gives back exactly what was there. Numbers are numbers and stay as they are.
"""

import re

# What begins a formula, in ASCII and in the forms that spreadsheets fold into it.
_FORMULA = "[=+\\-@＝＋－＠﹦﹢﹣﹫⁺⁻⁼₊₋₌−]"
# What spreadsheets and people's imports trim first: blanks, quotes, characters without width.
# One class of characters: alternatives that overlap would make a long run of them take for ever.
_BLANK = r"(?![\t\r\n])[\s\"'`´“”„‟‘’‚«»‹›＂＇\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]"
# At the start of a cell; and after what is a separator where semicolons or tabs are, for a file that was opened with
# these settings has other cells than ours.
_DANGER = re.compile(rf"^(?=(?:{_BLANK})*(?:[\t\r\n]|{_FORMULA}))|(?<=[;\t\r\n])(?=(?:{_BLANK})*{_FORMULA})")


def harmless(text: str) -> str:
    """The text with an apostrophe wherever a formula could begin."""
    return _DANGER.sub("'", text)


def cell(value: str | float | bool | None) -> str:
    """One cell as it stands in the file; an empty one is null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + harmless(value).replace('"', '""') + '"'
    return str(value).lower() if isinstance(value, bool) else repr(value)
