"""The job engine as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Connects the engine to what the apps below it offer: limits to fill, deletions to refuse."""

    name = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Register the receivers, the meters, the voices and the checks."""
        from jobs import catalogue, checks, guards, meters  # noqa: F401  (importing them registers them)
