"""Scan (the facts), what was set aside, and the rollups that reports read."""

from typing import ClassVar

from django.db import models

from analytics.erasure.models import ErasedScan as ErasedScan
from analytics.erasure.models import Erasure as Erasure
from analytics.exports.models import Export as Export
from analytics.mailed.models import Delivery as Delivery
from analytics.mailed.models import MailedReport as MailedReport
from analytics.mailed.models import Recipient as Recipient


class ScanClass(models.TextChoices):
    """Who or what followed a code. Headline numbers are humans; every class is kept and shown."""

    HUMAN = "human"
    PREVIEW = "preview"
    PREFETCH = "prefetch"
    BOT = "bot"
    SCANNER = "scanner"
    INTERNAL = "internal"
    HEAD = "head"


class Scan(models.Model):
    """One followed code. Ids are plain numbers: a fact outlives what it points at."""

    event_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    local_date = models.DateField(help_text="The day in the workspace's zone when it was scanned.")
    workspace_id = models.BigIntegerField()
    domain_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField(default=0, help_text="The link's campaign when it was scanned; 0 for none.")
    link_id = models.BigIntegerField()
    code_id = models.BigIntegerField()
    revision = models.IntegerField()
    outcome = models.CharField(max_length=12)
    destination = models.TextField(blank=True)
    scan_class = models.CharField(max_length=10, choices=ScanClass)
    class_reason = models.CharField(max_length=100)
    rules_version = models.CharField(max_length=20)
    method = models.CharField(max_length=10)
    purpose = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=43, blank=True, help_text="Truncated: IPv4 to /24, IPv6 to /48.")
    visitor = models.CharField(max_length=32, blank=True, help_text="An anonymous hash, good for one day.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, of the truncated address.")
    region = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    device = models.CharField(max_length=20, blank=True)
    brand = models.CharField(max_length=40, blank=True)
    os = models.CharField(max_length=40, blank=True)
    browser = models.CharField(max_length=60, blank=True)
    app = models.CharField(max_length=40, blank=True, help_text="The app whose own browser followed the code.")
    user_agent = models.CharField(max_length=512, blank=True)
    language = models.CharField(max_length=100, blank=True, help_text="The tag preferred, in lower case.")
    referrer = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["link_id", "-at"], name="recent_scans_of_a_link"),
            models.Index(fields=["workspace_id", "-at"], name="recent_scans_of_a_workspace"),
        ]

    def __str__(self) -> str:
        return str(self.event_id)


class OrphanScan(models.Model):
    """A scan of a code that does not exist: a misprint, a typing error, or somebody guessing."""

    event_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    host = models.CharField(max_length=253)
    path = models.CharField(max_length=200)
    scan_class = models.CharField(max_length=10, choices=ScanClass)
    user_agent = models.CharField(max_length=512, blank=True)

    def __str__(self) -> str:
        return f"{self.host}{self.path}"


