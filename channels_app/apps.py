"""YouTube channels and all they own."""

from django.apps import AppConfig


class ChannelsAppConfig(AppConfig):
    """The app of channels and their content."""

    name = "channels_app"
    verbose_name = "Channels"

    def ready(self) -> None:
        """Say how much storage people use."""
        from accounts import limits
        from channels_app import quota

        limits.register_meter(limits.Limit.STORAGE, quota.used)
