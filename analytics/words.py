"""The words that statistics are shown in: what each class of scans, each breakdown and each outcome is called."""

from typing import NamedTuple

from analytics.models import Dimension, ScanClass


class Words(NamedTuple):
    """A name and what it means."""

    name: str
    explanation: str


CLASSES = {
    ScanClass.HUMAN: Words(
        "People", "Somebody followed a code with a phone or a browser: it is none of the other classes."
    ),
    ScanClass.PREVIEW: Words("Previews", "A chat or mail app fetched the address to show a card for it."),
    ScanClass.PREFETCH: Words("Prefetches", "A browser loaded it ahead of a tap that may never have come."),
    ScanClass.BOT: Words("Bots", "Crawlers, scripts and monitors that follow addresses."),
    ScanClass.SCANNER: Words("Security scanners", "A security product checked the address before a person saw it."),
    ScanClass.INTERNAL: Words("Internal", "From a network that this workspace calls its own."),
    ScanClass.HEAD: Words("Header requests", "Only headers were asked for (HEAD): never a person."),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OTHER_CLASSES = {name: words for name, words in CLASSES.items() if name != ScanClass.HUMAN}
DIMENSIONS = {
    Dimension.COUNTRY: Words("Countries", "Where the network of a scan is, as far as its cut address tells."),
    Dimension.REGION: Words("Regions", "Known where the geo file of this server has regions."),
    Dimension.CITY: Words("Cities", "Known where the geo file of this server has cities; often the provider's."),
    Dimension.DEVICE: Words("Devices", "What kind of device the browser said it runs on."),
    Dimension.OS: Words("Systems", "The operating system that the browser named."),
    Dimension.BROWSER: Words("Browsers", "The browser, or the app whose own browser it was, as it called itself."),
    Dimension.LANGUAGE: Words("Languages", "The language that the browser prefers."),
    Dimension.REFERRER: Words("Referrers", "The site that a visit came from. Scans of print have none."),
    Dimension.CODE: Words("Placements", "The codes that were scanned, by where they are printed."),
    Dimension.DESTINATION: Words("Destinations", "Where scans were sent."),
    Dimension.OUTCOME: Words("Outcomes", "What became of a scan."),
    Dimension.LINK: Words("Links", "The links whose codes were scanned."),
    Dimension.CAMPAIGN: Words("Campaigns", "The campaign that a link was part of when it was scanned."),
}
SINGULAR = {
    Dimension.COUNTRY: "Country",
    Dimension.REGION: "Region",
    Dimension.CITY: "City",
    Dimension.DEVICE: "Device",
    Dimension.OS: "System",
    Dimension.BROWSER: "Browser",
    Dimension.LANGUAGE: "Language",
    Dimension.REFERRER: "Referrer",
    Dimension.CODE: "Placement",
    Dimension.DESTINATION: "Destination",
    Dimension.OUTCOME: "Outcome",
    Dimension.LINK: "Link",
    Dimension.CAMPAIGN: "Campaign",
}
OUTCOMES = {
    "redirected": Words("Redirected", "Sent on to the destination."),
    "shown": Words("Shown", "The link's own page was shown: a contact, an event or a network."),
    "expired": Words("Expired", "The link had ended: a page said so."),
    "paused": Words("Paused", "The link was paused: a page said so."),
    "deleted": Words("Deleted", "The link was deleted: a page said so."),
    "warned": Words("Warned", "The destination is thought harmful: a warning was shown."),
    "used up": Words("Used up", "The link had had all the scans it was meant for: a page said so."),
}
DEVICES = {"phone": "Phones", "tablet": "Tablets", "desktop": "Computers", "tv": "Televisions", "other": "Others"}
