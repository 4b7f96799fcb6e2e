"""What a code can say besides a short link: each kind of text a scanner acts on, made from typed fields."""

from links.qr.payloads.bitcoin import BitcoinPayment
from links.qr.payloads.emv import AdditionalData, CardAccount, LocalName, MerchantPayment, Template
from links.qr.payloads.epc import SepaTransfer
from links.qr.payloads.ethereum import EthereumPayment
from links.qr.payloads.event import Event
from links.qr.payloads.fields import FieldRefused
from links.qr.payloads.geo import Place
from links.qr.payloads.mail import Mail
from links.qr.payloads.mecard import MeCard
from links.qr.payloads.phone import PhoneCall
from links.qr.payloads.sms import TextMessage
from links.qr.payloads.swiss import Party, SwissBill
from links.qr.payloads.text import PlainText
from links.qr.payloads.upi import UpiPayment
from links.qr.payloads.vcard import PostalAddress, Telephone, VCard
from links.qr.payloads.web import WebAddress
from links.qr.payloads.wifi import Wifi

__all__ = [
    "AdditionalData",
    "BitcoinPayment",
    "CardAccount",
    "EthereumPayment",
    "Event",
    "FieldRefused",
    "LocalName",
    "Mail",
    "MeCard",
    "MerchantPayment",
    "Party",
    "PhoneCall",
    "Place",
    "PlainText",
    "PostalAddress",
    "SepaTransfer",
    "SwissBill",
    "Telephone",
    "Template",
    "TextMessage",
    "UpiPayment",
    "VCard",
    "WebAddress",
    "Wifi",
]
