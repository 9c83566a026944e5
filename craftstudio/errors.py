"""Errors that no view has answered: pages for people, the API's shape for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from channels_app import api_errors

OUR_SIDE = "Something went wrong on our side. It has been written to the log; try again in a moment."
UNREADABLE = "The studio could not read this request."


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours (500); Django has logged it."""
    if is_api(request):
        return JsonResponse(api_errors.body("failed", OUR_SIDE), status=500)
    return defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django itself refuses (400)."""
    if is_api(request):
        return JsonResponse(api_errors.body("invalid", UNREADABLE), status=400)
    return defaults.bad_request(request, exception)


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks the API."""
    return request.path.startswith("/api/")
