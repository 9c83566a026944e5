"""Every error of the API in one shape: `{"error": {"code", "message", "fields"}}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import ProtectedError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception in an API view; None for one that is our own fault (a 500)."""
    if isinstance(error, ProtectedError):
        return shaped("in_use", str(error.args[0]), 409)
    if isinstance(error, ModelValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        return shaped("invalid", sentences(fields), 400, fields)
    answer = exception_handler(error, context)
    if answer is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        answer.data = body("invalid", sentences(error.detail), by_field(error.detail))
    elif isinstance(error, Http404 | exceptions.NotFound):
        answer.data = body("not_found", str(error) or "There is nothing here.")
    elif isinstance(error, PermissionDenied):
        answer.data = body("forbidden", str(error) or "You may not do this.")
    elif isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        answer.data = body(codes if isinstance(codes, str) else "invalid", str(error.detail))
    return answer


def shaped(code: str, message: str, status: int, fields: dict[str, list[str]] | None = None) -> Response:
    """An error answer."""
    return Response(body(code, message, fields), status=status)


def body(code: str, message: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """The contract's shape."""
    return {"error": {"code": code, "message": message, "fields": fields or {}}}


def by_field(detail: Any) -> dict[str, list[str]]:
    """DRF's error detail as sentences per field; those of no field are left to the message."""
    if not isinstance(detail, dict):
        return {}
    return {
        name: [str(one) for one in (errors if isinstance(errors, list) else [errors])]
        for name, errors in detail.items()
        if name != "non_field_errors"
    }


def sentences(detail: Any) -> str:
    """Everything that was wrong, each with its field."""
    if isinstance(detail, dict):
        return " ".join(
            f"{name}: {sentences(errors)}" if name not in ("", "non_field_errors") else sentences(errors)
            for name, errors in detail.items()
        )
    if isinstance(detail, list):
        return " ".join(sentences(one) for one in detail)
    return str(detail)
