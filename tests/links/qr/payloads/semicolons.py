"""Reads what ends in two semicolons, MeCards and Wi-Fi codes, character by character."""


def fields_of(scheme: str, text: str, escapable: str) -> list[tuple[str, list[str]]]:
    """Names and values in order. A value is a list that bare commas part; a backslash comes before `escapable` only."""
    assert text.startswith(f"{scheme}:")
    assert text.endswith(";;")
    fields: list[tuple[str, list[str]]] = []
    at = len(scheme) + 1
    while text[at] != ";":
        colon = text.index(":", at)
        name, values, at = text[at:colon], [""], colon + 1
        while text[at] != ";":
            if text[at] == "\\":
                at += 1
                assert text[at] in escapable, "an escape that is none"
                values[-1] += text[at]
            elif text[at] == ",":
                values.append("")
            else:
                assert text[at] not in escapable, "a bare character that means something"
                values[-1] += text[at]
            at += 1
        fields.append((name, values))
        at += 1
    assert at == len(text) - 1, "text behind the end"
    return fields
