"""The job engine as a Django app."""

from collections.abc import Mapping

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Connects the engine to what the apps below it offer: limits to fill, deletions to refuse."""

    name = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Register the receivers, the meters, the voices, the checks, and what sources are called."""
        from channels_app import resources
        from jobs import catalogue, checks, guards, meters  # noqa: F401  (importing them registers them)

        resources.name_sources(source_labels)


def source_labels() -> Mapping[str, str]:
    """What sources are called, by slug; they are loaded with the first who asks."""
    from jobs.steps import sources

    return sources.labels()
