"""Rules of a link: which scans go elsewhere than to its destination.

Stored as JSON on the link's row: [{"when": {"device": ["phone"], "os": ["iOS"], "language": ["de"]},
"destination": "https://…"}]. Every condition that is given must hold; the first rule that holds wins.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from links.clients import DEVICES, Client, is_language_tag
from links.destinations import DestinationRefused, parse

MAX_RULES = 50
MAX_CHOICES = 50
CONDITIONS = ("device", "os", "language")


class RuleRefused(ValueError):
    """A rule that cannot be stored; the message says which one and what to change."""


class Rule(NamedTuple):
    """One rule as the hot path reads it; an empty condition holds always. Everything is in lower case."""

    devices: tuple[str, ...]
    systems: tuple[str, ...]
    languages: tuple[str, ...]
    destination: str

    @classmethod
    def from_json(cls, fields: Sequence[Any]) -> Self:
        """What json.dumps makes of a rule; ValueError or TypeError for anything else."""
        devices, systems, languages, destination = fields
        return cls(tuple(devices), tuple(systems), tuple(languages), str(destination))

    def holds(self, phone: Client, language: str) -> bool:
        """Whether a scan by such a phone, in that language (a lower-case tag or empty), is meant."""
        devices, systems, languages, _ = self
        return (
            (not devices or phone.device in devices)
            and (not systems or phone.os.lower() in systems)
            # “de” means every German; “de-at” only Austria's.
            and (not languages or language in languages or language.partition("-")[0] in languages)
        )


def compiled(stored: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Stored rules, which parse_rules has seen, as the hot path reads them."""
    return tuple(
        Rule(
            devices=tuple(rule["when"].get("device", ())),
            systems=tuple(rule["when"].get("os", ())),
            languages=tuple(rule["when"].get("language", ())),
            destination=rule["destination"],
        )
        for rule in stored
    )


def parse_rules(data: object) -> list[dict[str, Any]]:
    """Rules as somebody sent them, in the form in which they are stored; raises RuleRefused."""
    if not isinstance(data, list):
        raise RuleRefused('Rules are a list such as [{"when": {"device": ["phone"]}, "destination": "https://…"}].')
    if len(data) > MAX_RULES:
        raise RuleRefused(f"These are {len(data)} rules; a link has at most {MAX_RULES}.")
    return [_parsed(rule, f"Rule {number}") for number, rule in enumerate(data, start=1)]


def _parsed(rule: object, name: str) -> dict[str, Any]:
    if not isinstance(rule, dict) or set(rule) != {"when", "destination"}:
        raise RuleRefused(f"{name} has exactly two fields, “when” and “destination”.")
    when = rule["when"]
    if not isinstance(when, dict) or not when or not set(when) <= set(CONDITIONS):
        raise RuleRefused(f"{name}: “when” holds one or more of {', '.join(CONDITIONS)}.")
    if not isinstance(rule["destination"], str):
        raise RuleRefused(f"{name}: the destination is an address, written as text.")
    try:
        destination = parse(rule["destination"])
    except DestinationRefused as refusal:
        raise RuleRefused(f"{name}: {refusal}") from refusal
    return {
        "when": {
            condition: _choices(when[condition], condition, name) for condition in CONDITIONS if condition in when
        },
        "destination": destination,
    }


def _choices(value: object, condition: str, name: str) -> list[str]:
    """The values of one condition, in lower case and each once."""
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each.strip() for each in value):
        raise RuleRefused(f"{name}: {condition} is a list of one or more words.")
    if len(value) > MAX_CHOICES:
        raise RuleRefused(f"{name}: {condition} has {len(value)} values; use at most {MAX_CHOICES}.")
    words = list(dict.fromkeys(each.strip().lower() for each in value))
    for word in words:
        if not _ALLOWED[condition](word):
            raise RuleRefused(f"{name}: {word!r} is no {condition}. {_HINTS[condition]}")
    return words


_ALLOWED: Mapping[str, Callable[[str], bool]] = {
    "device": DEVICES.__contains__,
    "os": lambda word: len(word) <= 40 and word.isprintable(),
    "language": is_language_tag,
}
_HINTS = {
    "device": f"Devices are {', '.join(sorted(DEVICES))}.",
    "os": "Write it as reports show it, for example iOS or Android.",
    "language": "Write a tag such as de or de-AT.",
}
