"""REST endpoints of links and codes: parse, call one action, answer."""

import re
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import get_object, workspaces_of
from accounts.models import ApiKey, User
from links import actions
from links.api.filters import LinkFilter
from links.api.serializers import (
    CodeChangeSerializer,
    CodeSerializer,
    LinkChangeSerializer,
    LinkSerializer,
    NewCodeSerializer,
    NewLinkSerializer,
    RevisionSerializer,
)
from links.labels import CampaignGone
from links.models import Code, Link, LinkRevision

_ETAG = re.compile(r'"(\d{1,9})"')
_IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag you read, to lose nobody's change."
)


class PreconditionFailed(APIException):
    """Somebody changed the link first."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "The link has changed since you read it. Read it again and decide anew."
    default_code = "precondition_failed"


class LinkListView(generics.ListAPIView[Link]):
    """All links of your workspaces, newest first; and new ones."""

    queryset = Link.objects.alive().with_list_columns()
    serializer_class = LinkSerializer
    filterset_class = LinkFilter

    def get_queryset(self) -> QuerySet[Link]:
        return super().get_queryset().filter(workspace__in=workspaces_of(self.request))

    @extend_schema(request=NewLinkSerializer, responses={201: LinkSerializer}, operation_id="links_create")
    def post(self, request: Request) -> Response:
        """Create a link with a QR code and, where asked for, an alias."""
        wanted = NewLinkSerializer(data=request.data, context={"request": request})
        wanted.is_valid(raise_exception=True)
        try:
            link = actions.create_link(actor=actor_of(request), **wanted.validated_data)
        except actions.CodeTaken as taken:
            raise ValidationError({"alias": [str(taken)]}) from taken
        except CampaignGone as gone:
            raise ValidationError({"campaign": [str(gone)]}) from gone
        except actions.StyleGone as gone:
            raise ValidationError({"style": [str(gone)]}) from gone
        return _answer(request, link.pk, status.HTTP_201_CREATED)


class LinkView(APIView):
    """One link."""

    @extend_schema(responses=LinkSerializer, operation_id="links_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Read a link; its ETag is its revision."""
        return _answer(request, pk)

    @extend_schema(
        request=LinkChangeSerializer, responses=LinkSerializer, parameters=[_IF_MATCH], operation_id="links_change"
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change a link: live on every scan within a second."""
        link = get_object(request, Link.objects.alive().select_related("workspace"), pk=pk)
        wanted = LinkChangeSerializer(link, data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        expected = wanted.validated_data.get("revision", _revision_expected(request))
        try:
            actions.change_link(link, wanted.changes(), actor=actor_of(request), expected_revision=expected)
        except actions.RevisionMoved as moved:
            raise PreconditionFailed(str(moved)) from moved
        except CampaignGone as gone:
            raise ValidationError({"campaign": [str(gone)]}) from gone
        return _answer(request, pk)

    @extend_schema(request=None, responses={204: None}, operation_id="links_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a link. Its codes answer 410 from now on and are never issued again."""
        actions.delete_link(_link(request, pk), actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CodeListView(generics.ListAPIView[Code]):
    """The codes of a link; and one more."""

    queryset = Code.objects.select_related("domain")
    serializer_class = CodeSerializer

    def get_queryset(self) -> QuerySet[Code]:
        return super().get_queryset().filter(link=_link(self.request, self.kwargs["pk"]))

    @extend_schema(request=NewCodeSerializer, responses={201: CodeSerializer}, operation_id="codes_create")
    def post(self, request: Request, pk: int) -> Response:
        """Issue one more QR code, or an alias where one is given."""
        link = _link(request, pk)
        wanted = NewCodeSerializer(data=request.data, context={"link": link})
        wanted.is_valid(raise_exception=True)
        try:
            code = actions.add_code(link, actor=actor_of(request), **wanted.validated_data)
        except actions.CodeTaken as taken:
            raise ValidationError({"alias": [str(taken)]}) from taken
        except actions.StyleGone as gone:
            raise ValidationError({"style": [str(gone)]}) from gone
        return Response(CodeSerializer(code).data, status=status.HTTP_201_CREATED)


class CodeView(APIView):
    """One code."""

    @extend_schema(request=CodeChangeSerializer, responses=CodeSerializer, operation_id="codes_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Say where a code is printed, whether its scans are only counted, and how it looks."""
        living = Code.objects.select_related("link__workspace").filter(link__deleted_at=None)
        code = get_object(request, living, workspace_path="link__workspace", pk=pk)
        wanted = CodeChangeSerializer(code, data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            code = actions.change_code(code, wanted.validated_data, actor=actor_of(request))
        except actions.StyleGone as gone:
            raise ValidationError({"style": [str(gone)]}) from gone
        return Response(CodeSerializer(code).data)


class RevisionListView(generics.ListAPIView[LinkRevision]):
    """Who changed a link, when, from what to what; the latest first."""

    queryset = LinkRevision.objects.select_related("changed_by", "api_key")
    serializer_class = RevisionSerializer

    def get_queryset(self) -> QuerySet[LinkRevision]:
        return super().get_queryset().filter(link=_link(self.request, self.kwargs["pk"]))


def actor_of(request: Request) -> actions.Actor:
    """Who acts: the API key itself, whoever made it; else the person."""
    if isinstance(request.auth, ApiKey):
        return actions.Actor(api_key=request.auth)
    return actions.Actor(user=request.user if isinstance(request.user, User) else None)


def _link(request: Request, pk: int) -> Link:
    return get_object(request, Link.objects.alive(), pk=pk)


def _answer(request: Request, pk: int, code: int = status.HTTP_200_OK) -> Response:
    link = get_object(request, Link.objects.alive().with_list_columns(), pk=pk)
    return Response(LinkSerializer(link).data, status=code, headers={"ETag": f'"{link.revision}"'})


def _revision_expected(request: Request) -> int | None:
    """The revision that If-Match names; None where the client does not mind."""
    header: Any = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    if (match := _ETAG.fullmatch(header)) is None:
        raise PreconditionFailed('If-Match takes the ETag of the link as you read it, such as "3".')
    return int(match[1])
