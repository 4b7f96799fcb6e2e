"""Every page that the browser tests open, as a table."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

SWAGGER = "Swagger UI is a third party's and draws the page; ours is only the line above it"


@dataclass(frozen=True)
class Shown:
    """A page, who sees it, and what is done before it is looked at.

    `{names}` in the path are places of the scene; `ready` is a selector of what must be there.
    """

    name: str
    path: str
    is_public: bool = False
    status: int = 200
    ready: str = "main h1"
    act: Callable[[Page], object] = lambda page: None
    not_ours: str = ""


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="Demo").click()
    page.get_by_role("button", name="Log out").wait_for()


def refused_login(page: Page) -> None:
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()


def refused_link(page: Page) -> None:
    page.get_by_label("Destination").fill("javascript:alert(1)")
    page.get_by_role("button", name="Make the link").click()
    page.locator(".invalid-feedback").wait_for()


def ticked_links(page: Page) -> None:
    page.get_by_role("button", name="Tick all").click()
    assert page.locator(".tick-cell input:not(:checked)").count() == 0


def refused_campaign(page: Page) -> None:
    page.get_by_role("textbox", name="Name").fill("SPRING MENU")
    page.get_by_role("button", name="Make campaign").click()
    page.locator(".invalid-feedback").wait_for()


def refused_rows(page: Page) -> None:
    rows = "destination,alias\n" + "nowhere,a b\n" * 40
    page.get_by_label("New links from a CSV file").check()
    page.get_by_label("CSV file", exact=True).set_input_files(
        {"name": "shops.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    page.get_by_role("button", name="Make batch").click()
    page.locator(".invalid-feedback").wait_for()


def made_batch(page: Page) -> None:
    """From the form to the file, by the stack's own worker; the page is not loaded again."""
    page.get_by_label("Codes of", exact=True).press("Tab")
    page.get_by_role("button", name="Make batch").click()
    page.get_by_role("link", name="Download codes-nobody-has-scanned-this-svg.zip").wait_for()


def sheet_of_ones_own(page: Page) -> None:
    """Every field of labels is there, one of them is wrong, and a second sheet is shown."""
    page.get_by_label("Sheet", exact=True).select_option("own")
    page.get_by_label("Labels have a colour").check()
    with page.expect_response("**/batches/sheet"):
        page.get_by_label("Labels to skip").fill("4")
    page.get_by_label("Step down, mm").fill("5")
    page.get_by_role("button", name="Make batch").click()
    page.locator(".invalid-feedback").wait_for()


def made_labels(page: Page) -> None:
    page.get_by_role("button", name="Make batch").click()
    page.get_by_role("link", name="Download labels-nobody-has-scanned-this-avery-l7160.pdf").wait_for()


def refused_networks(page: Page) -> None:
    page.get_by_label("Internal networks").fill("203.0.113.0/24\n" + "nonsense" * 30 + "\n0.0.0.0/0")
    page.get_by_role("button", name="Save").click()
    page.locator(".invalid-feedback").wait_for()


def undrawable_style(page: Page) -> None:
    page.locator("#id_frame").select_option("badge")
    page.get_by_label("Call to action").fill("漢字")
    page.locator("#preview li").get_by_text("Leave out").wait_for()


def pale_style(page: Page) -> None:
    page.get_by_label("Name").fill("Pale")
    with page.expect_response("**/styles/preview?*"):
        page.locator("#id_color").fill("#dddddd")
    page.get_by_role("button", name="Save style").click()
    page.locator(".invalid-feedback").wait_for()


def typed_network(page: Page) -> None:
    page.get_by_label("Name of the network").fill("Guests")
    page.get_by_label("Password").fill("espresso doppio")
    page.locator("#preview img").first.wait_for()
    page.wait_for_load_state("networkidle")


def network_becomes_a_page(page: Page) -> None:
    """What was typed for a static code is there in the form of a page; nothing is made yet."""
    typed_network(page)
    page.get_by_role("button", name="Make a page instead").click()
    page.get_by_role("heading", name="New link").wait_for()
    assert page.get_by_label("Password").input_value() == "espresso doppio"


def refused_page(page: Page) -> None:
    page.get_by_label("Web address", exact=False).last.fill("javascript:alert(1)")
    page.get_by_role("button", name="Make the page").click()
    page.locator(".invalid-feedback").first.wait_for()


def saved_contact(page: Page) -> None:
    """The file is saved under the contact's name, and the page stays."""
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save contact").click()
    assert saved.value.suggested_filename == "Marie-Louise Zimmermann-O’Connell.vcf"
    assert "BEGIN:VCARD" in saved.value.path().read_text()


def saved_event(page: Page) -> None:
    with page.expect_download() as saved:
        page.get_by_role("link", name="Add to calendar").click()
    assert saved.value.suggested_filename == "Late coffee.ics"


