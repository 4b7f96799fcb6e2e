"""What a mail says and how it is made: number in the subject, both texts, an inline chart, one-click unsubscribing."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from io import BytesIO

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from analytics.mailed import chart
from analytics.mailed.contents import Number
from analytics.mailed.models import MailedReport
from analytics.mailed.sending import send_due
from analytics.models import Scan
from links.models import Link
from tests.analytics.counting import recount
from tests.analytics.mailed.conftest import DUE

pytestmark = pytest.mark.usefixtures("busy_week")


@pytest.fixture
def sent(weekly: MailedReport) -> Parsed:
    """The only mail, as a mail program reads it."""
    send_due(DUE)
    (message,) = mail.outbox
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert isinstance(parsed, Parsed)
    return parsed


def part(message: Parsed, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_the_subject_begins_with_the_number(sent: Parsed) -> None:
    assert sent["Subject"] == "294 scans (+100 %): Poster, 11 May to 17 May 2026"
    assert sent["To"] == "alice@example.org"


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_both_texts_say_the_numbers(sent: Parsed, kind: str) -> None:
    text = part(sent, kind)
    for word in ("294", "+100 %", "147", "the week before", "poster, Main St", "DE", "FR", "sum of daily uniques"):
        assert word in text, word


def test_the_parts_are_put_together_as_mail_programs_expect(sent: Parsed) -> None:
    assert [each.get_content_type() for each in sent.walk()] == [
        "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png",
    ]  # fmt: skip
    picture = list(sent.walk())[-1]
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<chart>", "inline")
    assert 'src="cid:chart"' in part(sent, "html")


def test_styles_are_inlined_and_dark_mode_is_kept(sent: Parsed) -> None:
    html = part(sent, "html")
    assert re.search(r'<h1 style="[^"]*font-size: 22px', html)
    assert "prefers-color-scheme: dark" in html
    assert "<link" not in html
    assert "http" not in re.sub(r'href="https://q\.example\.com/w/[^"]*"', "", html), "it loads something"


def test_it_can_be_unsubscribed_by_the_mail_program(sent: Parsed) -> None:
    address = re.fullmatch(r"<(https://q\.example\.com/w/~/mail/\S+/unsubscribe)>", sent["List-Unsubscribe"].strip())
    assert address
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address[1] in part(sent, "plain")
    assert address[1] in part(sent, "html").replace("&amp;", "&")


def test_a_name_is_no_header_and_no_markup(weekly: MailedReport, link: Link) -> None:
    title = 'X\r\nBcc: charlie@example.org\r\n<script>alert(1)</script> =1+1 "' + "long " * 60
    Link.objects.filter(pk=link.pk).update(title=title[:200])
    send_due(DUE)
    (message,) = mail.outbox
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert isinstance(parsed, Parsed)
    assert parsed["Bcc"] is None
    assert "<script>" not in part(parsed, "html")
    assert len(parsed["Subject"]) < 140


def test_nothing_scanned_is_a_report_too(weekly: MailedReport, link: Link) -> None:
    MailedReport.objects.update(kind="workspace", subject_id=link.workspace_id)
    Scan.objects.all().delete()
    recount()
    send_due(DUE)
    (message,) = mail.outbox
    assert message.subject == "0 scans (as before): Acme, 11 May to 17 May 2026"
    assert "there were none" in message.body


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_change_is_said_in_words(now: int, before: int) -> None:
    words = Number(now, before).change
    if not before:
        assert words == ("none before" if now else "as before")
    else:
        assert (words[0] == "+") == (round(100 * (now - before) / before) > 0)


@given(
    st.lists(st.integers(0, 10**8), max_size=31),
    st.lists(st.integers(0, 10**8), max_size=31),
    st.text(max_size=40).filter(str.isprintable),
)
def test_a_chart_can_be_drawn_of_anything(now: list[int], before: list[int], name: str) -> None:
    png = chart.draw([str(n) for n in range(len(now))], now, before, (name, "before"))
    image = Image.open(BytesIO(png))
    assert (image.format, image.size) == ("PNG", (chart.WIDTH, chart.HEIGHT))
    assert len(png) < 60_000


@given(st.integers(1, 10**12))
def test_a_scale_holds_its_numbers_and_is_not_too_large(most: int) -> None:
    assert most <= chart.scale_of(most) <= max(4, most * 2.5)
    assert chart.scale_of(most) % 4 == 0


def test_the_chart_reads_on_any_background(weekly: MailedReport) -> None:
    """It is opaque, and what is written on it differs enough from the card, whatever is around it."""
    png = chart.draw(["1 May"], [10], [5], ("now", "before"))
    image = Image.open(BytesIO(png))
    assert image.mode in ("P", "RGB")
    assert "transparency" not in image.info
    for ink in (chart._INK, chart._QUIET):
        assert _contrast(ink, chart._CARD) >= 4.5
    assert _contrast(chart._BAR, chart._CARD) >= 3
    assert _contrast(chart._BAR, chart._BEFORE) >= 3


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
