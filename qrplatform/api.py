"""What every API request shares: cursor pagination, a strict parser and a throttle. Refusals are in problems.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination as DrfCursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiKey

if TYPE_CHECKING:
    # rest_framework.views imports this module while it is itself being imported.
    from rest_framework.views import APIView


class CursorPagination(DrfCursorPagination):
    """Newest first, 50 a page, up to 200 by ?page_size=."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """A cursor somebody made up may hold anything: what the database refuses is not a page of ours."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, OverflowError, DjangoValidationError, DataError) as error:
            raise NotFound(self.invalid_cursor_message) from error


class StrictJsonParser(JSONParser):
    """JSON is UTF-8 whatever the charset says, and nesting too deep is the sender's mistake, not our crash."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, {**(parser_context or {}), "encoding": "utf-8"})
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class KeyThrottle(SimpleRateThrottle):
    """Generous, per API key and process: it stops a loop gone wild, not a busy client."""

    rate = "1200/minute"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"api-throttle-{request.auth.prefix}" if isinstance(request.auth, ApiKey) else None
