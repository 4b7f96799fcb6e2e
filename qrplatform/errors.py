"""What is answered where no view could: problem details below /api/, a page of ours elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from qrplatform.problems import problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return problem(400, "The request cannot be read.")
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return problem(403, "You may not do this.")
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return problem(404, "There is nothing at this address. The addresses are listed at /api/docs.")
    return defaults.page_not_found(request, exception)


def too_large(request: HttpRequest, most_bytes: int) -> HttpResponse:
    megabytes = most_bytes // 1_000_000
    if _is_api(request):
        return problem(413, f"The body is too large. Send at most {megabytes} MB at once.")
    return render(request, "413.html", {"megabytes": megabytes}, status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return problem(500, "Something went wrong here. It is logged; trying again later may help.")
    return defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
