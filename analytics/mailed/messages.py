"""Mails, ready to be sent: HTML with its styles inlined, the same in plain text, the chart as an inline picture."""

from base64 import b64encode
from email.mime.image import MIMEImage
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from analytics.mailed import chart, tokens
from analytics.mailed.contents import Contents
from analytics.mailed.models import Delivery, Recipient

_CHART = "chart"
# Media queries cannot be inlined: they stay, for programs that know them.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def report_message(contents: Contents, delivery: Delivery) -> EmailMultiAlternatives:
    """One report to one recipient. Its Message-ID is that of the delivery, whenever it is made."""
    recipient = delivery.recipient
    unsubscribe = tokens.unsubscribe_url(recipient)
    message = EmailMultiAlternatives(
        contents.title,
        text_of(contents, unsubscribe),
        to=[recipient.address],
        headers={
            "Message-ID": f"<report-{delivery.pk}-{delivery.first_day}@{_host()}>",
            # RFC 8058: the mail program unsubscribes by itself, with one click.
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"<report-{recipient.report_id}.{_host()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.mixed_subtype = "related"  # type: ignore[attr-defined]  # Django has it, its stubs do not
    message.attach_alternative(html_of(contents, unsubscribe, f"cid:{_CHART}"), "text/html")
    message.attach(_inline_picture(chart_of(contents)))
    return message


def confirmation_message(recipient: Recipient, what: str) -> EmailMultiAlternatives:
    """Asks an address that is no member's whether it wants a report at all."""
    context = {"recipient": recipient, "what": what, "url": tokens.confirm_url(recipient)}
    text = render_to_string("analytics/mailed/confirm.txt", context)
    title = " ".join(f"Do you want {what} by e-mail?".split())
    return EmailMultiAlternatives(title, text, to=[recipient.address], headers={"Auto-Submitted": "auto-generated"})


def html_of(contents: Contents, unsubscribe: str, picture: str) -> str:
    """The mail as HTML; `picture` is the chart's address."""
    return _inliner.inline(
        render_to_string("analytics/mailed/report.html", _context(contents, unsubscribe) | {"picture": picture})
    )


def text_of(contents: Contents, unsubscribe: str) -> str:
    return render_to_string("analytics/mailed/report.txt", _context(contents, unsubscribe))


def preview_of(contents: Contents) -> str:
    """The mail as a page, the chart in it."""
    picture = b64encode(chart_of(contents)).decode()
    return html_of(contents, "", f"data:image/png;base64,{picture}")


def chart_of(contents: Contents) -> bytes:
    now = [point.counts.human for point in contents.series.points]
    before = [point.counts.human for point in contents.before.points]
    return chart.draw(contents.labels, now, before, (contents.due.words, contents.due.before_words))


def _context(contents: Contents, unsubscribe: str) -> dict[str, Any]:
    return {
        "contents": contents,
        "unsubscribe": unsubscribe,
        "site": settings.PUBLIC_URL,
        "width": chart.SHOWN_WIDTH,
        "height": chart.SHOWN_HEIGHT,
    }


def _inline_picture(png: bytes) -> MIMEImage:
    picture = MIMEImage(png, "png")
    picture.add_header("Content-ID", f"<{_CHART}>")
    picture.add_header("Content-Disposition", "inline", filename="chart.png")
    return picture


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
