"""`manage.py worker --queue NAME`: run the jobs of one queue until stopped."""

from __future__ import annotations

import gc
import logging
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from jobs import needs, registry
from jobs.horse import StandbyWorker


class Command(BaseCommand):
    """One worker process; start as many as the host has slots. SIGTERM hands the running job back and stops."""

    # Checks would load every page and the API, which nothing here needs. The web process runs them.
    requires_system_checks = ()
    help = "Runs the jobs of one queue. SIGTERM or Ctrl-C: the running job is handed back, then it stops."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which queue."""
        parser.add_argument("--queue", required=True, choices=sorted(settings.JOB_QUEUES))
        parser.add_argument("--burst", action="store_true", help="stop when no ring is waiting")

    def handle(self, *args: Any, queue: str, burst: bool, **options: Any) -> None:
        """Preload everything that horses share, then work."""
        logging.getLogger("rq").setLevel(logging.WARNING)
        specs = [kind.spec for kind in registry.kinds().values()]
        served = [spec for spec in specs if any(stage.queue == queue for stage in spec.stages)]
        for module in (module for spec in served for module in spec.preload):
            import_module(module)
        for warm_up in {spec.warm_up for spec in served}:
            warm_up()
        needs.here()
        # Horses get their own connections; what is loaded is shared with them instead of copied by the collector.
        connections.close_all()
        gc.collect()
        gc.freeze()
        try:
            StandbyWorker(queue).work(burst=burst, logging_level="WARNING")
        except redis.RedisError as error:
            raise CommandError(
                f"Redis does not answer at the address in REDIS_URL ({type(error).__name__})."
            ) from error
