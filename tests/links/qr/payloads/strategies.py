"""Text that people and attackers type: any Unicode, and often what some format gives a meaning."""

from hypothesis import strategies as st

_MEANINGFUL = "\\;,:\"'&=?#%+@<>{}|^`/ \u00a0\u200b\u202e\ufeffé漢😀"
_letters = st.sampled_from(_MEANINGFUL) | st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))

lines = st.text(_letters, max_size=40)
filled_lines = lines.filter(str.strip)
texts = st.text(_letters | st.just("\n"), max_size=60)
filled_texts = texts.filter(str.strip)
# What would become a property, a field or a parameter if it were not escaped.
injections = st.sampled_from(
    [
        "\nTEL:+15550100",
        "\r\nEND:VCARD\r\nBEGIN:VCARD",
        "\u2028URL:https://evil.example",
        "\\\nNOTE:x",
        ";P:stolen",
        "\\;P:stolen;",
        ";;",
        "&amount=9&to=evil",
        "?body=x",
        "#x",
        "%0D%0ATEL:1",
        '"',
        "\\",
    ]
)
numbers = st.from_regex(r"\+[1-9][0-9]{2,14}", fullmatch=True)
emails = st.builds(
    "{}@{}.example".format,
    st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~é-]{1,12}(\.[a-z&=?%]{1,5})?", fullmatch=True),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z])?", fullmatch=True).filter(lambda label: label[2:4] != "--"),
)
