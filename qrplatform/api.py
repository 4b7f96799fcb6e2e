"""What every API answer shares: cursor pagination and problem details (RFC 9457)."""

from rest_framework.pagination import CursorPagination as DrfCursorPagination


class CursorPagination(DrfCursorPagination):
    """Newest first, 50 a page, up to 200 by ?page_size=."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
