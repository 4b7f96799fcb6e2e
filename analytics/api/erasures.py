"""REST: ask for scans to be erased, and see how far the work is."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import get_object, workspaces_of
from accounts.models import ApiKey, User, Workspace
from analytics.erasure.access import may_erase
from analytics.erasure.requests import Days, ErasureRefused, request_erasure
from analytics.erasure.telling import state_of, told
from analytics.models import Erasure
from links.models import Link

_RANGES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["from", "to"],
        "properties": {"from": {"type": "string", "format": "date"}, "to": {"type": "string", "format": "date"}},
    },
}


@extend_schema_field(_RANGES)
class RangesField(serializers.JSONField):
    """Local days, as ranges of which both ends are included."""

    def to_representation(self, value: Any) -> Any:
        return [{"from": first, "to": last} for first, last in value]


class ErasureSerializer(serializers.ModelSerializer[Erasure]):
    """What was asked for, how far it is, and how numbers were corrected. The slugs come by context."""

    workspace = serializers.SerializerMethodField(help_text="The slug.")
    link = serializers.IntegerField(source="link_id", allow_null=True, help_text="Null: every link of the workspace.")
    to = serializers.DateField(source="last_day", help_text="Local day of the workspace, included.")
    state = serializers.SerializerMethodField()
    percent = serializers.IntegerField(read_only=True)
    recounted_days = RangesField(help_text="Days whose numbers were recounted from raw scans.")
    subtracted_days = RangesField(
        help_text="Days of which no raw scans are left: a link's counts were subtracted from its workspace and the "
        "campaign it has now; a workspace's were removed."
    )
    exports_removed = serializers.IntegerField(
        allow_null=True, help_text="Files of raw scans that may have held some of these; null: not looked for yet."
    )
    exports_restarted = serializers.IntegerField(help_text="Exports in the making that began anew without these scans.")
    explanation = serializers.SerializerMethodField(help_text="The same in words.")

    class Meta:
        model = Erasure
        fields = (
            "id", "workspace", "link", "to", "state", "percent", "total", "erased", "recounted_days", "subtracted_days",
            "exports_removed", "exports_restarted", "explanation", "created_at", "done_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` cannot be written as a class attribute."""
        since = serializers.DateField(source="first_day", help_text="Local day of the workspace, included.")
        fields = super().get_fields()
        return {name: fields.pop(name) for name in ("id", "workspace", "link")} | {"from": since} | fields

    def get_workspace(self, erasure: Erasure) -> str:
        return str(self.context["slugs"][erasure.workspace_id])

    @extend_schema_field({"type": "string", "enum": ["waiting", "working", "done"]})
    def get_state(self, erasure: Erasure) -> str:
        return state_of(erasure)

    def get_explanation(self, erasure: Erasure) -> str:
        return told(erasure)


class NewErasureSerializer(serializers.Serializer[Erasure]):
    """Which scans are to go."""

    workspace = serializers.CharField(
        required=False, help_text="The slug; needed only of people who are members of several workspaces."
    )
    link = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="Only this link; default: all."
    )
    to = serializers.DateField(help_text="Last local day of the workspace. Of today what has been scanned so far.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` cannot be written as a class attribute."""
        return {**super().get_fields(), "from": serializers.DateField(help_text="First local day of the workspace.")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Workspace, link and days in the place of slug, id and dates."""
        mine = list(workspaces_of(self.context["request"]))
        chosen = [workspace for workspace in mine if attrs.get("workspace") in (None, workspace.slug)]
        if len(chosen) != 1:
            names = ", ".join(workspace.slug for workspace in mine) or "none"
            raise ValidationError({"workspace": f"Name one of your workspaces. Yours: {names}."})
        link = Link.objects.filter(workspace=chosen[0], pk=attrs["link"]).first() if attrs.get("link") else None
        if attrs.get("link") and link is None:
            raise ValidationError({"link": "This workspace has no such link."})
        try:
            days = Days.parse(chosen[0], attrs["from"], attrs["to"])
        except ErasureRefused as refusal:
            raise ValidationError({refusal.field: str(refusal)}) from refusal
        return {"workspace": chosen[0], "link": link, "days": days}


class ErasureListView(generics.ListAPIView[Erasure]):
    """What was erased in your workspaces, the latest first; kept as long as raw scans are."""

    queryset = Erasure.objects.all()
    serializer_class = ErasureSerializer

    def get_queryset(self) -> QuerySet[Erasure]:
        return super().get_queryset().filter(workspace_id__in=workspaces_of(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "slugs": _slugs(self.request)}

    @extend_schema(request=NewErasureSerializer, responses={202: ErasureSerializer}, operation_id="erasures_create")
    def post(self, request: Request) -> Response:
        """Erase scans for good: raw scans, visitors and counts. It is done within minutes; ask how far it is.

        Scans of these days that have not arrived yet are dropped, too. It cannot be undone. People must own the
        workspace; any API key of it will do.
        """
        wanted = NewErasureSerializer(data=request.data, context={"request": request})
        wanted.is_valid(raise_exception=True)
        workspace: Workspace = wanted.validated_data["workspace"]
        if not may_erase(request, workspace):
            raise PermissionDenied("Only an owner of the workspace erases scans.")
        key = request.auth if isinstance(request.auth, ApiKey) else None
        user = request.user if key is None and isinstance(request.user, User) else None
        erasure = request_erasure(
            workspace, wanted.validated_data["link"], wanted.validated_data["days"], user=user, api_key=key
        )
        return Response(_answer(request, erasure), status=status.HTTP_202_ACCEPTED)


class ErasureView(APIView):
    """One erasure."""

    @extend_schema(responses=ErasureSerializer, operation_id="erasures_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """How far it is, and how numbers were corrected."""
        return Response(
            _answer(request, get_object(request, Erasure.objects.all(), workspace_path="workspace_id", pk=pk))
        )


def _answer(request: Request, erasure: Erasure) -> Any:
    return ErasureSerializer(erasure, context={"slugs": _slugs(request)}).data


def _slugs(request: Request) -> dict[int, str]:
    return dict(workspaces_of(request).values_list("pk", "slug"))