def copied_password(page: Page) -> None:
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").or_(page.get_by_role("button", name="Press Ctrl-C")).wait_for()
    page.get_by_role("button", name="Copy", exact=True).wait_for()


def refused_transfer(page: Page) -> None:
    page.get_by_label("Name of the payee").fill("x")
    with page.expect_response("**/styles/static*"):
        page.get_by_label("IBAN").fill("DE00")
    page.get_by_role("button", name="Download").click()
    page.locator(".invalid-feedback").first.wait_for()


def style_with_everything(page: Page) -> None:
    page.locator("#id_paint").select_option("linear")
    page.locator("#id_frame").select_option("badge")
    page.get_by_label("Eyes have colours of their own").check()
    page.get_by_label("The short address below").check()
    page.locator("#preview img").first.wait_for()
    page.wait_for_load_state("networkidle")


def new_key(page: Page) -> None:
    page.get_by_label("Name").fill("Shop")
    page.get_by_role("button", name="Create key").click()
    page.locator("#secret").wait_for()


def choose_an_hour(page: Page) -> None:
    page.locator("[role=gridcell][tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#figure-scans").focus()
    page.locator("#figure-scans-why").wait_for()


# The last card has come, and with it everything that a page of statistics brings later.
LOADED = "#over-title"


def refused_export(page: Page) -> None:
    page.get_by_label("From").fill("1999-01-01")
    page.get_by_role("button", name="Export", exact=True).click()
    page.locator(".invalid-feedback").first.wait_for()


def press_unsubscribe(page: Page) -> None:
    page.get_by_role("button", name="Unsubscribe").click()
    page.get_by_role("heading", name="You are unsubscribed").wait_for()


