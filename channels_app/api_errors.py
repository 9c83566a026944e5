"""Every error of the API in one shape: `{"error": {"code", "message", "fields"}}`.

Where somebody else has changed a text meanwhile, `current` beside it has the text as it is: `{version, title, body}`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import ProtectedError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler, set_rollback

from accounts.limits import LimitReached
from channels_app.revisions import Conflict

Fields = dict[str, list[str]]
# Django and the REST framework name what belongs to no field.
OF_NO_FIELD = ("non_field_errors", "__all__")
SIGN_IN = "Sign in, or send a token: `Authorization: Token …` (POST auth/token/ gives one)."


class UnknownAddress(APIView):
    """Answers every address below the API that is none of its own in the API's shape, not with a page."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse, whatever the method."""
        raise exceptions.NotFound(f"The API has no address {request.path}. GET /api/v1/schema/ lists all it has.")


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception in an API view; None for one that is our own fault (a 500)."""
    match error:
        case ProtectedError():
            return refusal(409, "in_use", str(error.args[0]))
        case LimitReached():
            return refusal(409, "limit_reached", str(error))
        case Conflict():
            current = {"version": error.current.version, "title": error.current.title, "body": error.current.body}
            return refusal(409, "conflict", str(error), current=current)
        case ModelValidationError():
            fields = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
            return refusal(400, "invalid", sentences(fields), by_field(fields))
    answer = exception_handler(error, context)
    if answer is None:
        return None
    match error:
        case exceptions.ValidationError():
            answer.data = body("invalid", sentences(error.detail), by_field(error.detail))
        case Http404() | exceptions.NotFound():
            answer.data = body("not_found", text_of(error) or "There is nothing here.")
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            # 401 whatever authentication stands first: a client has to tell "who are you" from "you may not".
            code = "not_authenticated" if isinstance(error, exceptions.NotAuthenticated) else "authentication_failed"
            answer = Response(status=401, headers={"WWW-Authenticate": "Token"})
            answer.data = body(code, SIGN_IN if code == "not_authenticated" else text_of(error))
        case PermissionDenied() | exceptions.PermissionDenied():
            answer.data = body("forbidden", text_of(error) or "You may not do this.")
        case exceptions.APIException():
            codes = error.get_codes()
            answer.data = body(codes if isinstance(codes, str) else "invalid", sentences(error.detail))
    return answer


def refusal(status: int, code: str, message: str, fields: Fields | None = None, **beside: Any) -> Response:
    """An error answer, with what stands beside the error; what the request has written so far is taken back."""
    set_rollback()
    return Response({**body(code, message, fields), **beside}, status=status)


def body(code: str, message: str, fields: Fields | None = None) -> dict[str, Any]:
    """The contract's shape."""
    return {"error": {"code": code, "message": message, "fields": fields or {}}}


def text_of(error: Exception) -> str:
    """What an exception says."""
    return sentences(getattr(error, "detail", None) or str(error))


def by_field(detail: Any, prefix: str = "") -> Fields:
    """An error's detail as sentences per field, `list.0.name` for what lies deeper; those of no field are left out."""
    found: Fields = {}
    if isinstance(detail, dict):
        for name, errors in detail.items():
            if name not in OF_NO_FIELD:
                found.update(by_field(errors, f"{prefix}.{name}" if prefix else str(name)))
    elif isinstance(detail, list):
        texts = [str(one) for one in detail if not isinstance(one, dict | list)]
        if texts and prefix:
            found[prefix] = texts
        for index, one in enumerate(detail):
            if isinstance(one, dict | list) and one:
                found.update(by_field(one, f"{prefix}.{index}" if prefix else str(index)))
    elif prefix:
        found[prefix] = [str(detail)]
    return found


def sentences(detail: Any) -> str:
    """Everything that was wrong, each with its field."""
    if isinstance(detail, dict):
        return " ".join(
            sentences(errors) if name in OF_NO_FIELD else f"{name}: {sentences(errors)}"
            for name, errors in detail.items()
        )
    if isinstance(detail, list):
        return " ".join(sentences(one) for one in detail if one)
    return str(detail)
