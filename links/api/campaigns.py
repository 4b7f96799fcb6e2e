"""REST endpoints of campaigns and tags."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import get_object, workspaces_of
from accounts.models import Workspace
from links import actions, labels
from links.api.fields import NameField, workspace_field, workspace_of
from links.api.filters import NamedFilter
from links.api.views import actor_of
from links.models import Campaign, Tag
from links.names import MAX_CAMPAIGN_NAME, MAX_TAG_NAME, parse_campaign_name, parse_tag

NamedT = TypeVar("NamedT", Campaign, Tag)


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    """A campaign and how many links it has."""

    workspace = serializers.SlugRelatedField[Workspace](slug_field="slug", read_only=True)
    links = serializers.IntegerField(source="link_count", read_only=True, help_text="How many links it has.")

    class Meta:
        model = Campaign
        fields = ("id", "workspace", "name", "links", "created_at")
        read_only_fields = fields


class CampaignChangeSerializer(serializers.Serializer[Campaign]):
    """What may change of a campaign."""

    name = NameField(parse_campaign_name, max_length=MAX_CAMPAIGN_NAME, help_text="Unlike those of other campaigns.")


class NewCampaignSerializer(CampaignChangeSerializer):
    """A campaign without links: links name their campaign."""

    workspace = workspace_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "workspace": workspace_of(self.context["request"], attrs.get("workspace"))}


class TagSerializer(serializers.ModelSerializer[Tag]):
    """A tag and how many links have it."""

    workspace = serializers.SlugRelatedField[Workspace](slug_field="slug", read_only=True)
    links = serializers.IntegerField(source="link_count", read_only=True, help_text="How many links have it.")

    class Meta:
        model = Tag
        fields = ("id", "workspace", "name", "links", "created_at")
        read_only_fields = fields


class TagChangeSerializer(serializers.Serializer[Tag]):
    """What may change of a tag."""

    name = NameField(parse_tag, max_length=MAX_TAG_NAME, help_text="Unlike those of other tags.")


class CampaignListView(generics.ListAPIView[Campaign]):
    """The campaigns of your workspaces, newest first; and new ones."""

    queryset = Campaign.objects.select_related("workspace").with_link_counts()
    serializer_class = CampaignSerializer
    filterset_class = NamedFilter

    def get_queryset(self) -> QuerySet[Campaign]:
        return super().get_queryset().filter(workspace__in=workspaces_of(self.request))

    @extend_schema(request=NewCampaignSerializer, responses={201: CampaignSerializer}, operation_id="campaigns_create")
    def post(self, request: Request) -> Response:
        """Create a campaign; a link joins it by its field `campaign`."""
        wanted = NewCampaignSerializer(data=request.data, context={"request": request})
        wanted.is_valid(raise_exception=True)
        campaign = _renamed(Campaign(workspace=wanted.validated_data["workspace"]), wanted.validated_data)
        return Response(CampaignSerializer(_campaign(request, campaign.pk)).data, status=status.HTTP_201_CREATED)


class CampaignView(APIView):
    """One campaign."""

    @extend_schema(responses=CampaignSerializer, operation_id="campaigns_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Read a campaign."""
        return Response(CampaignSerializer(_campaign(request, pk)).data)

    @extend_schema(request=CampaignChangeSerializer, responses=CampaignSerializer, operation_id="campaigns_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Rename a campaign."""
        campaign = _campaign(request, pk)
        wanted = CampaignChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return Response(CampaignSerializer(_renamed(campaign, wanted.validated_data)).data)

    @extend_schema(request=None, responses={204: None}, operation_id="campaigns_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a campaign. Its links go on without one."""
        actions.delete_campaign(_campaign(request, pk), actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TagListView(generics.ListAPIView[Tag]):
    """The tags of your workspaces, newest first. The first link that has a tag makes it; it goes with the last."""

    queryset = Tag.objects.select_related("workspace").with_link_counts()
    serializer_class = TagSerializer
    filterset_class = NamedFilter

    def get_queryset(self) -> QuerySet[Tag]:
        return super().get_queryset().filter(workspace__in=workspaces_of(self.request))


class TagView(APIView):
    """One tag."""

    @extend_schema(request=TagChangeSerializer, responses=TagSerializer, operation_id="tags_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Rename a tag, for every link that has it."""
        tag = _tag(request, pk)
        wanted = TagChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return Response(TagSerializer(_renamed(tag, wanted.validated_data)).data)

    @extend_schema(request=None, responses={204: None}, operation_id="tags_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """Take a tag from every link that has it, and delete it."""
        actions.delete_tag(_tag(request, pk), actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _renamed(named: NamedT, wanted: Mapping[str, Any]) -> NamedT:
    try:
        return labels.rename(named, wanted["name"])
    except labels.NameTaken as taken:
        raise ValidationError({"name": [str(taken)]}) from taken


def _campaign(request: Request, pk: int) -> Campaign:
    campaign: Campaign = get_object(request, CampaignListView.queryset.all(), pk=pk)
    return campaign


def _tag(request: Request, pk: int) -> Tag:
    tag: Tag = get_object(request, TagListView.queryset.all(), pk=pk)
    return tag
