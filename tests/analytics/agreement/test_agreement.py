"""A thousand random questions: API, dashboard, CSV and a plain recount say the same, or all refuse."""

from collections import Counter
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import Workspace
from links.models import Domain
from tests.analytics.agreement.questions import Part, Question, questions
from tests.analytics.agreement.recount import recounted
from tests.analytics.agreement.ways import Answer, Ways
from tests.analytics.agreement.world import NOW, make_world

# Five questions each. All thousand are asked on SQLite, where that is quicker; PostgreSQL has statements of its own.
VIEWS = {"sqlite": 200, "postgresql": 80}
SEED = 20261126


# A busy machine takes a multiple of the half minute that this takes alone.
@pytest.mark.timeout(600)
def test_api_dashboard_csv_and_a_recount_agree(
    alice_client: Client, workspace: Workspace, site: Domain, other_workspace: Workspace
) -> None:
    world, random, ways = make_world(workspace, site, other_workspace), Random(SEED), Ways(alice_client)
    asked, views = Counter[str](), VIEWS[connection.vendor]
    with time_machine.travel(NOW, tick=False):
        for question in questions(world, random, views):
            if question.part is Part.SERIES:
                ways.forget()
            api, others = ways.api(question), {"page": ways.page(question), "csv": ways.csv(question)}
            asked[f"{question.part}{' refused' if api.refused else ''}"] += 1
            for way, other in others.items():
                if other is not None:
                    _compare(question, way, api, other)
                    asked[way] += 1
            if not api.refused:
                _same(question, "recount", api.said, recounted(question, world.scans))
    assert sum(asked[name] for part in Part for name in (part, f"{part} refused")) == 5 * views
    assert all(asked[part] > views // 8 for part in Part), asked
    assert min(asked["page"], asked["csv"]) > 4 * views, asked
    assert sum(n for name, n in asked.items() if name.endswith("refused")) > views // 4, asked


def _compare(question: Question, way: str, api: Answer, other: Answer) -> None:
    if bool(api.refused) != bool(other.refused):
        assert _may_differ(question, way), (question, way, api, other)
    elif not api.refused:
        _same(question, way, api.said, other.said)


def _may_differ(question: Question, way: str) -> bool:
    """A page chooses the length of points itself; a file of raw scans holds those that are left."""
    if way == "page":
        return question.part is Part.SERIES and question.page_interval != question.interval
    return question.only is not None


def _same(question: Question, way: str, api: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        if name == "values":
            _same_values(question, way, api, value)
        elif name == "points beside":
            beside = [*api["points before"], *[None] * len(value)][: len(value)]
            assert value == beside, (question, way, name)
        elif name in api:
            assert value == api[name], (question, way, name, value, api[name])


def _same_values(question: Question, way: str, api: dict[str, Any], scans: Counter[str]) -> None:
    """All values with their scans: the most frequent have rows, the others are the rest."""
    known = {value: n for value, n in scans.items() if value}
    assert all(known[value] == n for value, n in api["rows"]), (question, way, known, api)
    most = sorted(known.values(), reverse=True)
    assert [n for _, n in api["rows"]] == most[: question.limit], (question, way)
    assert (api["rest"], api["unknown"]) == (sum(most[question.limit :]), scans[""]), (question, way)
