"""What every page knows of the live stream."""

from django.http import HttpRequest

from jobs.stream import page_cursor


def live(request: HttpRequest) -> dict[str, str]:
    """`live_after`: the cursor from which the page's stream begins."""
    return {"live_after": page_cursor()}
