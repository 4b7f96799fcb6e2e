"""Style: how a workspace's codes look, with the certificate that says how well they scan."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Workspace
from links.named import NameKey
from links.names import FOLDED, MAX_STYLE_NAME


class Style(models.Model):
    """A look for codes of a workspace. None is saved without a certificate, and with verdict F not without a reason."""

    class Level(models.TextChoices):
        """The least error correction of symbols that are drawn first in this style; a symbol never changes again."""

        M = "M"
        Q = "Q"
        H = "H"

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="styles")
    name = models.CharField(max_length=MAX_STYLE_NAME)
    key = NameKey(max_length=MAX_STYLE_NAME * FOLDED, editable=False)
    look = models.JSONField(help_text="As links/qr/style_json.py writes it; the logo's bytes stand apart.")
    logo = models.BinaryField(blank=True, help_text="PNG; empty where the style has no logo.")
    least_level = models.CharField(max_length=1, choices=Level, default=Level.M)
    is_default = models.BooleanField(default=False, help_text="Codes that have no style of their own are drawn in it.")
    is_enforced = models.BooleanField(default=False, help_text="All codes are drawn in it. It is the default, too.")
    certificate = models.JSONField(help_text="As links/qr/certificate writes it, of a typical code.")
    override_reason = models.CharField(max_length=300, blank=True, help_text="Why it may be used with verdict F.")
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="style_names_of_a_workspace_differ"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(is_default=True), name="one_default_style_each"
            ),
            models.CheckConstraint(
                condition=models.Q(is_enforced=False) | models.Q(is_default=True), name="an_enforced_style_is_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name
