"""Link, Code, Domain and what keeps them fresh, counted and accountable."""

from datetime import datetime
from typing import ClassVar, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Workspace
from links.batches.models import Batch as Batch
from links.batches.models import BatchRow as BatchRow
from links.hosted.stored import addresses, summary
from links.named import Campaign as Campaign
from links.named import Tag as Tag
from links.names import key_of
from links.studio.models import Style as Style


class Domain(models.Model):
    """A host that codes are printed with. The site's own domain also serves dashboard and API."""

    host = models.CharField(max_length=253, unique=True, help_text="Lower case, without port.")
    scheme = models.CharField(max_length=5, default="https")
    port = models.PositiveIntegerField(null=True, blank=True, help_text="Empty means the scheme's own.")
    is_site = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_site"], condition=models.Q(is_site=True), name="one_site_domain")
        ]

    def __str__(self) -> str:
        return self.host

    def clean(self) -> None:
        """Requests are compared in lower case and without a trailing dot."""
        self.host = self.host.strip().lower().rstrip(".")

    @property
    def netloc(self) -> str:
        """Host, and the port where it is not the scheme's own; an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @staticmethod
    def parts_of(url: str) -> tuple[str, str, int | None]:
        """Split an address such as PUBLIC_URL into scheme, host and a port that is not the scheme's own."""
        parts = urlsplit(url)
        default_port = {"http": 80, "https": 443}.get(parts.scheme)
        return parts.scheme, (parts.hostname or "").rstrip("."), parts.port if parts.port != default_port else None


class LinkQuerySet(models.QuerySet["Link"]):
    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def search(self, text: str) -> Self:
        """Links whose title, destination, page's name, code or placement contains the text."""
        return self.filter(
            models.Q(title__icontains=text)
            | models.Q(destination__icontains=text)
            | models.Q(hosted__name__icontains=text)
            | models.Exists(
                Code.objects.filter(link=models.OuterRef("pk")).filter(
                    models.Q(path__icontains=text) | models.Q(placement__icontains=text)
                )
            )
        )

    def in_state(self, state: str) -> Self:
        """Living links that state_at would give this state now."""
        alive = self.alive()
        expired = models.Q(expires_at__isnull=False, expires_at__lte=timezone.now())
        if state == Link.State.EXPIRED:
            return alive.filter(expired)
        return alive.exclude(expired).filter(is_paused=state == Link.State.PAUSED)

    def tagged(self, word: str) -> Self:
        """Links with this tag, however it is capitalised."""
        return self.filter(tags__key=key_of(word))

    def with_list_columns(self) -> Self:
        """Everything a list row shows, in a number of queries that does not grow with rows."""
        return self.select_related("counter", "workspace", "campaign").prefetch_related(
            models.Prefetch("codes", queryset=Code.objects.select_related("domain").order_by("id")),
            models.Prefetch("tags", queryset=Tag.objects.order_by("key")),
        )


class Link(models.Model):
    """The durable thing a workspace owns; its codes are printed, its destination can change."""

    class State(models.TextChoices):
        """What a link is doing, worked out from its columns."""

        ACTIVE = "active"
        PAUSED = "paused"
        EXPIRED = "expired"
        DELETED = "deleted"

    class Verdict(models.TextChoices):
        """What safety checks concluded about the destination."""

        UNCHECKED = "unchecked"
        SAFE = "safe"
        SUSPICIOUS = "suspicious"
        MALICIOUS = "malicious"
        UNREACHABLE = "unreachable"

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="links")
    campaign = models.ForeignKey(Campaign, on_delete=models.SET_NULL, null=True, blank=True, related_name="links")
    tags = models.ManyToManyField(Tag, blank=True, related_name="links")
    title = models.CharField(max_length=200, blank=True)
    destination = models.TextField(
        blank=True, help_text="An absolute http or https address, as a browser serialises it; empty: it shows `hosted`."
    )
    hosted = models.JSONField(null=True, blank=True, help_text="The page it shows instead: see links/hosted/stored.py.")
    rules = models.JSONField(default=list, blank=True, help_text="Which scans go elsewhere: see links/rules.py.")
    is_paused = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Goes up with every change.")
    verdict = models.CharField(max_length=12, choices=Verdict, default=Verdict.UNCHECKED)
    verdict_reasons = models.JSONField(default=list, blank=True, help_text="A list of {check, reason}.")
    checked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-created_at", "-id"], name="links_of_a_workspace")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(~models.Q(destination=""), hosted__isnull=True)
                | models.Q(destination="", hosted__isnull=False),
                name="links_lead_somewhere_or_show_a_page",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.leads_to

    @property
    def leads_to(self) -> str:
        """Its destination, or what its own page shows, in one line."""
        return summary(self.hosted) if self.hosted else self.destination

    @property
    def destinations(self) -> list[str]:
        """Everywhere a scan may be sent, each once: the link's own destination or its page's addresses, its rules'."""
        own = addresses(self.hosted) if self.hosted else [self.destination]
        return list(dict.fromkeys([*own, *(rule["destination"] for rule in self.rules)]))

    @property
    def state(self) -> "Link.State":
        return self.state_at(timezone.now())

    def state_at(self, now: datetime) -> "Link.State":
        """The state at a moment: deletion beats expiry, expiry beats a pause."""
        if self.deleted_at is not None:
            return self.State.DELETED
        if self.expires_at is not None and self.expires_at <= now:
            return self.State.EXPIRED
        return self.State.PAUSED if self.is_paused else self.State.ACTIVE


