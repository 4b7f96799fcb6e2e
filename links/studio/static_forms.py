"""Forms of static codes, one for each kind of payload that people write by hand; those of payments stand apart."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from django import forms
from django.utils import timezone

from links.forms import MomentField
from links.qr import payloads
from links.studio import payment_forms
from links.studio.payload_forms import MULTILINE, PayloadForm, line


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
    "sepa": payment_forms.TransferForm,
    "swiss": payment_forms.SwissBillForm,
    "upi": payment_forms.UpiForm,
    "emv": payment_forms.MerchantForm,
    "bitcoin": payment_forms.BitcoinForm,
}
