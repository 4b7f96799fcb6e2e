"""A code's picture is stored at its first drawing, and handed out as a file to whoever may see the code."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import actions, pictures
from links.models import Code, Domain, Link
from links.pictures import Drawer
from links.qr.matrix import Symbol
from links.studio.files import Format, Output
from tests.links.qr.pictures import modules_of_svg, scanned


@pytest.fixture
def link(workspace: Workspace, site: Domain) -> Link:
    return actions.create_link(
        workspace, "https://example.com/", actor=actions.NOBODY, placement="Poster, Main Št", alias="Menu-2026"
    )


@pytest.fixture
def code(link: Link) -> Code:
    return link.codes.get(kind=Code.Kind.QR)


def address_of(code: Code, extension: str = "png", **query: str | int) -> str:
    return reverse("v1:code-image", args=[code.pk, extension], query=query)


def drawn(code: Code, extension: Format) -> bytes:
    return Drawer.of(code.link.workspace_id).draw(code, Output(extension))


def test_a_generated_code_is_drawn_in_capitals(code: Code) -> None:
    symbol = pictures.symbol_of(code)
    assert symbol.to_json()["segments"] == [["byte", "https"], ["alphanumeric", f"://Q.EXAMPLE.COM/{code.path}"]]
    assert scanned(drawn(code, "png")).text == f"https://Q.EXAMPLE.COM/{code.path}"


def test_an_alias_is_drawn_as_it_was_chosen(link: Link) -> None:
    alias = link.codes.get(kind=Code.Kind.ALIAS)
    assert scanned(drawn(alias, "png")).text == "https://q.example.com/Menu-2026"


def test_the_picture_is_stored_once(code: Code, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = pictures.symbol_of(code)
    again = Code.objects.select_related("domain").get(pk=code.pk)
    assert Symbol.from_json(again.picture or {}) == first
    with django_assert_num_queries(0):
        assert pictures.symbol_of(again) == first


def test_of_two_first_drawings_one_is_kept(code: Code) -> None:
    late = Code.objects.select_related("domain").get(pk=code.pk)
    kept = Symbol.of("https://Q.EXAMPLE.COM/DRAWN-FIRST")
    Code.objects.filter(pk=code.pk).update(picture=kept.to_json())
    assert pictures.symbol_of(late) == kept


def test_a_new_address_of_the_site_leaves_the_picture_alone(code: Code, site: Domain) -> None:
    before = drawn(code, "svg")
    Domain.objects.filter(pk=site.pk).update(host="new.example.com")
    assert drawn(Code.objects.select_related("domain").get(pk=code.pk), "svg") == before


def test_png_over_rest(api: Client, code: Code) -> None:
    response = api.get(f"/api/v1/codes/{code.pk}/image.png")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == f'inline; filename="{code.path}-poster-main-st.png"'
    assert "private" in response["Cache-Control"]
    assert scanned(response.content).text == f"https://Q.EXAMPLE.COM/{code.path}"


def test_svg_over_rest(api: Client, code: Code) -> None:
    response = api.get(f"/api/v1/codes/{code.pk}/image.svg?scale=4&download=1")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == f'attachment; filename="{code.path}-poster-main-st.svg"'
    assert modules_of_svg(response.content) == pictures.symbol_of(code).modules()


def test_a_browser_that_is_logged_in_sees_it_too(alice_client: Client, code: Code) -> None:
    response = alice_client.get(address_of(code), headers={"accept": "image/avif,image/webp,image/png"})
    assert response.status_code == 200


@pytest.mark.parametrize("extension", ["svg", "png"])
def test_scale_is_the_width_of_a_module(api: Client, code: Code, extension: str) -> None:
    narrow, wide = (api.get(address_of(code, extension, scale=scale)) for scale in (1, 64))
    assert narrow.content != wide.content
    assert narrow["ETag"] != wide["ETag"]


@pytest.mark.parametrize("scale", ["0", "65", "-1", "1.5", "ten", "9" * 400, "\x00"])
def test_a_bad_scale_is_a_problem(api: Client, code: Code, scale: str) -> None:
    response = api.get(address_of(code, scale=scale))
    assert response.status_code == 400
    assert "scale" in response.content.decode()


def test_who_has_the_picture_is_not_sent_it_again(api: Client, code: Code) -> None:
    etag = api.get(address_of(code))["ETag"]
    assert not etag.startswith("W/")
    response = api.get(address_of(code), headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == etag
    assert api.get(address_of(code, scale=3), headers={"if-none-match": etag}).status_code == 200


def test_one_picture_costs_a_known_number_of_queries(
    alice_client: Client, code: Code, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    alice_client.get(address_of(code))
    with django_assert_max_num_queries(4):  # session, user, code, the default style
        alice_client.get(address_of(code))


def test_charlie_sees_nothing(charlie_client: Client, charlie_api: Client, code: Code) -> None:
    for client in (charlie_client, charlie_api):
        assert client.get(address_of(code)).status_code == 404
    code.refresh_from_db()
    assert code.picture is None


def test_a_stranger_without_a_key_is_asked_for_one(site: Domain, code: Code) -> None:
    assert Client(headers={"host": "q.example.com"}).get(address_of(code)).status_code in (401, 403)


def test_a_deleted_link_has_no_pictures(api: Client, code: Code) -> None:
    actions.delete_link(code.link, actor=actions.NOBODY)
    assert api.get(address_of(code)).status_code == 404


@pytest.mark.parametrize("path", ["0/image.png", "9" * 30 + "/image.png", "1/image.gif", "1/image.PNG", "x/image.png"])
def test_what_does_not_exist_is_not_found(api: Client, path: str) -> None:
    assert api.get(f"/api/v1/codes/{path}").status_code == 404
