"""Forms of hosted pages: those of static codes, and what only a page that can be edited needs."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from accounts.forms import zones_by_region
from links.forms import LinkForm, NewLinkForm
from links.hosted import content
from links.hosted.content import HostedEvent
from links.hosted.stored import Stored
from links.qr.payloads import PostalAddress, VCard
from links.qr.payloads.event import check_year
from links.qr.payloads.fields import FieldRefused, with_line_feeds
from links.studio.payload_forms import PayloadForm, line
from links.studio.static_forms import ContactForm, EventForm, WifiForm

PREFIX = "page"  # a contact has a title, and so has its link


class NewHostedLinkForm(NewLinkForm):
    """A link that shows a page, and its first code."""

    destination = None  # type: ignore[assignment]  # Django's way of leaving an inherited field out


class HostedLinkForm(LinkForm):
    """What a person may change of a link that shows a page, or is to show one, beside the page."""

    destination = None  # type: ignore[assignment]


class PageForm(PayloadForm):
    """What somebody types of a page. `hosted` is there where the form is valid."""

    hosted: dict[str, Any]

    def __init__(self, data: Any = None, *, stored: Stored | None = None, **options: Any) -> None:
        """`stored` is what the link shows now; of another kind it is not looked at."""
        self.stored = stored if stored and stored["kind"] == self.kind_name else None
        shown = self.shown(self.stored["fields"]) if self.stored else {}
        super().__init__(data, prefix=PREFIX, initial=options.pop("initial", None) or shown, **options)

    kind_name: ClassVar[str]

    @staticmethod
    def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a page as the form has them."""
        return dict(kept)

    def clean(self) -> dict[str, Any]:
        # Browsers send text areas with other line breaks than they were given.
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = with_line_feeds(value)
        typed = super().clean()
        if not self.errors:
            try:
                self.hosted = content.hosted(self.payload, self.stored)
            except FieldRefused as refused:
                self.add_error(refused.field if refused.field in self.fields else None, refused.advice)
        return typed

    def show_what_moved(self, now: Stored | None) -> None:
        """Beside each field that is typed otherwise, what it is by now; of another page nothing can be said."""
        if not now or now["kind"] != self.kind_name:
            return
        shown = self.shown(now["fields"])
        for name, value in list(self.cleaned_data.items()):
            there = shown.get(name, "")
            if (value.replace(tzinfo=None) if isinstance(value, datetime) else value) != there:
                self.add_error(name, f"This is now “{there or 'empty'}”.")


class ContactPageForm(PageForm, ContactForm):
    """A contact. Of what only the REST API can write, nothing is lost: further numbers, say, or a birthday."""

    kind_name = "vcard"

    @staticmethod
    def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
        first = {name: kept[name][0] for name in ("telephones", "emails", "addresses") if kept.get(name)}
        number = first.get("telephones", {}).get("number", "")
        return {**kept, **first.get("addresses", {}), "number": number, "emails": first.get("emails", "")}

    def made(self, typed: Mapping[str, Any]) -> VCard:
        card: VCard = super().made(typed)
        if self.stored is None:
            return card
        before = content.content_of(self.stored)
        assert isinstance(before, VCard)  # noqa: S101  # for the type checker; the kind is the same
        texts = {each.name: getattr(card, each.name) for each in fields(card) if each.name in self.fields}
        several = {
            "telephones": _with_the_others(before.telephones, card.telephones, "types"),
            "emails": _with_the_others(before.emails, card.emails),
            "addresses": _with_the_others(before.addresses, card.addresses or _unseen(before), "region", "type"),
        }
        return replace(before, **texts | several)


class EventPageForm(PageForm, EventForm):
    """An event on the clocks of where it is, or of whole days."""

    kind_name = "event"
    all_day = forms.BooleanField(
        label="All day", required=False, help_text="Only the dates count then, from the first day to the last."
    )
    timezone = forms.ChoiceField(
        label="Time zone", choices=zones_by_region, help_text="Of the place where it is: the page shows its clocks."
    )
    url = line("Web address", required=False, inputmode="url")
    field_order = ("summary", "starts", "ends", "all_day", "timezone", "location", "url", "description")

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["timezone"].initial = timezone.get_current_timezone_name()

    def full_clean(self) -> None:
        """Hands of a clock are read as they stand: an hour that the workspace's own zone skips is one elsewhere."""
        with timezone.override(UTC):
            super().full_clean()

    @staticmethod
    def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
        times = {name: datetime.fromisoformat(kept[name]).replace(tzinfo=None) for name in ("starts", "ends")}
        if is_of_days := "timezone" not in kept:
            times["ends"] -= timedelta(days=1)
        return {**kept, **times, "all_day": is_of_days}

    def made(self, typed: Mapping[str, Any]) -> HostedEvent:
        words = {name: typed[name] for name in ("summary", "location", "description", "url")}
        now = timezone.now().replace(microsecond=0)
        return HostedEvent(**words, **_times(typed) | self._untouched(typed), uid=str(uuid4()), made=now)

    def _untouched(self, typed: Mapping[str, Any]) -> dict[str, datetime]:
        """Moments of which nothing was typed anew, with the seconds and the offset that the form does not show."""
        kept = self.stored["fields"] if self.stored else {}
        if typed["all_day"] or kept.get("timezone") != typed["timezone"]:
            return {}
        moments = {name: datetime.fromisoformat(kept[name]) for name in ("starts", "ends")}
        return {name: moment for name, moment in moments.items() if _hands(moment) == _hands(typed[name])}


class NetworkPageForm(PageForm, WifiForm):
    """A network, with its password in the open."""

    kind_name = "wifi"
    password = line(
        "Password", required=False, help_text="It stands on the page: everybody who scans the code can read it."
    )

    @staticmethod
    def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
        return {"security": "WPA", **kept}


FORMS: dict[str, type[PageForm]] = {form.kind_name: form for form in (ContactPageForm, EventPageForm, NetworkPageForm)}


def _with_the_others(old: tuple[Any, ...], new: tuple[Any, ...], *unseen: str) -> tuple[Any, ...]:
    """What was typed in the place of the first of several, with the parts of it that the form does not show."""
    if old and new and unseen:
        new = (replace(new[0], **{name: getattr(old[0], name) for name in unseen}),)
    return (*new, *old[1:])


def _unseen(card: VCard) -> tuple[PostalAddress, ...]:
    """The first address without what the form shows of it, where there is more to it."""
    if not card.addresses or not card.addresses[0].region:
        return ()
    return (replace(card.addresses[0], street="", city="", postal_code="", country=""),)


def _hands(moment: datetime) -> datetime:
    """What a clock without seconds shows."""
    return moment.replace(tzinfo=None, second=0)


def _times(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Start, end and zone of an event: what was typed is what a clock there shows. Raises FieldRefused."""
    starts, ends = (typed[name].replace(tzinfo=None) for name in ("starts", "ends"))
    check_year("starts", starts)
    check_year("ends", ends)
    if typed["all_day"]:
        return {"starts": starts.date(), "ends": ends.date() + timedelta(days=1)}
    zone = ZoneInfo(typed["timezone"])
    return {"starts": _at("starts", starts, zone), "ends": _at("ends", ends, zone), "timezone": zone.key}


def _at(field: str, hands: datetime, zone: ZoneInfo) -> datetime:
    moment = hands.replace(tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != hands:
        raise FieldRefused(field, f"Clocks of {zone.key} are put forward and skip this time. Choose another.")
    return moment
