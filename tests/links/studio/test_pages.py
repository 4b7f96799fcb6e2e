"""Pages of the studio: what people choose becomes a style, and what cannot be drawn is said beside its field."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links.actions import NOBODY
from links.models import Code, Domain, LinkRevision, Style
from links.qr.certificate.certify import certify
from links.qr.matrix import Symbol
from links.qr.presets import PRESETS
from links.qr.styles import Gradient
from links.qr.styles import Style as Look
from links.studio import looks, saving
from links.studio.forms import StyleForm
from tests.links.qr.pictures import scanned
from tests.links.studio.conftest import base64_of, png


def page(name: str, workspace: Workspace, *args: int) -> str:
    return reverse(f"links:{name}", args=[workspace.slug, *args])


def typed(look: Look | None = None, **more: Any) -> dict[str, Any]:
    """What a browser sends of the form, with nothing changed but `more`."""
    form = StyleForm.showing(look or PRESETS["Plain"], name="Brand")
    sent = {name: value for name, value in form.initial.items() if value is not False and value is not None}
    return {name: value for name, value in (sent | more).items() if value is not None}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_scan_well_and_come_through_the_form(name: str) -> None:
    look = PRESETS[name]
    assert certify(Symbol.of("https://Q.EXAMPLE.COM/7K3M9X"), look).verdict in "AB"
    form = StyleForm(typed(look), before=look)
    assert form.is_valid(), form.errors
    assert form.look == look


def test_what_a_form_cannot_show_stays_until_it_is_touched(alice_client: Client, workspace: Workspace) -> None:
    stops = [[0, "#000000"], [0.5, "#1a237e"], [1, "#004d40"]]
    look = looks.parse({"foreground": {"kind": "linear", "stops": stops, "angle": 45}, "eye_ball_color": "#880e4f"})
    style = saving.save(Style(workspace=workspace), saving.Wanted("Three", look), NOBODY)
    address = page("style", workspace, style.pk)
    alice_client.post(address, typed(look, name="Three", is_default="on"))
    style.refresh_from_db()
    assert style.is_default
    assert looks.look_of(style) == look
    alice_client.post(address, typed(look, name="Three", color="#311b92"))
    style.refresh_from_db()
    assert looks.look_of(style).foreground == Gradient("linear", ((0, "#311b92"), (1, "#004d40")), 45)


def test_the_gallery_shows_styles_and_presets(alice_client: Client, workspace: Workspace, blue: Style) -> None:
    text = alice_client.get(page("styles", workspace)).content.decode()
    assert "Blue" in text
    assert "Scans" in text
    for name in PRESETS:
        assert f">{name}</a>" in text


def test_queries_of_the_gallery_do_not_grow(
    alice_client: Client, workspace: Workspace, blue: Style, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        Style.objects.create(workspace=workspace, name=f"{number}", look=blue.look, certificate=blue.certificate)
    with django_assert_max_num_queries(6):
        alice_client.get(page("styles", workspace))


def test_a_style_is_made_and_changed(alice_client: Client, workspace: Workspace) -> None:
    response = alice_client.post(page("new-style", workspace), typed(color="#1a237e", is_default="on"))
    assert response.status_code == 302
    style = Style.objects.get()
    assert (style.name, style.is_default, looks.look_of(style).foreground) == ("Brand", True, "#1a237e")
    address = page("style", workspace, style.pk)
    assert 'value="#1a237e"' in alice_client.get(address).content.decode()
    alice_client.post(address, typed(color="#004d40", name="Green"))
    style.refresh_from_db()
    assert (style.name, looks.look_of(style).foreground) == ("Green", "#004d40")


def test_a_style_for_all_codes_is_the_default_until_it_is_neither(alice_client: Client, workspace: Workspace) -> None:
    alice_client.post(page("new-style", workspace), typed(is_enforced="on"))
    style = Style.objects.get()
    assert (style.is_default, style.is_enforced) == (True, True)
    answer: Any = alice_client.post(page("style", workspace, style.pk), typed(is_enforced="on"))
    assert "is the default, too" in answer.context["form"].errors["is_default"][0]
    alice_client.post(page("style", workspace, style.pk), typed())
    style.refresh_from_db()
    assert (style.is_default, style.is_enforced) == (False, False)


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"color": "red"}, "color", "# and six digits"),
        ({"dot_size": "5"}, "dot_size", "greater than or equal to 10"),
        ({"frame": "label-below", "frame_text": ""}, "frame_text", "Fill this in"),
        ({"frame": "label-below", "frame_text": "漢字"}, "frame_text", "Leave out"),
        ({"logo": SimpleUploadedFile("x.png", b"no picture")}, "logo", "PNG"),
        ({"name": ""}, "name", "required"),
    ],
)
def test_what_cannot_be_drawn_is_said_beside_its_field(
    alice_client: Client, workspace: Workspace, more: dict[str, Any], field: str, says: str
) -> None:
    response = alice_client.post(page("new-style", workspace), typed(**more))
    assert response.status_code == 200
    assert any(says in error for error in response.context["form"].errors[field]), response.context["form"].errors
    assert not Style.objects.exists()


def test_what_does_not_scan_is_saved_with_a_reason_only(alice_client: Client, workspace: Workspace) -> None:
    pale = typed(color="#dddddd")
    response = alice_client.post(page("new-style", workspace), pale)
    assert "do not scan" in response.content.decode()
    assert not Style.objects.exists()
    alice_client.post(page("new-style", workspace), pale | {"override_reason": "For a magazine."})
    style = Style.objects.get()
    assert (style.certificate["verdict"], style.override_reason) == ("F", "For a magazine.")
    assert style.overridden_by is not None


def test_a_logo_need_not_be_chosen_again(alice_client: Client, workspace: Workspace) -> None:
    with_logo = typed(logo=SimpleUploadedFile("logo.png", png()), logo_width="10", least_level="H")
    preview = alice_client.post(page("preview-style", workspace), with_logo)
    kept = preview.context["form"].logo_so_far
    assert f'value="{kept}"' in preview.content.decode()
    alice_client.post(page("new-style", workspace), with_logo | {"logo": "", "logo_kept": kept})
    look = looks.look_of(Style.objects.get())
    assert look.logo is not None
    assert look.logo.width == 0.1
    address = page("style", workspace, Style.objects.get().pk)
    alice_client.post(address, typed(look, removes_logo="on"))
    assert looks.look_of(Style.objects.get()).logo is None


def test_a_logo_comes_back_with_a_form_that_is_refused(alice_client: Client, workspace: Workspace, blue: Style) -> None:
    sent = typed(name="Blue", logo=SimpleUploadedFile("logo.png", png()), logo_width="10", least_level="H")
    form = alice_client.post(page("new-style", workspace), sent).context["form"]
    assert "already" in form.errors["name"][0]
    assert form.logo_so_far
    without = typed(logo="", logo_kept=form.logo_so_far, removes_logo="on")
    assert alice_client.post(page("preview-style", workspace), without).context["form"].logo_so_far == form.logo_so_far


@pytest.mark.parametrize("kept", ["abc", "é", "AAAA"])
def test_a_kept_logo_that_is_none_is_refused(alice_client: Client, workspace: Workspace, kept: str) -> None:
    form = alice_client.post(page("preview-style", workspace), typed(logo_kept=kept)).context["form"]
    assert form.errors["logo"]


def test_a_style_whose_logo_is_too_large_by_now_can_still_be_changed(
    alice_client: Client, workspace: Workspace, site: Domain
) -> None:
    Domain.objects.filter(pk=site.pk).update(
        host="a-very-long-host-of-a-large-organisation." + "x" * 60 + ".example.com"
    )
    look = looks.parse({"logo": {"png": base64_of(png()), "width": 0.3}})
    style = saving.save(Style(workspace=workspace), saving.Wanted("Large", look, "H", override_reason="."), NOBODY)
    Domain.objects.filter(pk=site.pk).update(host="q.example.com")
    shown = saving.typical_symbol("H").size
    assert shown < 40
    assert alice_client.get(page("styles", workspace)).status_code == 200
    assert alice_client.get(page("style", workspace, style.pk)).status_code == 200


def test_the_preview_shows_picture_verdict_and_advice(alice_client: Client, workspace: Workspace) -> None:
    text = alice_client.post(page("preview-style", workspace), typed(color="#dddddd")).content.decode()
    assert "data:image/svg+xml;base64," in text
    assert "Does not scan reliably" in text
    assert "Better:" in text
    refused = alice_client.post(page("preview-style", workspace), typed(color="red")).content.decode()
    assert "cannot" in refused or "can be drawn yet" in refused


def test_a_style_is_deleted_after_asking(alice_client: Client, workspace: Workspace, blue: Style) -> None:
    address = page("delete-style", workspace, blue.pk)
    assert "Delete this style?" in alice_client.get(address).content.decode()
    assert alice_client.post(address).status_code == 302
    assert not Style.objects.exists()


def test_a_code_gets_a_style_and_its_link_remembers(
    alice_client: Client, workspace: Workspace, blue: Style, code: Code
) -> None:
    address = page("picture", workspace, code.pk)
    assert "Scans very well" in alice_client.get(address).content.decode()
    alice_client.post(address, {"style": blue.pk})
    code.refresh_from_db()
    assert code.style == blue
    assert LinkRevision.objects.latest("number").changes == {f"style of {code.path}": [None, "Blue"]}
    history = alice_client.get(reverse("links:detail", args=[workspace.slug, code.link_id])).content.decode()
    assert f"Style of {code.path}: default → Blue" in history
    assert "no such style" in alice_client.post(address, {"style": 999}).content.decode()


@pytest.mark.parametrize("extension", ["svg", "png", "jpg", "webp", "pdf", "eps"])
def test_files_of_every_format(alice_client: Client, workspace: Workspace, code: Code, extension: str) -> None:
    asked: dict[str, str | int] = {"format": extension, "width": 40, "unit": "mm", "dpi": 300, "color_space": "cmyk"}
    response = alice_client.get(page("picture-file", workspace, code.pk), asked)
    assert response.status_code == 200
    assert f'.{extension}"' in response["Content-Disposition"]
    if extension in ("png", "jpg", "webp"):
        assert scanned(response.content).text == f"https://Q.EXAMPLE.COM/{code.path}"


def test_a_file_that_cannot_be_made_leads_back(alice_client: Client, workspace: Workspace, code: Code) -> None:
    address = page("picture-file", workspace, code.pk)
    too_small: dict[str, str | int] = {"format": "png", "width": 5, "unit": "mm", "dpi": 36, "color_space": "rgb"}
    for asked in ({"format": "bmp"}, too_small):
        response = alice_client.get(address, asked, follow=True)
        assert response.redirect_chain
        assert next(message.level_tag for message in response.context["messages"]) == "error"


def test_strangers_see_nothing(charlie_client: Client, workspace: Workspace, blue: Style, code: Code) -> None:
    for name, args in (
        ("styles", ()), ("new-style", ()), ("style", (blue.pk,)), ("delete-style", (blue.pk,)),
        ("picture", (code.pk,)), ("picture-file", (code.pk,)),
    ):  # fmt: skip
        assert charlie_client.get(page(name, workspace, *args)).status_code == 404, name
    assert charlie_client.post(page("preview-style", workspace), typed()).status_code == 404


def test_another_workspaces_style_is_not_to_be_had(
    alice_client: Client, workspace: Workspace, other_workspace: Workspace, blue: Style, code: Code
) -> None:
    Style.objects.filter(pk=blue.pk).update(workspace=other_workspace)
    assert alice_client.get(page("style", workspace, blue.pk)).status_code == 404
    assert (
        "no such style" in alice_client.post(page("picture", workspace, code.pk), {"style": blue.pk}).content.decode()
    )
