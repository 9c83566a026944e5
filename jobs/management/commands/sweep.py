"""`manage.py sweep`: find what nobody is working on and set it going again."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs import sweeper


class Command(BaseCommand):
    """The sweeper; several may run at once."""

    # Checks would load every page and the API, which nothing here needs. The web process runs them.
    requires_system_checks = ()
    help = (
        "Takes back jobs whose worker is gone, rings for due ones, publishes what did not get out. Runs until stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once or for ever."""
        parser.add_argument("--once", action="store_true", help="sweep once and say what was found")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        """Sweep."""
        if once:
            swept = sweeper.sweep()
            self.stdout.write(f"{swept.lost} lost, {swept.rung} rung, {swept.published} published")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        sweeper.run(stop)
