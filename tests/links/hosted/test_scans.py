"""A scan of a link with a page of its own: what a phone gets, and what is counted."""

import json
import re
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links.actions import NOBODY, change_link, delete_link
from links.hosted import pages
from links.hosted.content import hosted
from links.models import Change, Code, Link
from links.resolver import Resolver, ResolverUnavailable
from links.rules import parse_rules
from links.safety.verdicts import check_link, record_verdict
from links.snapshot import Snapshot
from links.snapshot_writer import SnapshotWriter
from tests.links.factories import a_code
from tests.links.hosted.conftest import CONTENTS, changed
from tests.links.test_redirect import Phone
from tests.links.test_resolver import AwayLookups

FILES = {"vcard": "contact.vcf", "event": "event.ics"}


def a_page(workspace: Workspace, kind: str, **options: Any) -> Code:
    return a_code(workspace, destination="", hosted=hosted(CONTENTS[kind]), **options)


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_scan_shows_the_page_and_is_journalled_once(phone: Phone, workspace: Workspace, kind: str) -> None:
    code = a_page(workspace, kind, title="For our own lists")
    answer = phone.open(f"/{code.path}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "https:" not in policy
    assert code.link.hosted
    assert code.link.hosted["name"] in answer.body
    assert "For our own lists" not in answer.body
    assert "acme" not in answer.body.lower()
    (event,) = phone.journal()
    assert (event.outcome, event.destination, event.link_id) == ("shown", "", code.link_id)
    assert (event.method, len(event.visitor), event.address) == ("GET", 32, "203.0.113.0/24")


def test_head_and_count_only_are_as_for_other_codes(phone: Phone, workspace: Workspace) -> None:
    code = a_page(workspace, "vcard", counts_only=True)
    whole, head = phone.open(f"/{code.path}"), phone.open(f"/{code.path}", "HEAD")
    assert (head.status, head.body, head.headers) == (200, "", whole.headers)
    get, asked = phone.journal()
    assert (get.outcome, get.class_hint, get.visitor) == ("shown", "human", "")
    assert (asked.outcome, asked.class_hint) == ("shown", "head")
    assert phone.open(f"/{code.path}", "POST").status == 405


@pytest.mark.parametrize("spell", [str, str.lower, lambda path: f"{path}/"])
def test_the_file_is_found_from_however_the_code_was_typed(phone: Phone, contact: Code, spell: Any) -> None:
    for _ in range(2):  # asked of the database, then known
        page = phone.open("/" + spell(contact.path)).body
        (href,) = re.findall(r'href="([^"]+/contact\.vcf)"', page)
        assert phone.open(href).status == 200


@pytest.mark.parametrize(
    ("kind", "content_type", "saved_as"),
    [
        ("vcard", "text/vcard; charset=utf-8", 'inline; filename="Ada Lovelace.vcf"'),
        ("event", "text/calendar; charset=utf-8", 'inline; filename="Opening night.ics"'),
    ],
)
def test_the_file_is_no_scan(phone: Phone, workspace: Workspace, kind: str, content_type: str, saved_as: str) -> None:
    code = a_page(workspace, kind)
    answer = phone.open(f"/{code.path}/{FILES[kind]}")
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)
    assert answer.headers["content-disposition"] == saved_as
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.body == CONTENTS[kind].encode()
    head = phone.open(f"/{code.path}/{FILES[kind]}", "HEAD")
    assert (head.body, head.headers) == ("", answer.headers)
    assert phone.journal() == []


def test_a_file_that_is_not_there(phone: Phone, workspace: Workspace, network: Code, contact: Code) -> None:
    ordinary = a_code(workspace)
    for path in (network.path, ordinary.path, "NOPE99", f"{contact.path}+"):
        assert phone.open(f"/{path}/contact.vcf").status == 404, path
    assert phone.open(f"/{contact.path}/event.ics").status == 404
    assert phone.open(f"/{contact.path}/contact.vcf", "POST").status == 405
    assert phone.open("/w/contact.vcf").body == "django"
    assert phone.open(f"/{contact.path}/anything").body == "django"
    assert phone.open(f"/x/{contact.path}/contact.vcf").body == "django"
    assert phone.open(f"/{contact.path}/contact.vcf", HTTP_HOST="elsewhere.example").status == 404
    assert phone.journal() == []


