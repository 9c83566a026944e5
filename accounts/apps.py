"""The accounts app, as Django sees it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, roles, invitations, provider keys and limits."""

    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Register the system checks."""
        from accounts import checks  # noqa: F401  (importing it registers them)
