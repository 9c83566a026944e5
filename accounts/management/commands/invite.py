"""`manage.py invite`: a link that brings in a new user, or gives one a new password."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import invitations
from accounts.models import Invitation, User
from accounts.roles import Role


class Command(BaseCommand):
    """Prints the link; it is kept nowhere else and works once."""

    help = "Make a link that works once, for a new user with the given roles, or for one who lost the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Roles, for whom, how long, and under which address."""
        parser.add_argument(
            "--role",
            action="append",
            choices=[str(role) for role in Role],
            default=[],
            help="a role of the new user; may be given several times (default: standard)",
        )
        parser.add_argument("--for", dest="for_user", metavar="USER", help="an existing user who needs a new password")
        parser.add_argument(
            "--days",
            type=int,
            default=invitations.USUAL_DAYS,
            help=f"how long it works, 1 to {invitations.LONGEST_DAYS}",
        )
        parser.add_argument("--site", help="the studio's address, e.g. https://studio.example (default: from settings)")

    def handle(self, *, role: list[str], for_user: str | None, days: int, site: str | None, **options: Any) -> None:
        """Make it and print the link, alone on its line."""
        if not 1 <= days <= invitations.LONGEST_DAYS:
            raise CommandError(f"--days must be between 1 and {invitations.LONGEST_DAYS}.")
        made = Invitation()
        made.roles = frozenset(Role(name) for name in role)
        if for_user is not None:
            try:
                made.for_user = User.objects.get_by_natural_key(for_user)
            except User.DoesNotExist:
                raise CommandError(f"--for: there is no user named {for_user}.") from None
        try:
            invitations.issue(made, valid_for=timedelta(days=days))
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{(site or default_site()).rstrip('/')}{made.path}")


def default_site() -> str:
    """The studio's address by its own settings: on loopback with the port, else behind its TLS proxy."""
    if settings.SECURE:
        named = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
        if named:
            return f"https://{named[0]}"
    return f"http://127.0.0.1:{settings.PORT}"