def test_a_file_name_breaks_out_of_nothing(phone: Phone, workspace: Workspace) -> None:
    code = a_code(workspace, destination="", hosted=changed("vcard", given_name='Zoë "/\\', family_name="; x=漢"))
    answer = phone.open(f"/{code.path}/contact.vcf")
    shown = answer.headers["content-disposition"]
    assert shown.startswith("inline; filename*=utf-8''Zo%C3%AB%20%22-")
    assert shown.isascii()
    assert ";" not in shown.removeprefix("inline; ")


def test_a_file_name_is_short_enough_for_a_proxy(phone: Phone, workspace: Workspace) -> None:
    code = a_code(workspace, destination="", hosted=changed("vcard", given_name="漢" * 300))
    assert len(phone.open(f"/{code.path}/contact.vcf").headers["content-disposition"]) < 1000


def test_however_it_was_typed_a_page_is_rendered_once(phone: Phone, contact: Code) -> None:
    phone.open(f"/{contact.path}")
    before = pages.page.cache_info().currsize
    assert phone.open(f"/{contact.path.lower()}").body == phone.open(f"/{contact.path}").body
    assert pages.page.cache_info().currsize == before


def test_what_is_over_shows_neither_page_nor_file(phone: Phone, workspace: Workspace) -> None:
    paused, ended, gone, bad = (a_page(workspace, "vcard") for _ in range(4))
    change_link(paused.link, {"is_paused": True}, actor=NOBODY)
    change_link(ended.link, {"expires_at": timezone.now() - timedelta(days=1)}, actor=NOBODY)
    delete_link(gone.link, actor=NOBODY)
    record_verdict(bad.link_id, 1, Link.Verdict.MALICIOUS, [])
    for code, status in ((paused, 410), (ended, 410), (gone, 410), (bad, 200)):
        for path in (f"/{code.path}", f"/{code.path}/contact.vcf", f"/{code.path}+"):
            answer = phone.open(path)
            assert answer.status == status
            assert "Lovelace" not in answer.body
            assert "example.com/ada" not in answer.body
    assert [event.outcome for event in phone.journal()] == ["paused", "expired", "deleted", "warned"]


def test_a_preview_tells_what_is_shown_and_counts_nothing(phone: Phone, contact: Code) -> None:
    answer = phone.open(f"/{contact.path.lower()}+")
    assert "Contact: Ada Lovelace" in answer.body
    assert f'href="/{contact.canonical}"' in answer.body
    assert phone.journal() == []


def test_rules_send_some_elsewhere(phone: Phone, contact: Code) -> None:
    rules = parse_rules([{"when": {"language": ["de"]}, "destination": "https://example.com/de"}])
    change_link(contact.link, {"rules": rules}, actor=NOBODY)
    assert phone.open(f"/{contact.path}", HTTP_ACCEPT_LANGUAGE="de").headers["location"] == "https://example.com/de"
    assert "Ada Lovelace" in phone.open(f"/{contact.path}", HTTP_ACCEPT_LANGUAGE="en").body
    assert [event.outcome for event in phone.journal()] == ["redirected", "shown"]


def test_an_edit_is_shown_after_one_turn_of_the_poll(phone: Phone, contact: Code) -> None:
    assert "Ada Lovelace" in phone.open(f"/{contact.path}").body
    change_link(contact.link, {"hosted": changed("vcard", given_name="Augusta")}, actor=NOBODY)
    assert Change.objects.filter(link=contact.link).exists()
    assert "Ada Lovelace" in phone.open(f"/{contact.path}").body, "it was not cached, so this shows nothing"
    phone.poll.turn()
    assert "Augusta Lovelace" in phone.open(f"/{contact.path}").body
    assert "N:Lovelace;Augusta" in phone.open(f"/{contact.path}/contact.vcf").body
    change_link(contact.link, {"destination": "https://example.com/left"}, actor=NOBODY)
    phone.poll.turn()
    assert phone.open(f"/{contact.path}").headers["location"] == "https://example.com/left"
    assert phone.open(f"/{contact.path}/contact.vcf").status == 404
    change_link(contact.link, {"hosted": hosted(CONTENTS["wifi"])}, actor=NOBODY)
    phone.poll.turn()
    assert "Café guests" in phone.open(f"/{contact.path}").body
    assert [event.outcome for event in phone.journal()] == ["shown", "shown", "shown", "redirected", "shown"]


