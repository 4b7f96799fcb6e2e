"""A new link's code, and each further one, can be given a style from the start; an enforced style leaves no choice."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Workspace
from links import actions
from links.code_forms import CodeForm
from links.models import Code, Domain, Link, Style
from links.studio import looks, saving

LINKS = "/api/v1/links"
TYPED = {"destination": "https://example.org/"}


@pytest.fixture
def address(workspace: Workspace, site: Domain) -> str:
    return reverse("links:create", args=[workspace.slug])


@pytest.fixture
def foreign(other_workspace: Workspace, site: Domain) -> Style:
    return saving.save(Style(workspace=other_workspace), saving.Wanted("Theirs", looks.PLAIN), actions.NOBODY)


def post(api: Client, path: str = LINKS, **body: Any) -> Any:
    return api.post(path, body, content_type="application/json")


def test_a_link_is_made_in_a_style(alice_client: Client, address: str, blue: Style) -> None:
    assert "Blue" in alice_client.get(address).content.decode()
    alice_client.post(address, TYPED | {"style": str(blue.pk), "alias": "menu"})
    assert [code.style for code in Code.objects.all()] == [blue, blue]


def test_without_a_choice_codes_follow_the_default(alice_client: Client, address: str, blue: Style) -> None:
    alice_client.post(address, TYPED)
    assert Code.objects.get().style is None
    Style.objects.filter(pk=blue.pk).update(is_default=True)
    assert "The default: Blue" in alice_client.get(address).content.decode()


def test_where_there_is_no_style_there_is_no_choice(alice_client: Client, address: str) -> None:
    assert 'name="style"' not in alice_client.get(address).content.decode()


def test_an_enforced_style_hides_the_choice_and_says_so(
    alice_client: Client, address: str, blue: Style, workspace: Workspace
) -> None:
    other = saving.save(Style(workspace=workspace), saving.Wanted("Other", looks.PLAIN), actions.NOBODY)
    Style.objects.filter(pk=blue.pk).update(is_default=True, is_enforced=True)
    page = alice_client.get(address).content.decode()
    assert 'name="style"' not in page
    assert "all codes of this workspace are drawn in" in page
    assert ">Blue</a>" in page
    alice_client.post(address, TYPED | {"style": str(other.pk)})
    assert Code.objects.get().style is None


def test_a_further_code_has_the_same_choice(alice_client: Client, code: Code, blue: Style) -> None:
    page = reverse("links:detail", args=[code.link.workspace.slug, code.link_id])
    assert 'name="style"' in alice_client.get(page).content.decode()
    add = reverse("links:add-code", args=[code.link.workspace.slug, code.link_id])
    alice_client.post(add, {"placement": "Flyer", "style": str(blue.pk)})
    assert Code.objects.get(placement="Flyer").style == blue


@pytest.mark.parametrize("sent", ["999", "x", "²"])
def test_what_is_no_style_is_said_beside_the_field(alice_client: Client, address: str, blue: Style, sent: str) -> None:
    response: Any = alice_client.post(address, TYPED | {"style": sent})
    assert response.context["form"].errors["style"] == ["There is no such style any more."]
    assert not Link.objects.exists()


def test_a_style_of_strangers_is_none(
    alice_client: Client, api: Client, address: str, blue: Style, foreign: Style, code: Code
) -> None:
    response: Any = alice_client.post(address, TYPED | {"style": str(foreign.pk)})
    assert response.context["form"].errors["style"]
    answers = [
        post(api, LINKS, **TYPED, style=foreign.pk),
        post(api, f"{LINKS}/{code.link_id}/codes", style=foreign.pk),
        post(api, f"{LINKS}/{code.link_id}/codes", style=10**30),
    ]
    assert [answer.status_code for answer in answers] == [400] * 3
    assert {answer.json()["errors"][0]["field"] for answer in answers} == {"style"}


def test_the_style_may_go_while_somebody_types(
    alice_client: Client, api: Client, address: str, blue: Style, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is found when the form is read, and gone when the code is made."""
    draw = actions._standing

    def too_late(style: Style | None) -> Style | None:
        Style.objects.all().delete()
        return draw(style)

    monkeypatch.setattr(actions, "_standing", too_late)
    response: Any = alice_client.post(address, TYPED | {"style": str(blue.pk)})
    assert response.context["form"].errors["style"] == ["This style does not exist any more. Choose another."]
    assert Link.objects.get() == code.link


def test_over_rest(api: Client, blue: Style) -> None:
    made = post(api, **TYPED, style=blue.pk).json()
    assert [each["style"] for each in made["codes"]] == [blue.pk]
    path = f"{LINKS}/{made['id']}/codes"
    assert post(api, path, style=blue.pk, placement="x").json()["style"] == blue.pk
    assert post(api, path, style=None).json()["style"] is None
    assert post(api, path).json()["style"] is None
    assert post(api, path, style="x").status_code == 400


def test_more_styles_are_no_more_queries(workspace: Workspace, blue: Style, django_assert_num_queries: Any) -> None:
    with CaptureQueriesContext(connection) as few:
        CodeForm(workspace=workspace).as_p()
    for name in ("One", "Two", "Three"):
        saving.save(Style(workspace=workspace), saving.Wanted(name, looks.PLAIN), actions.NOBODY)
    with django_assert_num_queries(len(few)):
        assert "Three" in CodeForm(workspace=workspace).as_p()
