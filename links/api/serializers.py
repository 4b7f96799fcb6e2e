"""The JSON shapes of links and codes: what goes out, and what may come in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.models import Workspace
from links import codes
from links.api.fields import (
    CampaignIdField,
    DestinationField,
    RulesField,
    StyleIdField,
    TagsField,
    campaign_of,
    style_of,
    workspace_field,
    workspace_of,
)
from links.api.hosted import NEITHER, HostedField, one_of_both
from links.expiry import validate_expiry, validate_first_expiry
from links.models import Code, Link, LinkRevision, Style, Tag

TITLE_LENGTH = Link._meta.get_field("title").max_length
PLACEMENT_LENGTH = Code._meta.get_field("placement").max_length
HOSTED_HELP = "The page that the link shows by itself, in the place of a destination."
COUNTS_ONLY_HELP = (
    "Of each scan only its moment and class are kept, nothing about who scanned. Earlier scans stay as they are."
)

STYLE_HELP = "The id of one of the workspace's styles; null for its default."


class CodeSerializer(serializers.ModelSerializer[Code]):
    """A printed or shared identity of a link."""

    code = serializers.CharField(source="path", read_only=True)
    url = serializers.URLField(read_only=True, help_text="The address in the code.")

    class Meta:
        model = Code
        fields = ("id", "code", "url", "kind", "placement", "counts_only", "style")
        read_only_fields = fields


class ReasonSerializer(serializers.Serializer[dict[str, str]]):
    """One reason of a verdict and the check that gave it."""

    check = serializers.CharField()
    reason = serializers.CharField()


class VerdictSerializer(serializers.Serializer[Link]):
    """What safety checks concluded about the destination."""

    state = serializers.ChoiceField(source="verdict", choices=Link.Verdict.choices)
    reasons = ReasonSerializer(source="verdict_reasons", many=True)
    checked_at = serializers.DateTimeField(allow_null=True)


class ScansSerializer(serializers.Serializer[Link]):
    """Totals of a link since its first day."""

    human = serializers.IntegerField(source="counter.human")
    other = serializers.IntegerField(source="counter.other", help_text="Previews, bots and every other class together.")
    last_scan_at = serializers.DateTimeField(source="counter.last_scan_at", allow_null=True)


class LinkSerializer(serializers.ModelSerializer[Link]):
    """A link with its codes, its verdict and its totals."""

    workspace = serializers.SlugRelatedField[Workspace](slug_field="slug", read_only=True)
    state = serializers.ChoiceField(
        choices=[choice for choice in Link.State.choices if choice[0] != Link.State.DELETED], read_only=True
    )
    destination = serializers.SerializerMethodField(help_text="Null where it shows a page instead.")
    hosted = HostedField(read_only=True, allow_null=True)
    rules = RulesField(read_only=True)
    campaign = serializers.IntegerField(source="campaign_id", allow_null=True, read_only=True, help_text="Its id.")
    tags = serializers.SlugRelatedField[Tag](slug_field="name", many=True, read_only=True)
    verdict = VerdictSerializer(source="*", read_only=True)
    codes = CodeSerializer(many=True, read_only=True)
    scans = ScansSerializer(source="*", read_only=True)

    class Meta:
        model = Link
        fields = (
            "id",
            "workspace",
            "destination",
            "hosted",
            "rules",
            "title",
            "campaign",
            "tags",
            "state",
            "expires_at",
            "verdict",
            "codes",
            "scans",
            "revision",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_destination(self, link: Link) -> str | None:
        return link.destination or None


class NewCodeSerializer(serializers.Serializer[Code]):
    """One more code: a QR code, or an alias where one is given."""

    placement = serializers.CharField(
        required=False, allow_blank=True, max_length=PLACEMENT_LENGTH, help_text="Where it is printed."
    )
    alias = serializers.CharField(
        required=False, allow_blank=True, help_text="A word of your own in the address, for people who type it."
    )
    counts_only = serializers.BooleanField(required=False, help_text=COUNTS_ONLY_HELP)
    style = StyleIdField(required=False, help_text=STYLE_HELP)  # type: ignore[assignment]  # fields have an attribute so named

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put the style in the place of its id."""
        return {**attrs, "style": style_of(self.context["link"].workspace_id, attrs.get("style"))}

    def validate_alias(self, alias: str) -> str:
        try:
            return codes.validate_alias(alias) if alias else ""
        except codes.AliasRefused as refusal:
            raise serializers.ValidationError(str(refusal), code="alias") from refusal


