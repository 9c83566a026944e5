"""The API's way in: a name and a password for a token."""

from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ErrorDetail, Throttled, ValidationError
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import sign_in, throttle
from accounts.forms import LONGEST_PASSWORD


class CredentialsSerializer(serializers.Serializer[object]):
    """What is asked for."""

    username = serializers.CharField(max_length=64)
    password = serializers.CharField(
        max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True, style={"input_type": "password"}
    )


class TokenSerializer(serializers.Serializer[object]):
    """What is given."""

    token = serializers.CharField()


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class TokenView(APIView):
    """`POST auth/token/`: the user's token for `Authorization: Token …`; a new password ends it."""

    # No session counts here, so that no foreign page can make a browser ask.
    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (JSONParser, FormParser)

    @extend_schema(operation_id="auth_token", request=CredentialsSerializer, responses={200: TokenSerializer})
    @method_decorator(sensitive_variables("password", "asked"))
    def post(self, request: Request) -> Response:
        """Give the token. 400 for a wrong name or password, 429 with Retry-After after too many tries."""
        asked = CredentialsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        username, password = asked.validated_data["username"], asked.validated_data["password"]
        try:
            user = sign_in.authenticate(request._request, username, password)
        except throttle.TooManyTries as refusal:
            error = Throttled(wait=refusal.seconds)
            error.detail = ErrorDetail(str(refusal), code="throttled")  # its own text would not name the time
            raise error from refusal
        if user is None:
            raise ValidationError(sign_in.WRONG, code="wrong_credentials")
        token, _ = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})


api_urls = [path("auth/token/", TokenView.as_view(), name="api-token")]
