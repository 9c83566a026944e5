"""Every address of the studio."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.api import api_urls as accounts_api
from channels_app.api import api_urls as content_api
from channels_app.api_errors import UnknownAddress
from jobs.api import api_urls as jobs_api

urlpatterns = [
    path("admin/rq/", include("django_rq.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/", include([*accounts_api, *content_api, *jobs_api])),
    path("api/<path:unknown>", UnknownAddress.as_view()),
    path("", include("accounts.urls")),
    path("", include("jobs.urls")),
    path("", include("channels_app.urls")),
]

handler400 = "craftstudio.errors.bad_request"
handler500 = "craftstudio.errors.server_error"
