"""`manage.py demo`: the demo channel and its users; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from craftstudio import demo


class Command(BaseCommand):
    """Makes what is missing, and prints the passwords it made: they are shown only now."""

    help = "Makes the demo channel with its users (demo, standard, admin), as far as they do not exist."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and tell."""
        try:
            made = demo.make()
        except demo.DemoRefused as error:
            raise CommandError(str(error)) from error
        if made.passwords:
            self.stdout.write("Sign in as one of these (shown only this once):")
            for username, password in made.passwords.items():
                self.stdout.write(f"  {username:<10} {password}")