def test_a_warm_page_and_its_file_ask_the_database_nothing(
    phone: Phone, contact: Code, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        phone.open(f"/{contact.path}")
    with django_assert_num_queries(0):
        for path in (contact.path, contact.path.lower(), f"{contact.path}/contact.vcf"):
            assert phone.open(f"/{path}").status == 200


def test_a_code_that_is_not_known_in_an_outage_is_told_to_wait(
    phone: Phone, contact: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object) -> None:
        raise ResolverUnavailable("away")

    phone.open("/warm")
    monkeypatch.setattr(phone.resolver, "resolve", away)
    for path in (contact.path, f"{contact.path}/contact.vcf"):
        answer = phone.open(f"/{path}")
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_a_page_lands_from_the_snapshot_while_the_database_is_away(
    phone: Phone, contact: Code, network: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SnapshotWriter(tmp_path / "snapshot")) as writer:
        while writer.turn():
            pass
    lookups = AwayLookups()
    lookups.is_away = True
    resolver = Resolver(1000, lookups=lookups, snapshot=Snapshot(tmp_path / "snapshot"))
    monkeypatch.setattr(phone.front, "_resolver", resolver)
    with CaptureQueriesContext(connection) as asked:
        assert "Ada Lovelace" in phone.open(f"/{contact.path}").body
        assert phone.open(f"/{contact.path}/contact.vcf").body == CONTENTS["vcard"].encode()
        assert "Café guests" in phone.open(f"/{network.path}").body
    assert len(asked) == 0
    assert [event.outcome for event in phone.journal()] == ["shown", "shown"]


def test_a_page_that_cannot_be_made_is_said_and_the_scan_kept(phone: Phone, contact: Code) -> None:
    Link.objects.filter(pk=contact.link_id).update(hosted={"kind": "vcard"})
    assert phone.open(f"/{contact.path}").status == 503
    assert phone.open(f"/{contact.path}/contact.vcf").status == 503
    assert phone.open(f"/{contact.path}+").status == 200
    assert len(phone.journal()) == 1


def test_the_migration_is_not_undone_while_there_are_pages(contact: Code) -> None:
    undo = import_module("links.migrations.0008_hosted_pages").refuse_while_there_are_pages
    with pytest.raises(RuntimeError, match="Give each of them a destination"):
        undo(apps, None)
    Link.objects.update(hosted=None, destination="https://example.com/")
    undo(apps, None)


def test_the_network_s_symbol_is_what_a_phone_joins_by(phone: Phone, network: Code) -> None:
    page = phone.open(f"/{network.path}").body
    side = int(re.findall(r'viewBox="0 0 (\d+) ', page)[0])
    picture = Image.new("L", (side, side), 255)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", page):
        picture.paste(0, (int(x), int(y), int(x) + int(run), int(y) + 1))
    (read,) = zxingcpp.read_barcodes(picture.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    assert read.text == CONTENTS["wifi"].encode() == r"WIFI:T:WPA;S:Café guests;P:espresso\; doppio ;;"
    assert ">espresso; doppio </code>" in page


def test_addresses_on_a_page_are_judged_as_destinations_are(
    phone: Phone, workspace: Workspace, settings: Any, tmp_path: Any
) -> None:
    settings.BLOCK_LIST_PATH = tmp_path / "block.txt"
    settings.BLOCK_LIST_PATH.write_text("phishing.example\n")
    for kind, field in (("vcard", "url"), ("vcard", "note"), ("event", "description")):
        page = changed(kind, **{field: "https://www.phishing.example/login"})
        code = a_code(workspace, destination="", hosted=page)
        check_link(code.link_id, 1)
        assert Link.objects.get(pk=code.link_id).verdict == "malicious"
        assert "Careful" in phone.open(f"/{code.path}").body
    clean = a_page(workspace, "wifi")
    check_link(clean.link_id, 1)
    assert Link.objects.get(pk=clean.link_id).verdict == "safe"


def test_json_is_all_a_target_carries_of_it(phone: Phone, contact: Code) -> None:
    target = phone.resolver.resolve(contact.domain_id, contact.canonical)
    assert target
    assert json.loads(target.hosted) == contact.link.hosted
    assert len(target.hosted) < 4096
