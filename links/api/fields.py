"""Fields of the REST API that take more than Django REST framework's own: destinations, rules, names and workspaces."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.access import workspaces_of
from accounts.models import Workspace
from links.destinations import DestinationRefused, parse
from links.models import Campaign, Style
from links.names import MAX_TAG_NAME, MAX_TAGS, NameRefused, parse_tags
from links.rules import CONDITIONS, RuleRefused, parse_rules


@extend_schema_field({"type": "string", "format": "uri", "examples": ["https://example.com/menu"]})
class DestinationField(serializers.CharField):
    """An http or https address, stored as a browser serialises it."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return parse(text)
        except DestinationRefused as refusal:
            raise serializers.ValidationError(str(refusal), code="destination") from refusal


class LengthField(serializers.FloatField):
    """A finite number from `least` to `most`."""

    def __init__(self, least: float, most: float, **options: Any) -> None:
        super().__init__(min_value=least, max_value=most, **options)

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not isfinite(value):  # “nan” is neither too small nor too large
            self.fail("invalid")
        return value


_WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["when", "destination"],
            "properties": {
                "when": {"type": "object", "minProperties": 1, "properties": dict.fromkeys(CONDITIONS, _WORDS)},
                "destination": {"type": "string", "format": "uri"},
            },
            "additionalProperties": False,
        },
        "examples": [[{"when": {"os": ["iOS"], "language": ["de"]}, "destination": "https://example.com/de/app"}]],
    }
)
class RulesField(serializers.JSONField):
    """Which scans go elsewhere: the first rule whose conditions all hold wins, else the link's own destination."""

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        try:
            return parse_rules(super().to_internal_value(data))
        except RuleRefused as refusal:
            raise serializers.ValidationError(str(refusal), code="rules") from refusal


class NameField(serializers.CharField):
    """A name as one of links/names.py's parsers makes it."""

    def __init__(self, parser: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self._parse = parser

    def to_internal_value(self, data: Any) -> str:
        try:
            return self._parse(super().to_internal_value(data))
        except NameRefused as refusal:
            raise serializers.ValidationError(str(refusal), code="name") from refusal


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "string", "maxLength": MAX_TAG_NAME},
        "maxItems": MAX_TAGS,
        "examples": [["poster", "spring"]],
    }
)
class TagsField(serializers.ListField):
    """A link's tags as words; those that are new are made, and capitals make no difference."""

    child = serializers.CharField()

    def to_internal_value(self, data: Any) -> list[str]:
        try:
            return parse_tags(super().to_internal_value(data))
        except NameRefused as refusal:
            raise serializers.ValidationError(str(refusal), code="tags") from refusal


class CampaignIdField(serializers.IntegerField):
    """The id of a campaign, or null; `campaign_of` finds it once the workspace is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1, "allow_null": True} | options)


def campaign_of(workspace: Workspace, campaign_id: int | None) -> Campaign | None:
    """The workspace's campaign; whether another one has that id is nobody's business."""
    if campaign_id is None:
        return None
    found: Campaign | None = Campaign.objects.filter(workspace=workspace, pk=campaign_id).first()
    if found is None:
        raise serializers.ValidationError({"campaign": "There is no such campaign in this workspace."})
    return found


class StyleIdField(serializers.IntegerField):
    """The id of a style, or null for the default; `style_of` finds it once the workspace is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1, "allow_null": True} | options)


def style_of(workspace_id: int, style_id: int | None) -> Style | None:
    """The workspace's style, without its logo."""
    if style_id is None:
        return None
    found = Style.objects.filter(workspace=workspace_id, pk=style_id).defer("logo").first()
    if found is None:
        raise serializers.ValidationError({"style": "There is no such style in this workspace."})
    return found


def workspace_of(request: Request, slug: str | None) -> Workspace:
    """The workspace of that slug, or the only one where none is named."""
    mine = list(workspaces_of(request))
    chosen = [workspace for workspace in mine if slug in (None, workspace.slug)]
    if len(chosen) != 1:
        names = ", ".join(workspace.slug for workspace in mine) or "none"
        raise serializers.ValidationError({"workspace": f"Name one of your workspaces. Yours: {names}."})
    return chosen[0]


def workspace_field() -> serializers.CharField:
    return serializers.CharField(
        required=False, help_text="The slug; needed only of people who are members of several workspaces."
    )