class CodeChangeSerializer(serializers.Serializer[Code]):
    """What may change of a code. Fields that are absent stay as they are."""

    placement = serializers.CharField(
        required=False, allow_blank=True, max_length=PLACEMENT_LENGTH, help_text="Where it is printed."
    )
    counts_only = serializers.BooleanField(required=False, help_text=COUNTS_ONLY_HELP)
    style = serializers.PrimaryKeyRelatedField(  # type: ignore[assignment]  # fields have an attribute of this name
        queryset=Style.objects.none(),
        required=False,
        allow_null=True,
        help_text=STYLE_HELP,
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if isinstance(self.instance, Code):
            fields["style"].queryset = self.instance.link.workspace.styles.defer("logo")  # type: ignore[attr-defined]
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Send at least one of placement, counts_only and style.")
        return attrs


class NewLinkSerializer(NewCodeSerializer):
    """A link that leads somewhere (`destination`) or shows a page (`hosted`), and its first code."""

    destination = DestinationField(required=False, allow_null=True, error_messages={"required": NEITHER})
    hosted = HostedField(required=False, allow_null=True, help_text=HOSTED_HELP)
    rules = RulesField(required=False)
    title = serializers.CharField(required=False, allow_blank=True, max_length=TITLE_LENGTH)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, validators=[validate_first_expiry])
    campaign = CampaignIdField(required=False, help_text="The id of one of the workspace's campaigns.")
    tags = TagsField(required=False)
    workspace = workspace_field()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Without a page a destination is required, and missed together with whatever else is wrong."""
        fields = super().get_fields()
        sent = getattr(self, "initial_data", None)
        fields["destination"].required = isinstance(sent, Mapping) and sent.get("hosted") is None
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put the workspace itself in the place of its slug, or of nothing where there is only one; so the campaign."""
        attrs = one_of_both(attrs, None, is_new=True)
        workspace = workspace_of(self.context["request"], attrs.get("workspace"))
        campaign = campaign_of(workspace, attrs.get("campaign"))
        style = style_of(workspace.pk, attrs.get("style"))
        return {**attrs, "workspace": workspace, "campaign": campaign, "style": style}


@extend_schema_serializer(component_name="LinkChange")
class LinkChangeSerializer(serializers.Serializer[Link]):
    """What may change of a link. Fields that are absent stay as they are."""

    WRITABLE_STATES: ClassVar = [Link.State.ACTIVE.value, Link.State.PAUSED.value]

    destination = DestinationField(required=False, allow_null=True, help_text="In the place of a page it may show.")
    hosted = HostedField(required=False, allow_null=True, help_text=HOSTED_HELP)
    rules = RulesField(required=False)
    title = serializers.CharField(required=False, allow_blank=True, max_length=TITLE_LENGTH)
    campaign = CampaignIdField(required=False, help_text="The id of one of its workspace's campaigns; null for none.")
    tags = TagsField(required=False, help_text="All of its tags, in the place of those it had.")
    state = serializers.ChoiceField(required=False, choices=WRITABLE_STATES)
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, validators=[validate_expiry], help_text="A past moment ends the link at once."
    )
    revision = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The revision you read: refused with 412 if somebody was faster. If-Match does the same.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse to call an ended link active (only a later end makes it so); find the campaign."""
        assert isinstance(self.instance, Link)  # noqa: S101  # for the type checker; views always pass one
        attrs = one_of_both(attrs, self.instance.hosted, is_new=False)
        ends: datetime | None = attrs.get("expires_at", self.instance.expires_at)
        if attrs.get("state") == Link.State.ACTIVE and ends is not None and ends <= timezone.now():
            raise serializers.ValidationError(
                {"state": "This link has expired. Set expires_at to a later moment, or to null, to make it active."}
            )
        if "campaign" in attrs:
            attrs["campaign"] = campaign_of(self.instance.workspace, attrs["campaign"])
        return attrs

    def changes(self) -> dict[str, Any]:
        """The validated fields in the words of actions.EDITABLE."""
        changes = dict(self.validated_data)
        changes.pop("revision", None)
        if "state" in changes:
            changes["is_paused"] = changes.pop("state") == Link.State.PAUSED
        return changes


class RevisionSerializer(serializers.ModelSerializer[LinkRevision]):
    """One change of a link: who, when, from what to what."""

    changed_by = serializers.CharField(
        source="changed_by.email", allow_null=True, default=None, read_only=True, help_text="A person's e-mail address."
    )
    api_key = serializers.CharField(
        source="api_key.name", allow_null=True, default=None, read_only=True, help_text="The API key's name."
    )
    changes = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(allow_null=True), min_length=2, max_length=2),
        read_only=True,
        help_text="{field: [before, after]}",
    )

    class Meta:
        model = LinkRevision
        fields = ("number", "changed_at", "changed_by", "api_key", "changes")
        read_only_fields = fields