class SetAsideRecord(models.Model):
    """A journal record that could not be counted, with its reason; it never blocks the rest."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of segment and record.")
    segment = models.CharField(max_length=100)
    reason = models.CharField(max_length=200)
    record = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reason


class Scope(models.IntegerChoices):
    """What a rollup row is about."""

    CODE = 1
    LINK = 2
    WORKSPACE = 3
    CAMPAIGN = 4


class QuarterHour(models.Model):
    """Scans of one scope in one quarter of an hour (UTC), a column a class.

    Every zone's offset is a multiple of 15 minutes, so every local hour and day is an exact sum.
    """

    pk = models.CompositePrimaryKey("scope", "scope_id", "start")
    scope = models.SmallIntegerField(choices=Scope)
    scope_id = models.BigIntegerField()
    start = models.DateTimeField()
    human = models.BigIntegerField(default=0)
    preview = models.BigIntegerField(default=0)
    prefetch = models.BigIntegerField(default=0)
    bot = models.BigIntegerField(default=0)
    scanner = models.BigIntegerField(default=0)
    internal = models.BigIntegerField(default=0)
    head = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.scope}:{self.scope_id} {self.start}"


class DayVisitor(models.Model):
    """A visitor seen with one code on one local day; kept only as long as the day may still receive scans.

    One row says so for code, link, campaign and workspace: a row each took longer than anything else of a scan.
    """

    pk = models.CompositePrimaryKey("workspace_id", "date", "visitor", "code_id", "campaign_id")
    workspace_id = models.BigIntegerField()
    date = models.DateField()
    visitor = models.CharField(max_length=32)
    code_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField(help_text="The link's campaign when it was scanned; 0 for none.")
    link_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.code_id} {self.date}"


class LocalDay(models.Model):
    """Scans and different humans of one scope on one local day of its workspace.

    Long ranges read days instead of quarters of an hour.
    """

    pk = models.CompositePrimaryKey("scope", "scope_id", "date")
    scope = models.SmallIntegerField(choices=Scope)
    scope_id = models.BigIntegerField()
    date = models.DateField()
    human = models.BigIntegerField(default=0, db_default=0)
    preview = models.BigIntegerField(default=0, db_default=0)
    prefetch = models.BigIntegerField(default=0, db_default=0)
    bot = models.BigIntegerField(default=0, db_default=0)
    scanner = models.BigIntegerField(default=0, db_default=0)
    internal = models.BigIntegerField(default=0, db_default=0)
    head = models.BigIntegerField(default=0, db_default=0)
    visitors = models.BigIntegerField(default=0, db_default=0, help_text="Different humans.")

    def __str__(self) -> str:
        return f"{self.scope}:{self.scope_id} {self.date}"


class Dimension(models.IntegerChoices):
    """What scans are broken down by. The value of CODE, LINK and CAMPAIGN is an id, that of the others a word."""

    COUNTRY = 1
    REGION = 2
    CITY = 3
    DEVICE = 4
    OS = 5
    BROWSER = 6
    LANGUAGE = 7
    REFERRER = 8
    CODE = 9
    DESTINATION = 10
    OUTCOME = 11
    LINK = 12
    CAMPAIGN = 13


class DimensionValue(models.Model):
    """A word that a dimension has had as its value, once; breakdowns hold its id."""

    id = models.BigAutoField(primary_key=True)
    dimension = models.SmallIntegerField(choices=Dimension)
    digest = models.BinaryField(max_length=16, help_text="BLAKE2b of the text: texts are too long for an index.")
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dimension", "digest"], name="a_value_of_a_dimension_is_kept_once")
        ]

    def __str__(self) -> str:
        return self.text


class Breakdown(models.Model):
    """Scans of one scope and class on one local day with one value of a dimension. Empty values have no row."""

    pk = models.CompositePrimaryKey("scope", "scope_id", "dimension", "scan_class", "date", "value")
    scope = models.SmallIntegerField(choices=Scope)
    scope_id = models.BigIntegerField()
    dimension = models.SmallIntegerField(choices=Dimension)
    scan_class = models.SmallIntegerField(help_text="The class's place in ScanClass.")
    date = models.DateField()
    value = models.BigIntegerField(help_text="The id of a DimensionValue, or of a code, link or campaign.")
    n = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.scope}:{self.scope_id} {self.date} {self.dimension}={self.value}: {self.n}"


class RunningTotal(models.Model):
    """Scans of every value of a dimension in a workspace, from the first day up to the end of this one, in one row.

    What long lists of links and placements subtract from one another instead of adding up days: see running_totals.
    """

    pk = models.CompositePrimaryKey("workspace_id", "dimension", "scan_class", "date")
    workspace_id = models.BigIntegerField()
    dimension = models.SmallIntegerField(choices=Dimension)
    scan_class = models.SmallIntegerField(help_text="The class's place in ScanClass.")
    date = models.DateField()
    scans = models.BigIntegerField(
        help_text="All scans of this day and class when it was added. Where LocalDay says more, later ones have come."
    )
    packed = models.BinaryField(help_text="The values, then as many numbers of scans: 64 bits each, little-endian.")

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.date} {self.dimension}"


class TagMonth(models.Model):
    """The days of a month of a tag that has many links, added up over them, in one row: see tag_months."""

    pk = models.CompositePrimaryKey("tag_id", "month")
    tag_id = models.BigIntegerField()
    month = models.DateField(help_text="Its first day.")
    workspace_id = models.BigIntegerField(db_index=True)
    links = models.BinaryField(max_length=16, help_text="BLAKE2b of the ids of the links that were added up.")
    workspace = models.BinaryField(
        help_text="What the whole workspace had in the month then: scans by class, and visitors, 64 bits each."
    )
    packed = models.BinaryField(help_text="As many numbers for each day of the month: 64 bits each, little-endian.")

    def __str__(self) -> str:
        return f"{self.tag_id} {self.month}"
