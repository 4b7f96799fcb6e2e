"""Target, and what happens to a scan of it: pure, so that front, pages and tests decide alike."""

import json
from dataclasses import dataclass, field, fields
from typing import Self

from links.addresses import Network
from links.clients import Client
from links.hosted.stored import summary
from links.rules import Rule
from links.scan_events import about_target

REDIRECTED = "redirected"
SHOWN = "shown"
PAUSED = "paused"
EXPIRED = "expired"
DELETED = "deleted"
WARNED = "warned"
UNKNOWN = "unknown"
# One for all targets without rules: there are many.
NO_RULES: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Target:
    """The frozen, cacheable summary of a code and its link that the resolver hands to the redirect."""

    code_id: int
    link_id: int
    workspace_id: int
    domain_id: int
    campaign_id: int
    revision: int
    destination: str
    title: str
    timezone: str  # accounts.zones.Zones as text
    is_paused: bool
    is_deleted: bool
    is_malicious: bool
    expires_at: float | None  # seconds since the epoch
    counts_only: bool = False
    honours_privacy_signals: bool = False
    hosted: str = ""  # the JSON of links/hosted/stored.py, of a link that shows a page instead of leading elsewhere
    internal_networks: tuple[Network, ...] = ()
    rules: tuple[Rule, ...] = ()
    # Whether there is nothing to decide: every scan goes to the link's own destination.
    is_plain: bool = field(init=False, repr=False, compare=False)
    # Whether nobody's wish and no network has to be looked at before a scan is written down.
    keeps_all: bool = field(init=False, repr=False, compare=False)
    # What the journal says of every scan that goes to the link's own destination.
    about: str = field(init=False, repr=False, compare=False)
    # The same for each destination of its rules.
    about_to: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        state = self.is_paused or self.is_deleted or self.is_malicious or self.expires_at is not None
        less = self.counts_only or self.honours_privacy_signals or self.internal_networks
        object.__setattr__(self, "is_plain", not state and not self.rules and not self.hosted)
        object.__setattr__(self, "keeps_all", not less)
        object.__setattr__(self, "about", self.about_scan(REDIRECTED, self.destination))
        ruled = {rule.destination: self.about_scan(REDIRECTED, rule.destination) for rule in self.rules}
        object.__setattr__(self, "about_to", ruled or NO_RULES)

    @property
    def page_summary(self) -> str:
        """Its hosted page in one line; empty where it has none."""
        return summary(json.loads(self.hosted)) if self.hosted else ""

    def about_scan(self, outcome: str, destination: str) -> str:
        """The target's part of a record in the journal."""
        return about_target(
            self.workspace_id,
            self.domain_id,
            self.campaign_id,
            self.link_id,
            self.code_id,
            self.revision,
            outcome,
            destination,
        )

    def to_json(self) -> str:
        """Every field in its order; compact, because a host keeps all of its targets this way."""
        return json.dumps([getattr(self, name) for name in FIELDS], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What to_json made; ValueError or TypeError when that was a Target of other fields."""
        *plain, networks, rules = json.loads(text)
        made = [*plain, tuple(Network(*each) for each in networks), tuple(Rule.from_json(rule) for rule in rules)]
        return cls(**dict(zip(FIELDS, made, strict=True)))


# What a Target is made from. Other fields make another snapshot.
FIELDS = tuple(each.name for each in fields(Target) if each.init)


def outcome_of(target: Target, now: float) -> str:
    """What a scan at `now` (seconds since the epoch) meets; only REDIRECTED leads to the destination."""
    if target.is_deleted:
        return DELETED
    if target.expires_at is not None and target.expires_at <= now:
        return EXPIRED
    if target.is_paused:
        return PAUSED
    return WARNED if target.is_malicious else REDIRECTED


def choose(target: Target, phone: Client, language: str) -> str:
    """The destination of the first rule that holds, else the link's own; empty where that is its hosted page.

    `language` is a lower-case tag or empty.
    """
    for rule in target.rules:
        if rule.holds(phone, language):
            return rule.destination
    return target.destination
