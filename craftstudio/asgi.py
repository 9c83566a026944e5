"""The ASGI application: the live stream goes to its Channels consumer, everything else to Django."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craftstudio.settings")
django_application = get_asgi_application()

# Models can be imported only after Django is set up.
from craftstudio.body_limit import BodyLimit  # noqa: E402
from jobs.stream import LiveConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": URLRouter(
            [
                # Django's stubs know views only, Channels' router takes ASGI applications.
                path("live/", AuthMiddlewareStack(LiveConsumer.as_asgi())),  # type: ignore[arg-type, list-item]
                re_path(r"", BodyLimit(django_application)),  # type: ignore[arg-type, list-item]
            ]
        )
    }
)
