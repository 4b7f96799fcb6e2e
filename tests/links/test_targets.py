"""Targets read by written-out SQL are those that Django's own queries would give, in every state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links.addresses import networks
from links.models import Code, Domain, Link
from links.routing import FIELDS, Target
from links.rules import compiled, parse_rules
from links.targets import load_target, targets_after, targets_of
from tests.links.factories import a_code

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
moments = st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))

RULES = parse_rules(
    [
        {"when": {"os": ["iOS"], "language": ["de", "de-AT"]}, "destination": "https://example.com/app"},
        {"when": {"device": ["tv"]}, "destination": "https://example.com/café"},
    ]
)


def by_django(code: Code) -> Target:
    """The same target through the models; this is what the columns mean."""
    link = code.link
    return Target(
        code_id=code.pk,
        link_id=link.pk,
        workspace_id=link.workspace_id,
        domain_id=code.domain_id,
        campaign_id=link.campaign_id or 0,
        revision=link.revision,
        destination=link.destination,
        title=link.title,
        timezone=link.workspace.timezone,
        is_paused=link.is_paused,
        is_deleted=link.deleted_at is not None,
        is_malicious=link.verdict == Link.Verdict.MALICIOUS,
        expires_at=link.expires_at.timestamp() if link.expires_at else None,
        counts_only=code.counts_only,
        honours_privacy_signals=link.workspace.honours_privacy_signals,
        hosted=_as_stored(link),
        internal_networks=networks(link.workspace.internal_networks),
        rules=compiled(link.rules),
    )


def _as_stored(link: Link) -> str:
    """The text that the database makes of JSON: each has spaces and keys as it likes."""
    asked = Link.objects.filter(pk=link.pk).annotate(text=Cast("hosted", TextField()))
    return asked.values_list("text", flat=True)[0] or ""


@pytest.mark.django_db
@given(
    title=texts,
    shown=st.one_of(
        st.builds(dict, destination=texts.filter(bool)),
        st.builds(lambda name: {"destination": "", "hosted": {"kind": "wifi", "name": name}}, texts),
    ),
    revision=st.integers(1, 2**31 - 1),
    is_paused=st.booleans(),
    deleted_at=moments,
    expires_at=moments,
    verdict=st.sampled_from(Link.Verdict.values),
    rules=st.sampled_from([[], RULES]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati"]),
)
def test_every_state(zone: str, shown: dict[str, object], **columns: object) -> None:
    domain, _ = Domain.objects.get_or_create(host="q.example.com")
    workspace, _ = Workspace.objects.get_or_create(name=zone, slug=zone.lower().replace("/", "-"), timezone=zone)
    link = Link.objects.create(workspace=workspace, **shown, **columns)
    code = Code.objects.create(link=link, domain=domain, path=f"C{link.pk}", canonical=f"C{link.pk}")
    expected = by_django(Code.objects.select_related("link__workspace").get(pk=code.pk))
    target = load_target(domain.pk, code.canonical)
    assert target == expected
    assert [type(getattr(target, name)) for name in FIELDS] == [type(getattr(expected, name)) for name in FIELDS]
    assert targets_after(code.pk - 1, 1) == targets_of([link.pk]) == targets_of([], [code.pk])
    assert targets_after(code.pk - 1, 1) == [(code.canonical, expected)]
    assert Target.from_json(expected.to_json()) == expected


@given(text=st.sampled_from(["", "{}", "[]", "[1]", "null", "nonsense", '["a", "b"]']))
def test_json_of_something_else_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Target.from_json(text)


def test_one_query_that_knows_the_domain(
    workspace: Workspace, site: Domain, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code = a_code(workspace)
    with django_assert_num_queries(1):
        assert load_target(site.pk, code.canonical)
    assert load_target(site.pk + 1, code.canonical) is None
    assert load_target(site.pk, "NOPE99") is None


def test_chunks_are_in_order_and_whole(workspace: Workspace, site: Domain) -> None:
    codes = [a_code(workspace) for _ in range(5)]
    codes[2].link.deleted_at = timezone.now() - timedelta(days=1)
    codes[2].link.save()
    found = []
    after = 0
    while pairs := targets_after(after, 2):
        assert len(pairs) <= 2
        found += [target.code_id for _, target in pairs]
        after = found[-1]
    assert found == sorted(code.pk for code in codes), "a deleted link's codes are among them"


def test_many_ids_are_several_queries(workspace: Workspace, site: Domain) -> None:
    code = a_code(workspace)
    ids = [*range(10_000, 11_200), code.link_id]
    assert [canonical for canonical, _ in targets_of(ids)] == [code.canonical]