class Code(models.Model):
    """One printed or shared identity of a link. Its row outlives the link: a tombstone, never issued again."""

    class Kind(models.TextChoices):
        QR = "qr"
        ALIAS = "alias"

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="codes")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="codes")
    path = models.CharField(max_length=64, help_text="As people see it.")
    canonical = models.CharField(max_length=64, help_text="As it is looked up: unique per domain, for ever.")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.QR)
    placement = models.CharField(max_length=120, blank=True, help_text="Where it is printed: “poster, Main St”.")
    counts_only = models.BooleanField(
        default=False, help_text="Nothing about who scans it is kept, not even cut or hashed: only that it was scanned."
    )
    style = models.ForeignKey(
        Style, on_delete=models.SET_NULL, null=True, blank=True, related_name="codes", help_text="Empty: the default."
    )
    # {"version", "level", "mask", "segments": [[mode, text], …]}: the same picture for ever, whatever draws it.
    picture = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["domain", "canonical"], name="codes_never_reissued")]

    def __str__(self) -> str:
        return self.path

    @property
    def url(self) -> str:
        return f"{self.domain.base_url}/{self.path}"


class LinkRevision(models.Model):
    """Every change of a link: who, when, from what to what."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    api_key = models.ForeignKey("accounts.ApiKey", on_delete=models.SET_NULL, null=True, blank=True)
    changed_at = models.DateTimeField(auto_now_add=True)
    changes = models.JSONField(help_text="{field: [before, after]}")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["link", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        return f"{self.link_id} r{self.number}"


class LinkCounter(models.Model):
    """Totals for lists, one row a link, written only by ingestion."""

    link = models.OneToOneField(Link, on_delete=models.CASCADE, primary_key=True, related_name="counter")
    human = models.BigIntegerField(default=0)
    other = models.BigIntegerField(default=0, help_text="Every other class together.")
    last_scan_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.link_id}: {self.human}"


class Change(models.Model):
    """A row for every edit, in the edit's own transaction; each process polls it and drops what it names.

    No link means that everything cached is to be dropped (a domain or a workspace changed, or many links did).
    """

    link = models.ForeignKey(Link, on_delete=models.CASCADE, null=True, db_index=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.pk}: {self.link_id or 'everything'}"

    @classmethod
    def of_everything(cls) -> "Change":
        """Make every process look everything up again."""
        return cls.objects.create(link=None)


class VisitorSalt(models.Model):
    """The secret of one local date; deleted 48 hours after that date has ended everywhere."""

    date = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.date)


class Segment(models.Model):
    """How much of one journal segment ingestion has accounted for; its file is deleted when that is all of it."""

    name = models.CharField(max_length=100, primary_key=True)
    ingested = models.BigIntegerField(default=0, help_text="Scan events inserted.")
    set_aside = models.BigIntegerField(default=0, help_text="Records kept apart with a reason.")

    def __str__(self) -> str:
        return self.name
