"""A small world for reports: links, codes, a campaign and a tag of one workspace, and scans of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from accounts.models import Workspace
from analytics.models import Dimension, Scan, ScanClass
from analytics.reports import Filter, Kind, Subject
from links.models import Campaign, Code, Domain, Link, Tag
from tests.analytics.counting import make_scan

# Three days before the clocks of Berlin are put forward.
FIRST = datetime(2026, 3, 26, 12, tzinfo=UTC)
MINUTES = 45 * 24 * 60


@dataclass(frozen=True)
class World:
    """Two links share a campaign and a tag, the third has none; the first has two codes, the others one."""

    workspace: Workspace
    links: list[Link]
    codes: list[Code]
    campaign: Campaign
    tag: Tag

    @property
    def subjects(self) -> list[Subject]:
        things = [self.workspace, self.campaign, self.tag, self.links[0], self.links[2], *self.codes[1:3]]
        return [Subject.of(thing) for thing in things]  # type: ignore[arg-type]  # a list of several models

    def scans(self, drawn: list[tuple[int, int, dict[str, Any]]]) -> list[Scan]:
        """Each drawn scan: of the code of this number, so many minutes after FIRST."""
        made = []
        for number, minutes, fields in drawn:
            code = self.codes[number]
            made.append(
                make_scan(
                    FIRST + timedelta(minutes=minutes),
                    self.workspace.timezone,
                    workspace_id=self.workspace.pk,
                    campaign_id=code.link.campaign_id or 0,
                    link_id=code.link_id,
                    code_id=code.pk,
                    **fields,
                )
            )
        return made

    def belongs(self, subject: Subject) -> Callable[[Scan], bool]:
        """Whether a scan counts for a subject."""
        tagged = {link.pk for link in self.tag.links.all()}
        return {
            Kind.WORKSPACE: lambda scan: scan.workspace_id == subject.id,
            Kind.CAMPAIGN: lambda scan: scan.campaign_id == subject.id,
            Kind.TAG: lambda scan: scan.link_id in tagged,
            Kind.LINK: lambda scan: scan.link_id == subject.id,
            Kind.CODE: lambda scan: scan.code_id == subject.id,
        }[subject.kind]


def make_world(workspace: Workspace, site: Domain) -> World:
    campaign = Campaign.objects.create(workspace=workspace, name="Spring")
    tag = Tag.objects.create(workspace=workspace, name="outdoor")
    links, codes = [], []
    for number in range(3):
        link = Link.objects.create(
            workspace=workspace,
            title=f"Link {number}",
            destination="https://example.com/",
            campaign=campaign if number < 2 else None,
        )
        links.append(link)
        for placement in ("door", "window")[: 2 - min(number, 1)]:
            path = f"C0DE{number}{placement[0].upper()}"
            codes.append(Code.objects.create(link=link, domain=site, path=path, canonical=path, placement=placement))
    tag.links.set(links[:2])
    return World(workspace, links, codes, campaign, tag)


WORDS = {
    "country": ["", "DE", "FR", "CH"],
    "device": ["", "smartphone", "tablet"],
    "os": ["iOS", "Android"],
    "outcome": ["redirected", "expired", "paused"],
    "visitor": ["", "a" * 32, "b" * 32],
    "scan_class": list(ScanClass.values),
}
drawn_scans = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, MINUTES),
        st.fixed_dictionaries({name: st.sampled_from(words) for name, words in WORDS.items()}),
    ),
    max_size=40,
)


def value_of(scan: Scan, dimension: Dimension) -> str:
    """What a scan has as the value of a dimension; empty for none."""
    ids = {Dimension.CODE: scan.code_id, Dimension.LINK: scan.link_id, Dimension.CAMPAIGN: scan.campaign_id}
    value = ids[dimension] if dimension in ids else getattr(scan, dimension.name.lower())
    return str(value or "")


def has(scan: Scan, filters: tuple[Filter, ...]) -> bool:
    return all(value_of(scan, each.dimension) == each.value for each in filters)
