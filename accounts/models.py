"""User, Workspace, Membership and ApiKey: who may act, and on whose behalf."""

import hashlib
import secrets
from functools import cache
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.zones import Zones, next_midnight


class UserManager(BaseUserManager["User"]):
    """Makes users whose name is their e-mail address, in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an e-mail address."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email


known_timezones = cache(available_timezones)  # it walks the disk each time


def validate_timezone(name: str) -> None:
    """Refuse what is not an IANA time zone name."""
    if name not in known_timezones():
        raise ValidationError(
            "“%(name)s” is not a time zone. Use an IANA name such as Europe/Berlin.", params={"name": name}
        )


class Workspace(models.Model):
    """What owns links; its reporting time zone decides which local day a scan belongs to."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(unique=True)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    # The zone that follows `timezone`, and from when: a midnight of `timezone`. Both stay when that has passed.
    coming_timezone = models.CharField(max_length=64, blank=True, editable=False)
    timezone_changes_at = models.DateTimeField(null=True, editable=False)
    honours_privacy_signals = models.BooleanField(
        default=False,
        help_text="Of phones that send Global Privacy Control or Do Not Track, only that they scanned is kept.",
    )
    internal_networks = models.JSONField(
        default=list, blank=True, help_text="Addresses of one's own, as a list of networks: scans of these are apart."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        User, through="Membership", related_name="workspaces"
    )

    def __str__(self) -> str:
        return self.name

    @property
    def zones(self) -> Zones:
        if self.timezone_changes_at is None:
            return Zones(self.timezone)
        return Zones(self.timezone, int(self.timezone_changes_at.timestamp()), self.coming_timezone)

    @property
    def current_timezone(self) -> str:
        """The zone that days are counted in at this moment."""
        return self.zones.at(timezone.now())

    @property
    def next_timezone(self) -> str:
        """The zone that it will have from the next midnight on; empty where none is coming."""
        zones = self.zones
        return zones.then if zones.then != self.current_timezone else ""

    def change_timezone(self, name: str) -> None:
        """From the next local midnight on, unless it changes again before; the current zone takes a change back.

        Raises ValidationError while the first day of the last change goes on: it would be forgotten which that was.
        """
        now, current = timezone.now(), self.current_timezone
        if name == (self.next_timezone or current):
            return
        day = self.zones.day_of(now)
        if day.date != now.astimezone(ZoneInfo(current)).date():
            until = day.end.astimezone(ZoneInfo(current))
            raise ValidationError(f"The zone has just changed. It can change again from {until:%-d %B, %H:%M} on.")
        self.timezone, self.coming_timezone, self.timezone_changes_at = current, "", None
        if name != current:
            self.coming_timezone, self.timezone_changes_at = name, next_midnight(now, ZoneInfo(current))


class Membership(models.Model):
    """One person's place in one workspace."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MEMBER = "member"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "workspace"], name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace} ({self.role})"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> Self:
        """Keys that are neither revoked nor past their end."""
        now = timezone.now()
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))


class ApiKey(models.Model):
    """A REST client's key: only its SHA-256 is kept, which is enough for 256 random bits."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(
        max_length=12, help_text="The first characters, shown so that people can tell keys apart."
    )
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, workspace: Workspace, name: str, created_by: User | None = None) -> tuple["ApiKey", str]:
        """Return a new key and its secret; the secret is never shown again."""
        secret = "qrp_" + secrets.token_urlsafe(32)
        key = cls.objects.create(
            workspace=workspace, name=name, created_by=created_by, prefix=secret[:12], digest=cls.digest_of(secret)
        )
        return key, secret
