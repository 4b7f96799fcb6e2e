"""Forms of static codes that are paid: what people know of a payment, made into its payload."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms

from links.qr import payloads
from links.qr.payloads.fields import FieldRefused
from links.studio.payload_forms import MULTILINE, PayloadForm, line

_TAGGED = re.compile(r"\s*([0-9]{1,2})[ :=](.*)")


class TransferForm(PayloadForm):
    """A SEPA credit transfer in euros."""

    heading, kind = "SEPA transfer", payloads.SepaTransfer
    name = line("Name of the payee")
    iban = line("IBAN")
    amount = forms.DecimalField(label="Amount, euros", required=False, max_digits=20)
    text = line("Text for the payee", required=False)


class SwissBillForm(PayloadForm):
    """The code of a Swiss QR-bill, with who is to pay where that is known."""

    heading, kind = "Swiss QR-bill", payloads.SwissBill
    DEBTOR: ClassVar = "debtor_"
    PARTY: ClassVar = ("name", "street", "house_number", "postal_code", "town", "country")

    iban = line("IBAN or QR-IBAN", help_text="Of an account in Switzerland or Liechtenstein.")
    name = line("Payable to")
    street = line("Street", required=False)
    house_number = line("House number", required=False)
    postal_code = line("Postal code")
    town = line("Town")
    country = line("Country", help_text="Two capitals: CH.", maxlength="2", autocapitalize="characters")
    currency = forms.ChoiceField(label="Currency", choices=[("CHF", "CHF"), ("EUR", "EUR")])
    amount = forms.DecimalField(label="Amount", required=False, max_digits=20)
    reference = line(
        "Reference", required=False, help_text="27 digits with a QR-IBAN; RF and what follows, or none, else."
    )
    message = line("Additional information", required=False)
    bill_information = line("Billing information", required=False, help_text="For programs: //S1 and what follows.")
    debtor_name = line("Payable by", required=False)
    debtor_street = line("Payer's street", required=False)
    debtor_house_number = line("Payer's house number", required=False)
    debtor_postal_code = line("Payer's postal code", required=False)
    debtor_town = line("Payer's town", required=False)
    debtor_country = line("Payer's country", required=False, maxlength="2", autocapitalize="characters")

    def made(self, typed: Mapping[str, Any]) -> Any:
        names = ("iban", "currency", "amount", "reference", "message", "bill_information")
        has_debtor = any(typed[self.DEBTOR + name] for name in self.PARTY)
        return payloads.SwissBill(
            creditor=self._party(typed, ""),
            debtor=self._party(typed, self.DEBTOR) if has_debtor else None,
            **{name: typed[name] for name in names},
        )

    def _party(self, typed: Mapping[str, Any], prefix: str) -> payloads.Party:
        """Raises FieldRefused for the form's own field."""
        try:
            return payloads.Party(**{name: typed[prefix + name] for name in self.PARTY})
        except FieldRefused as refused:
            raise FieldRefused(prefix + refused.field, refused.advice) from refused


class UpiForm(PayloadForm):
    """A payment by India's UPI."""

    heading, kind = "UPI", payloads.UpiPayment
    address = line("UPI address of the payee", help_text="Such as name@bank.")
    name = line("Name of the payee")
    amount = forms.DecimalField(label="Amount, rupees", required=False, max_digits=20)
    note = line("Note", required=False)
    reference = line("Reference", required=False)
    category = line("Merchant category code", required=False, inputmode="numeric")
    url = line("Web address of the bill", required=False, inputmode="url")


class MerchantForm(PayloadForm):
    """A payment of the schemes upon EMVCo: one account, and what most of them ask for."""

    heading, kind = "Merchant payment (EMVCo)", payloads.MerchantPayment
    tag = forms.IntegerField(
        label="Tag of the account",
        min_value=2,
        max_value=51,
        initial=26,
        help_text="As your payment provider says: 26 for Pix and PayNow, 29 for PromptPay.",
    )
    identifier = line(
        "Identifier of the scheme", required=False, help_text="Such as br.gov.bcb.pix. Of tags from 26 on."
    )
    account = forms.CharField(
        label="Your account",
        strip=False,
        widget=MULTILINE,
        help_text="A line for each value, its tag before it: “01 your-key”. Below tag 26 the number alone.",
    )
    name = line("Name of the merchant", help_text="At most 25 letters without accents.")
    city = line("City")
    postal_code = line("Postal code", required=False)
    country = line("Country", help_text="Two capitals: BR.", maxlength="2", autocapitalize="characters")
    category = line("Merchant category code", help_text="4 digits; 0000 where you have none.", inputmode="numeric")
    currency = line("Currency", help_text="Its three digits: 986 is the real.", inputmode="numeric")
    amount = forms.DecimalField(label="Amount", required=False, max_digits=20)
    asks_for_tip = forms.BooleanField(label="The payer is asked for a tip", required=False)
    bill_number = line("Bill number", required=False)
    reference_label = line("Reference", required=False, help_text="*** lets the payer's app choose one, as Pix wants.")

    def made(self, typed: Mapping[str, Any]) -> Any:
        names = ("category", "currency", "country", "name", "city", "amount", "postal_code")
        labels = {name: typed[name] for name in ("bill_number", "reference_label")}
        return payloads.MerchantPayment(
            accounts=(_account(typed),),
            tip="ask" if typed["asks_for_tip"] else None,
            additional=payloads.AdditionalData(**labels) if any(labels.values()) else None,
            **{name: typed[name] for name in names},
        )


class BitcoinForm(PayloadForm):
    """A payment to a Bitcoin address."""

    heading, kind = "Bitcoin", payloads.BitcoinPayment
    address = line("Address")
    amount = forms.DecimalField(label="Amount, bitcoin", required=False, max_digits=20)
    label = line("Name of the payee", required=False)
    message = line("Message", required=False)


def _account(typed: Mapping[str, Any]) -> payloads.CardAccount | payloads.Template:
    """Raises FieldRefused for the form's own field."""
    try:
        if typed["tag"] < payloads.Template.FIRST_TAG:
            return payloads.CardAccount(typed["tag"], typed["account"].strip())
        return payloads.Template(typed["tag"], typed["identifier"], tuple(_tagged(typed["account"])))
    except FieldRefused as refused:
        field = "account" if refused.field in ("value", "data") else refused.field
        raise FieldRefused(field, refused.advice) from refused


def _tagged(text: str) -> Iterator[tuple[int, str]]:
    for written in filter(str.strip, text.splitlines()):
        if (found := _TAGGED.fullmatch(written)) is None:
            raise FieldRefused("account", f"Begin each line with a tag of two digits: “01 {written.strip()[:20]}”.")
        yield int(found[1]), found[2].strip()
