"""What every page may know about its reader."""

from django.http import HttpRequest

THEMES = ("auto", "dark", "light")
THEME_COOKIE = "theme"


def theme(request: HttpRequest) -> dict[str, str]:
    """The theme the reader chose: `auto`, `dark` or `light`."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {"theme": chosen if chosen in THEMES else "auto"}
