"""Every refusal of the API as problem details (RFC 9457), and how the OpenAPI document says so."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from rest_framework.views import exception_handler


def problem_details(exception: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: every refusal as application/problem+json, whatever the view renders otherwise."""
    response = exception_handler(exception, dict(context))
    if response is None:
        return None  # a bug of ours: Django logs it, and qrplatform.errors answers
    if isinstance(response.data, dict) and isinstance(response.data.get("detail"), str):
        return problem(response.status_code, response.data["detail"], headers=response.headers)
    detail = "Some values cannot be accepted: see “errors”."
    return problem(response.status_code, detail, headers=response.headers, errors=list(_flatten(response.data)))


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, errors: list[dict[str, Any]] | None = None
) -> JsonResponse:
    """One problem as RFC 9457 writes it. errors: [{"field": "codes.0.placement" or null, "detail"}]."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body["detail"] = detail
    if errors:
        body["errors"] = errors
    kept = {name: value for name, value in (headers or {}).items() if name in ("WWW-Authenticate", "Retry-After")}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=kept)


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, str | None]]:
    """One entry per message; what concerns no single field has the field null."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flatten(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            # A list holds either messages, or what is wrong with each element.
            yield from _flatten(inner, f"{path}.{index}".lstrip(".") if isinstance(inner, Mapping | list) else path)
    else:
        yield {"field": path or None, "detail": str(detail)}


PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": ["string", "null"]}, "detail": {"type": "string"}},
            },
        },
    },
}


def document_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook: every operation may answer with a problem."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", {"description": "A problem.", "content": content})
    return result
