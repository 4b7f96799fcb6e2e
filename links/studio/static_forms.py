"""Forms of static codes, one for each kind of payload that people write by hand."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from django import forms
from django.utils import timezone

from links.forms import MomentField
from links.qr import payloads
from links.qr.payloads.fields import PayloadRefused

MULTILINE = forms.Textarea(attrs={"rows": 4})


class PayloadForm(forms.Form):
    """What somebody types of a payload. `payload` is there where the form is valid."""

    heading: ClassVar[str]
    kind: ClassVar[type]
    payload: Any

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.payload = self.made(typed)
            except PayloadRefused as refused:
                self.add_error(refused.field if refused.field in self.fields else None, refused.advice)
        return typed

    def made(self, typed: Mapping[str, Any]) -> Any:
        """Raises PayloadRefused."""
        return self.kind(**{name: value for name, value in typed.items() if value not in ("", None)})


def line(label: str, *, required: bool = True, help_text: str = "", **attributes: str) -> forms.CharField:
    """Nothing is cut off at its ends: a password may end with a space."""
    widget = forms.TextInput(attrs={"autocomplete": "off"} | attributes)
    return forms.CharField(label=label, required=required, strip=False, help_text=help_text, widget=widget)


class WebAddressForm(PayloadForm):
    """An address that leads there without this product between."""

    heading, kind = "Web address", payloads.WebAddress
    address = line("Address", inputmode="url")


class TextForm(PayloadForm):
    """Any text."""

    heading, kind = "Text", payloads.PlainText
    text = forms.CharField(label="Text", strip=False, widget=MULTILINE)


class WifiForm(PayloadForm):
    """A network that phones join."""

    SECURITIES: ClassVar = [
        ("WPA", "WPA, WPA2 or WPA3"),
        ("SAE", "WPA3 only"),
        ("WEP", "WEP, which is not safe"),
        ("nopass", "None: an open network"),
    ]
    heading, kind = "Wi-Fi", payloads.Wifi
    ssid = line("Name of the network")
    security = forms.ChoiceField(label="Security", choices=SECURITIES)
    password = line("Password", required=False, help_text="It can be read from the code by whoever sees it.")
    hidden = forms.BooleanField(label="The network hides its name", required=False)


class ContactForm(PayloadForm):
    """A person or a business, as a vCard."""

    heading, kind = "Contact", payloads.VCard
    given_name = line("Given name", required=False)
    family_name = line("Family name", required=False)
    organisation = line("Organisation", required=False)
    title = line("Position", required=False)
    number = line("Phone", required=False, help_text="With its country code: +44 20 7946 0018.", inputmode="tel")
    emails = line("E-mail", required=False, inputmode="email")
    url = line("Web address", required=False, inputmode="url")
    street = line("Street", required=False)
    postal_code = line("Postal code", required=False)
    city = line("City", required=False)
    country = line("Country", required=False)
    note = forms.CharField(label="Note", required=False, strip=False, widget=MULTILINE)

    def made(self, typed: Mapping[str, Any]) -> Any:
        names = ("given_name", "family_name", "organisation", "title", "url", "note")
        place = {name: typed[name] for name in ("street", "postal_code", "city", "country")}
        return payloads.VCard(
            **{name: typed[name] for name in names},
            telephones=(payloads.Telephone(typed["number"]),) if typed["number"] else (),
            emails=(typed["emails"],) if typed["emails"] else (),
            addresses=(payloads.PostalAddress(**place),) if any(place.values()) else (),
        )


class MailForm(PayloadForm):
    """An e-mail that is ready to be sent."""

    heading, kind = "E-mail", payloads.Mail
    to = line("To", inputmode="email")
    subject = line("Subject", required=False)
    body = forms.CharField(label="Text", required=False, strip=False, widget=MULTILINE)

    def made(self, typed: Mapping[str, Any]) -> Any:
        return payloads.Mail((typed["to"],), typed["subject"], typed["body"])


class MessageForm(PayloadForm):
    """A text message that is ready to be sent."""

    heading, kind = "SMS", payloads.TextMessage
    number = line("Number", inputmode="tel")
    message = forms.CharField(label="Message", required=False, strip=False, widget=MULTILINE)


class CallForm(PayloadForm):
    """A number to call."""

    heading, kind = "Phone", payloads.PhoneCall
    number = line("Number", help_text="With its country code: +44 20 7946 0018.", inputmode="tel")


class PlaceForm(PayloadForm):
    """A place on the map."""

    heading, kind = "Place", payloads.Place
    latitude = forms.DecimalField(label="Latitude, degrees north", max_digits=20)
    longitude = forms.DecimalField(label="Longitude, degrees east", max_digits=20)


class EventForm(PayloadForm):
    """An event for the calendar, in the workspace's zone."""

    heading, kind = "Event", payloads.Event
    summary = line("What")
    starts = MomentField(label="Starts")
    ends = MomentField(label="Ends")
    location = line("Where", required=False)
    description = forms.CharField(label="More about it", required=False, strip=False, widget=MULTILINE)

    def made(self, typed: Mapping[str, Any]) -> Any:
        """The same event has the same `uid`, so that a phone that scans it again does not keep two."""
        uid = str(uuid5(NAMESPACE_OID, f"{typed['summary']}\n{typed['starts'].isoformat()}"))
        return payloads.Event(uid=uid, made=timezone.now().replace(microsecond=0), **typed)


class TransferForm(PayloadForm):
    """A SEPA credit transfer in euros."""

    heading, kind = "SEPA transfer", payloads.SepaTransfer
    name = line("Name of the payee")
    iban = line("IBAN")
    amount = forms.DecimalField(label="Amount, euros", required=False, max_digits=20)
    text = line("Text for the payee", required=False)


FORMS: dict[str, type[PayloadForm]] = {
    "url": WebAddressForm,
    "wifi": WifiForm,
    "vcard": ContactForm,
    "text": TextForm,
    "mail": MailForm,
    "phone": CallForm,
    "sms": MessageForm,
    "event": EventForm,
    "geo": PlaceForm,
    "sepa": TransferForm,
}
