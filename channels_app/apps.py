"""YouTube channels and all they own."""

from django.apps import AppConfig


class ChannelsAppConfig(AppConfig):
    """The app of channels and their content."""

    name = "channels_app"
    verbose_name = "Channels"
