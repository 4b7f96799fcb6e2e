"""Styles over REST: certified before they are kept, named once, one of them the default, and nobody else's business."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Workspace
from links import actions
from links.models import Code, Domain, Style
from links.pictures import Drawer
from links.qr.certificate.certificate import Certificate
from links.studio import saving
from tests.links.qr.pictures import scanned
from tests.links.studio.conftest import BLUE, PALE, base64_of, png

STYLES = "/api/v1/styles"


def post(api: Client, **body: Any) -> Any:
    return api.post(STYLES, body, content_type="application/json")


def patch(api: Client, style: Style, **body: Any) -> Any:
    return api.patch(f"{STYLES}/{style.pk}", body, content_type="application/json")


def errors_of(response: Any) -> dict[str | None, str]:
    assert response.status_code == 400, response.content
    return {error["field"]: error["detail"] for error in response.json()["errors"]}


def give(code: Code, style: Style) -> None:
    Code.objects.filter(pk=code.pk).update(style=style)
    code.refresh_from_db()


def test_a_style_is_certified_and_kept(api: Client, site: Domain, workspace: Workspace) -> None:
    response = post(api, name="Blue", look=BLUE)
    assert response.status_code == 201, response.content
    answer = response.json()
    assert answer["certificate"]["verdict"] in "AB"
    assert answer["look"]["foreground"] == "#1a237e"
    assert answer["look"]["background"] == "#ffffff"
    kept = Style.objects.get(workspace=workspace)
    assert Certificate.from_json(kept.certificate).verdict == answer["certificate"]["verdict"]
    assert api.get(f"{STYLES}/{kept.pk}").json() == answer
    assert [each["id"] for each in api.get(STYLES).json()["results"]] == [kept.pk]


def test_what_does_not_scan_needs_a_reason_that_is_kept(api: Client, site: Domain) -> None:
    assert "do not scan" in errors_of(post(api, name="Pale", look=PALE))["look"]
    assert not Style.objects.exists()
    response = post(api, name="Pale", look=PALE, override_reason="Only for a picture in a magazine.")
    assert response.status_code == 201
    assert response.json()["certificate"]["verdict"] == "F"
    assert response.json()["override_reason"] == "Only for a picture in a magazine."


def test_a_reason_goes_when_it_is_not_needed_any_more(api: Client, site: Domain) -> None:
    post(api, name="Pale", look=PALE, override_reason="For a magazine.")
    response = patch(api, Style.objects.get(), look=BLUE)
    assert response.json()["override_reason"] == ""


@pytest.mark.parametrize(
    ("look", "field"),
    [
        ({"modules": "stars"}, "look.modules"),
        ({"foreground": "red"}, "look.foreground"),
        ({"colour": "#000000"}, "look.colour"),
        ({"foreground": {"kind": "linear", "stops": [[0, "#000000"]]}}, "look.foreground.stops"),
        ({"logo": {"png": base64_of(b"no picture")}}, "look.logo"),
        ({"logo": {"png": "%%%"}}, "look.logo.png"),
        ({"logo": {"width": 0.2}}, "look.logo.png"),
        ({"logo": {"png": base64_of(png()), "width": 0.9}}, "look.logo.width"),
        ([], "look.style"),
        (None, "look"),
    ],
)
def test_bad_looks_say_what_to_change(api: Client, site: Domain, look: Any, field: str) -> None:
    assert errors_of(post(api, name="Bad", look=look))[field]


def test_names_differ_within_a_workspace(api: Client, blue: Style) -> None:
    assert "already" in errors_of(post(api, name="BLUE"))["name"]


def test_a_logo_stays_while_the_rest_changes(api: Client, site: Domain) -> None:
    logo = {"png": base64_of(png()), "width": 0.1}
    answer = post(api, name="Shop", look={"logo": logo}, least_level="H").json()
    assert answer["look"]["logo"] == {"width": 0.1, "margin": 1, "shape": "square"}
    style = Style.objects.get()
    before = bytes(style.logo)
    response = patch(api, style, look={"logo": {"width": 0.12}, "foreground": "#1a237e"})
    assert response.status_code == 200, response.content
    style.refresh_from_db()
    assert bytes(style.logo) == before
    assert patch(api, style, look={"foreground": "#1a237e"}).json()["look"]["logo"] is None


def test_an_enforced_style_is_the_default_and_says_so(api: Client, blue: Style) -> None:
    """What was asked for once did nothing, silently."""
    patch(api, blue, is_enforced=True)
    refused = patch(api, blue, is_default=False)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "is_default"
    assert post(api, name="Both", is_enforced=True, is_default=False).status_code == 400
    assert patch(api, blue, is_default=False, is_enforced=False).json()["is_default"] is False


def test_one_style_is_the_default_and_an_enforced_one_is_for_all(api: Client, blue: Style, code: Code) -> None:
    drawer = Drawer.of(code.link.workspace_id)
    assert drawer.style_of(code) is None
    patch(api, blue, is_default=True)
    assert Drawer.of(code.link.workspace_id).style_of(code) == blue
    other = Style.objects.get(pk=post(api, name="Black", is_enforced=True).json()["id"])
    assert list(Style.objects.filter(is_default=True)) == [other]
    give(code, blue)
    assert Drawer.of(code.link.workspace_id).style_of(code) == other
    patch(api, other, is_enforced=False)
    assert Drawer.of(code.link.workspace_id).style_of(code) == blue


def test_a_deleted_style_leaves_its_codes_to_the_default(api: Client, blue: Style, code: Code) -> None:
    give(code, blue)
    assert api.delete(f"{STYLES}/{blue.pk}").status_code == 204
    code.refresh_from_db()
    assert code.style is None


def test_a_workspace_has_only_so_many(api: Client, blue: Style, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MAX_STYLES", 1)
    assert "Delete one" in errors_of(post(api, name="One more"))[None]


def test_codes_of_a_style_are_drawn_in_it(api: Client, blue: Style, code: Code) -> None:
    give(code, blue)
    svg = api.get(f"/api/v1/codes/{code.pk}/image.svg").content
    assert b"#1a237e" in svg
    read = scanned(api.get(f"/api/v1/codes/{code.pk}/image.png").content)
    assert read.text == f"https://Q.EXAMPLE.COM/{code.path}"


def with_logo(api: Client, width: float, **more: Any) -> Style:
    look = {"logo": {"png": base64_of(png()), "width": width}}
    answer = post(api, name="Logo", look=look, least_level="H", **more)
    assert answer.status_code == 201, answer.content
    return Style.objects.get(pk=answer.json()["id"])


def test_a_code_that_would_not_scan_in_its_style_is_not_handed_out(api: Client, code: Code) -> None:
    """The style is fit for codes that are drawn first in it; this one was printed before, with less to spare."""
    assert api.get(f"/api/v1/codes/{code.pk}/image.png").status_code == 200
    give(code, with_logo(api, 0.14))
    response = api.get(f"/api/v1/codes/{code.pk}/image.png")
    assert response.status_code == 409
    assert "does not scan" in response.json()["detail"]
    assert api.get(f"/api/v1/codes/{code.pk}/certificate").json()["verdict"] == "F"
    Style.objects.filter(name="Logo").update(override_reason="A joke.")
    assert api.get(f"/api/v1/codes/{code.pk}/image.png").status_code == 200


def test_a_logo_that_reaches_the_eyes_of_an_older_code_is_a_refusal(api: Client, code: Code) -> None:
    assert api.get(f"/api/v1/codes/{code.pk}/image.png").status_code == 200
    give(code, with_logo(api, 0.25, override_reason="Our brand is all that matters."))
    response = api.get(f"/api/v1/codes/{code.pk}/image.png")
    assert response.status_code == 409
    assert "Make the logo" in response.json()["detail"]
    certificate = api.get(f"/api/v1/codes/{code.pk}/certificate")
    assert certificate.status_code == 409


def test_a_preview_does_not_decide_which_modules_a_code_has(api: Client, code: Code) -> None:
    address = f"/api/v1/codes/{code.pk}/image.svg"
    preview = api.get(f"{address}?preview=1").content
    api.get(f"/api/v1/codes/{code.pk}/certificate")
    code.refresh_from_db()
    assert code.picture is None
    assert api.get(address).content == preview
    code.refresh_from_db()
    assert code.picture is not None


def test_a_reason_for_one_look_is_none_for_another(api: Client, site: Domain) -> None:
    post(api, name="Pale", look=PALE, override_reason="Foil.")
    style = Style.objects.get()
    assert "do not scan" in errors_of(patch(api, style, look={"foreground": "#cccccc"}))["look"]
    assert patch(api, style, name="Still pale").json()["override_reason"] == "Foil."


def test_what_somebody_else_changed_meanwhile_stays(blue: Style) -> None:
    mine, others = Style.objects.get(pk=blue.pk), Style.objects.get(pk=blue.pk)
    saving.save(others, saving.Wanted(is_default=True), actions.NOBODY)
    saving.save(mine, saving.Wanted(name="Navy"), actions.NOBODY)
    blue.refresh_from_db()
    assert (blue.name, blue.is_default) == ("Navy", True)
    others.delete()
    with pytest.raises(saving.StyleGone):
        saving.save(mine, saving.Wanted(name="Again"), actions.NOBODY)
    assert not Style.objects.exists()


def test_a_style_that_is_gone_is_not_given_to_a_code(blue: Style, code: Code) -> None:
    gone = Style.objects.get(pk=blue.pk)
    blue.delete()
    with pytest.raises(actions.StyleGone):
        actions.change_code(code, {"style": gone}, actor=actions.NOBODY)


def test_the_certificate_of_a_code(api: Client, code: Code, blue: Style) -> None:
    plain = api.get(f"/api/v1/codes/{code.pk}/certificate").json()
    assert plain["verdict"] == "A"
    assert {"check", "value", "unit", "limit", "grade", "outcome", "sentence"} == plain["findings"][0].keys()


def test_charlie_sees_no_styles(charlie_client: Client, blue: Style, code: Code) -> None:
    assert charlie_client.get(STYLES).json()["results"] == []
    assert charlie_client.get(f"{STYLES}/{blue.pk}").status_code == 404
    assert charlie_client.patch(f"{STYLES}/{blue.pk}", {}, content_type="application/json").status_code == 404
    assert charlie_client.delete(f"{STYLES}/{blue.pk}").status_code == 404
    assert charlie_client.get(f"/api/v1/codes/{code.pk}/certificate").status_code == 404
    drawn = charlie_client.get(f"/api/v1/qr?text=hello&style={blue.pk}")
    assert drawn.status_code == 400
