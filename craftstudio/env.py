"""The studio's environment: the only place that reads `os.environ`, and the secrets of a one-machine studio.

A value may also be given as `<NAME>_FILE`, the path of a file that holds it (Docker and systemd secrets).
"""

import json
import os
import secrets as random
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding space, the content of `<NAME>_FILE`, or the default."""
    if (value := os.environ.get(name)) is not None:
        return value.strip()
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return default


def flag(name: str, *, default: bool = False) -> bool:
    """A yes/no variable. Raises ImproperlyConfigured for anything that is neither."""
    value = text(name, "1" if default else "0").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")


def choice(name: str, known: tuple[str, ...], default: str) -> str:
    """One of the known values, in capitals. Raises ImproperlyConfigured for any other."""
    value = text(name, default).upper()
    if value not in known:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of {', '.join(known)}.")
    return value


def number(name: str, default: float, *, minimum: float = 0) -> float:
    """A number of at least `minimum`. Raises ImproperlyConfigured with the variable's name."""
    value = text(name)
    if not value:
        return default
    try:
        parsed = float(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a number.") from error
    if parsed < minimum:
        raise ImproperlyConfigured(f"{name} is {value}. Set it to {minimum:g} or more.")
    return parsed


def numbers(name: str, default: tuple[float, ...]) -> tuple[float, ...]:
    """Numbers separated by commas or slashes, e.g. `10,60,300`."""
    value = text(name)
    if not value:
        return default
    try:
        return tuple(float(part) for part in value.replace("/", ",").split(",") if part.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to numbers, e.g. 10,60,300.") from error


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Words separated by commas."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def mapping(name: str) -> dict[str, str]:
    """A JSON object of texts. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if not value:
        return {}
    try:
        parsed = json.loads(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}.") from error
    if not isinstance(parsed, dict) or not all(isinstance(one, str) for one in parsed.values()):
        raise ImproperlyConfigured(f'{name} is {value!r}. Set it to a JSON object, e.g. {{"wikipedia": ""}}.')
    return parsed


def options(name: str) -> dict[str, Any]:
    """A JSON object of anything. Raises ImproperlyConfigured for anything else."""
    try:
        parsed = json.loads(text(name) or "{}")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}.") from error
    if not isinstance(parsed, dict):
        raise ImproperlyConfigured(
            f'{name} is no JSON object. Set it to one, e.g. {{"proxy": "http://127.0.0.1:3128"}}.'
        )
    return parsed


def file_secrets(path: Path) -> dict[str, str]:
    """SECRET_KEY and KEYS_ENCRYPTION_KEY of a one-machine studio: read from `path`, made there once (mode 0600).

    Safe when several processes start at once: the file is linked into place whole, and the first one wins.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = f"SECRET_KEY={random.token_urlsafe(50)}\nKEYS_ENCRYPTION_KEY={Fernet.generate_key().decode()}\n"
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(made)
        try:
            os.link(aside, path)
        except FileExistsError:
            pass  # another process made the secrets first: use those
        finally:
            aside.unlink()
    pairs = (line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}
