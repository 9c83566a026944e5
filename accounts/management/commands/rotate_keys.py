"""`manage.py rotate_keys`: encrypt the users' keys anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import keys


class Command(BaseCommand):
    """Run it after a new key was put in front of KEYS_ENCRYPTION_KEY; then the old one may go."""

    help = "Encrypt every provider key anew with the first key of KEYS_ENCRYPTION_KEY."

    def handle(self, **options: Any) -> None:
        """Say how many were encrypted anew; fail if any could not be read."""
        done, unreadable = keys.rotate()
        self.stdout.write(f"{done} {'key is' if done == 1 else 'keys are'} encrypted with the first encryption key.")
        if unreadable:
            raise CommandError(
                f"{unreadable} could not be read with any of the encryption keys. Put the one they were encrypted "
                "with back into KEYS_ENCRYPTION_KEY and run this again, or ask their owners to enter them anew."
            )