PAGES = (
    Shown("log in", "/accounts/login/", is_public=True),
    Shown("log in, refused", "/accounts/login/", is_public=True, act=refused_login),
    Shown("password reset", "/accounts/password/reset/", is_public=True),
    Shown("password reset, with a dead link", "/accounts/password/reset/key/1-dead/", is_public=True),
    Shown("password change", "/accounts/password/change/"),
    Shown("log out", "/accounts/logout/"),
    Shown("workspaces", "/w"),
    Shown("overview", "/w/demo/overview", ready=LOADED, act=choose_an_hour),
    Shown("overview, narrowed", "/w/demo/overview?period=7d&filter=country:DE&class=human&class=bot", ready=LOADED),
    Shown("overview, own dates that are wrong", "/w/demo/overview?from=2026-02-02&to=2026-02-01", ready=LOADED),
    Shown("overview, none yet", "/w/empty/overview", ready=".empty"),
    Shown("links", "/w/demo/links", ready=".links-table"),
    Shown("links, with the menu open", "/w/demo/links", act=open_menu),
    Shown("links, none yet", "/w/empty/links", ready=".empty"),
    Shown("links, nothing found", "/w/demo/links?q=zzzz", ready=".empty"),
    Shown("links of a campaign with a tag", "/w/demo/links?campaign={spring}&tag=poster", ready=".links-table"),
    Shown("links, all ticked", "/w/demo/links?campaign=none&to={spring}", ready=".links-table", act=ticked_links),
    Shown("batches", "/w/demo/batches", ready=".batch-list"),
    Shown("batches, none yet", "/w/empty/batches", ready=".empty"),
    Shown("batches, a file refused", "/w/demo/batches", act=refused_rows),
    Shown("batches, one that is made", "/w/demo/batches?of=link:{quiet}", act=made_batch),
    Shown("batches, labels of one's own", "/w/demo/batches?of=link:{long}&output=labels", act=sheet_of_ones_own),
    Shown("batches, labels that are made", "/w/demo/batches?of=link:{quiet}&output=labels", act=made_labels),
    Shown("campaigns", "/w/demo/campaigns", ready="table"),
    Shown("campaigns, none yet", "/w/empty/campaigns", ready=".empty"),
    Shown("campaigns, a name refused", "/w/demo/campaigns", act=refused_campaign),
    Shown("campaign", "/w/demo/campaigns/{spring}", ready=".links-table"),
    Shown("campaign without links", "/w/demo/campaigns/{nothing}", ready=".empty"),
    Shown("rename campaign", "/w/demo/campaigns/{nothing}/rename"),
    Shown("delete campaign", "/w/demo/campaigns/{spring}/delete"),
    Shown("tags", "/w/demo/tags", ready="table"),
    Shown("tags, none yet", "/w/empty/tags", ready=".empty"),
    Shown("rename tag", "/w/demo/tags/{poster}/rename"),
    Shown("delete tag", "/w/demo/tags/{poster}/delete"),
    Shown("new link", "/w/demo/links/new"),
    Shown("new link, refused", "/w/demo/links/new", act=refused_link),
    Shown("link", "/w/demo/links/{busy}", ready="#scan-chart canvas"),
    Shown("link without scans", "/w/demo/links/{quiet}", ready="#scan-recent .empty"),
    Shown("link with long words", "/w/demo/links/{long}", ready="#scan-panel"),
    Shown("link that is warned of", "/w/demo/links/{warned}", ready="#scan-panel"),
    Shown("link with a page of its own", "/w/demo/links/{contact}", ready="#scan-panel"),
    Shown("new page, a contact refused", "/w/demo/links/new/vcard", act=refused_page),
    Shown("edit page, an event", "/w/demo/links/{event}/edit/event"),
    Shown("a page instead of a destination", "/w/demo/links/{long}/edit/wifi"),
    Shown("a destination instead of a page", "/w/demo/links/{network}/edit"),
    Shown("edit link", "/w/demo/links/{long}/edit"),
    Shown("styles", "/w/demo/styles", ready=".gallery"),
    Shown("styles, none yet", "/w/empty/styles", ready=".empty"),
    Shown("new style", "/w/demo/styles/new?preset=Dusk", ready="#preview img"),
    Shown("new style, something that cannot be drawn", "/w/demo/styles/new", act=undrawable_style),
    Shown("new style, refused", "/w/demo/styles/new", act=pale_style),
    Shown("style with everything", "/w/demo/styles/new", act=style_with_everything),
    Shown("style that does not scan", "/w/demo/styles/{pale}", ready="#preview img"),
    Shown("delete style", "/w/demo/styles/{pale}/delete"),
    Shown("static code", "/w/demo/styles/static"),
    Shown("static code of a network", "/w/demo/styles/static?kind=wifi", act=typed_network),
    Shown("static code that becomes a page", "/w/demo/styles/static?kind=wifi", act=network_becomes_a_page),
    Shown("static code, refused", "/w/demo/styles/static?kind=sepa", act=refused_transfer),
    Shown("picture of a code", "/w/demo/codes/{drawn}/picture", ready="#preview img"),
    Shown("edit code", "/w/demo/codes/{long_code_id}/edit"),
    Shown("pause link", "/w/demo/links/{busy}/pause"),
    Shown("delete link", "/w/demo/links/{long}/delete"),
    Shown("statistics", "/w/demo/links/{busy}/statistics?period=90d", ready=LOADED),
    Shown("statistics of one placement", "/w/demo/links/{busy}/statistics?filter=code:{busy_code_id}", ready=LOADED),
    Shown("statistics without scans", "/w/demo/links/{quiet}/statistics", ready=".empty"),
    Shown("statistics with long words", "/w/demo/links/{long}/statistics", ready="#statistics"),
    Shown("statistics of a campaign", "/w/demo/campaigns/{campaign}/statistics", ready=LOADED),
    Shown("statistics of a tag", "/w/demo/tags/{poster}/statistics", ready=LOADED),
    Shown("settings", "/w/demo/settings"),
    Shown("settings, networks refused", "/w/demo/settings", act=refused_networks),
    Shown("exports", "/w/demo/exports", ready=".export-list"),
    Shown("exports, refused", "/w/demo/exports", act=refused_export),
    Shown("mailed reports", "/w/demo/mailed-reports", ready=".export-list"),
    Shown("mailed report, preview", "/w/demo/mailed-reports/{mailed}/preview"),
    Shown("mail, unsubscribe", "/w/~/{unsubscribe}", is_public=True),
    Shown("mail, unsubscribed", "/w/~/{unsubscribe}", is_public=True, act=press_unsubscribe),
    Shown("mail, confirm", "/w/~/{confirm}", is_public=True),
    Shown("keys", "/w/demo/keys", ready="table"),
    Shown("keys, a new one", "/w/demo/keys", act=new_key),
    Shown("API docs", "/api/docs", ready=".swagger-ui .opblock", not_ours=SWAGGER),
    Shown("nothing here", "/w/nowhere/links", status=404),
    Shown("home", "/", is_public=True),
    Shown("scan of no code", "/NOPE99", is_public=True, status=404),
    Shown("scan, paused", "/{paused_code}", is_public=True, status=410),
    Shown("scan, expired", "/{expired_code}", is_public=True, status=410),
    Shown("scan, deleted", "/{deleted_code}", is_public=True, status=410),
    Shown("scan, warned of", "/{warned_code}", is_public=True),
    Shown("preview", "/{long_code}+", is_public=True),
    Shown("preview of a page", "/{contact_code}+", is_public=True),
    Shown("page of a contact", "/{contact_code}", is_public=True, act=saved_contact),
    Shown("page of an event", "/{event_code}", is_public=True, act=saved_event),
    Shown("page of a network", "/{network_code}", is_public=True, act=copied_password),
)
