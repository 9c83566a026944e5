"""`manage.py doctor`: what works on this machine, what does not, and what to do about it."""

from __future__ import annotations

import json
import shutil
import time
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from craftstudio import redis_server
from jobs import needs, registry, rings
from jobs.spec import Need
from jobs.steps import authors, model_choice, model_trial, painters, sources, youtube_state
from jobs.steps.reading import speech_config
from jobs.tools import web
from jobs.tools.audio import ffmpeg
from jobs.tools.llm.probing import probe
from jobs.tools.speech import voices
from jobs.tools.speech.voice import SpeechRefused, SpeechUnavailable

LITTLE_DISK = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: whether it is well, what was found, and the way out if it is not. `vital`: nothing works without."""

    name: str
    is_well: bool
    found: str
    way_out: str = ""
    vital: bool = False


class Command(BaseCommand):
    """Looks at everything the studio stands on. Exit code 1 when something vital is missing."""

    help = (
        "Says what works on this machine and what to do about the rest. --live also has every voice speak, a model of "
        "every provider write, and asks YouTube and every source of resources one question."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How deep to look."""
        parser.add_argument(
            "--live",
            action="store_true",
            help="make one smallest real call per voice service, provider of models and source of resources",
        )
        parser.add_argument("--json", action="store_true", help="answer in JSON lines")

    def handle(self, *args: Any, live: bool, **options: Any) -> None:
        """Look and tell."""
        findings = [
            database(),
            redis_answers(),
            disk(),
            sound(),
            *(kinds()),
            *speech(),
            *models(),
            images(),
            youtube(),
            *source_states(),
        ]
        if live:
            findings += [*live_voices(), *live_models(), *live_images(), live_youtube(), *live_sources()]
        for finding in findings:
            if options["json"]:
                self.stdout.write(json.dumps({name: getattr(finding, name) for name in Finding.__slots__}))
                continue
            mark = "ok  " if finding.is_well else "MISS" if finding.vital else "--  "
            way_out = f" → {finding.way_out}" if finding.way_out and not finding.is_well else ""
            self.stdout.write(f"{mark}  {finding.name:<22} {finding.found}{way_out}")
        if any(finding.vital and not finding.is_well for finding in findings):
            raise CommandError("Something the studio cannot do without is missing (marked MISS).")


def database() -> Finding:
    """Whether the database answers and has every table."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:
        return Finding("database", False, f"does not answer ({type(error).__name__})", "Check DATABASE_URL.", True)
    found = f"{connection.vendor}, {len(waiting)} migrations to run" if waiting else f"{connection.vendor}, up to date"
    return Finding("database", not waiting, found, "Run manage.py migrate (the studio does it at start).")


def redis_answers() -> Finding:
    """Whether Redis answers; else whether the studio could start its own."""
    try:
        rings.client().ping()
    except redis.RedisError:
        try:
            server = redis_server.find_server()
        except redis_server.NoRedis as error:
            return Finding("redis", False, "not found", str(error), True)
        return Finding("redis", True, f"not running; the studio starts {server}")
    return Finding("redis", True, "answers")


def disk() -> Finding:
    """Whether there is room for what jobs make."""
    folder = next(path for path in (Path(settings.DATA_DIR), *Path(settings.DATA_DIR).parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return Finding(
        "disk", free > LITTLE_DISK, f"{free / 1024**3:.1f} GB free at {folder}", "Make room, or set DATA_DIR."
    )


def sound() -> Finding:
    """Which ffmpeg is used."""
    path = ffmpeg.find()
    return Finding("ffmpeg", path is not None, path or "not found", "Run bin/setup, or install the package ffmpeg.")


def kinds() -> list[Finding]:
    """Whether each kind of job can run here."""
    return [
        Finding(
            f"job {kind.slug}",
            not (missing := needs.missing(kind.spec)),
            f"ready ({', '.join(sorted({stage.queue for stage in kind.spec.stages}))})" if not missing else "not ready",
            " ".join(needs.PROVISIONS[need].way_out for need in missing),
        )
        for kind in registry.kinds().values()
    ]


def speech() -> list[Finding]:
    """Each voice service: how many voices are ready, or why none is."""
    services: dict[str, list[Any]] = {}
    for voice in voices.list_voices(speech_config(None)):
        services.setdefault(voice.service, []).append(voice)
    return [
        Finding(
            f"voices {service}",
            any(voice.ready for voice in found),
            f"{sum(voice.ready for voice in found)} of {len(found)} ready",
            next((voice.reason for voice in found if not voice.ready), ""),
        )
        for service, found in services.items()
    ]


def live_voices() -> list[Finding]:
    """Have one voice of every ready service say a word."""
    config = speech_config(None)
    firsts = {voice.service: voice for voice in reversed(voices.list_voices(config)) if voice.ready}
    return [_timed(f"live {service}", partial(_speak, voice, config)) for service, voice in firsts.items()]


def models() -> list[Finding]:
    """Each provider of language models: how many the server's own keys reach, or why none."""
    return [
        Finding(f"models {offer.provider}", offer.is_ready, f"{model_trial.named(offer)} ({offer.ms} ms)")
        if offer.is_ready
        else Finding(f"models {offer.provider}", False, "not ready", _for_operators(offer.reason))
        for offer in authors.offers(None)
    ]


def _for_operators(reason: str) -> str:
    """The server's keys stand in the environment, not on a page."""
    return reason.replace("on your keys page", "to the environment (docs/models.md)")


def images() -> Finding:
    """The image service that the server's own settings name; without one pictures are composed here."""
    service = painters.service_for(None)
    if not service.key and service.url == web.OPENAI_URL:
        return Finding(
            "images", False, "no image model; pictures are composed here", "Set IMAGE_BASE_URL, or add an OpenAI key."
        )
    return Finding("images", True, f"{service.model} at {urlsplit(service.url).netloc}")


def live_images() -> list[Finding]:
    """Ask the image service for its models; a picture would cost."""
    service = painters.service_for(None)
    if not service.key and service.url == web.OPENAI_URL:
        return []
    # Only who asks for it waits for the HTTP client.
    from jobs.tools.images import painting

    try:
        said = painting.models_in(painters.painter_of(service))
    except (painting.PaintingRefused, painting.PaintingUnavailable) as error:
        return [Finding("live images", False, str(error))]
    return [Finding("live images", True, said)]


def source_states() -> list[Finding]:
    """Each source of resources: whether it can be asked with the server's own keys, or why not."""
    return [
        Finding(f"source {state.slug}", state.is_ready, state.word.lower(), _way_out(state))
        for state in sources.states(None)
    ]


def _way_out(state: sources.State) -> str:
    return f"Set {state.environment} to a key; it is free (docs/resources.md)." if state.environment else state.reason


def live_sources() -> list[Finding]:
    """Ask every ready source one question, all at the same time."""
    slugs = [state.slug for state in sources.states(None) if state.is_ready]
    with ThreadPoolExecutor(len(slugs) or 1) as pool:
        trials = pool.map(sources.try_source, slugs)
        return [Finding(f"live {slug}", one.is_well, one.told) for slug, one in zip(slugs, trials, strict=True)]


def youtube() -> Finding:
    """By which yt-dlp YouTube is asked, and whether there is a way to it."""
    found = f"yt-dlp {youtube_state.version()}"
    if needs.met_here(Need.NETWORK):
        return Finding("youtube", True, found)
    provision = needs.PROVISIONS[Need.NETWORK]
    return Finding("youtube", False, f"{found}; {provision.missing}", provision.way_out)


def live_youtube() -> Finding:
    """Ask YouTube one question."""
    is_well, told = youtube_state.ask()
    return Finding("live youtube", is_well, told)


def live_models() -> list[Finding]:
    """Have one model of every ready provider say a word: the studio's own, else the cheapest."""
    config = model_choice.config_for(None)
    findings = []
    for offer in authors.offers(None):
        model, endpoint = model_trial.cheapest(offer.models), model_choice.endpoint_of(config, offer.provider)
        if model and endpoint:
            trial = model_trial.try_model(endpoint, model, probe)
            findings.append(Finding(f"live {offer.provider}", trial.is_well, trial.told))
    return findings


def _speak(voice: Any, config: Any) -> str:
    # Only who asks for it waits for the libraries of sound.
    from jobs.tools.speech import speaking

    with TemporaryDirectory() as folder:
        speech = speaking.speak("Hello.", voice, 1.0, Path(folder) / "hello.wav", config)
    return f"{voice.label}: {speech.frames / speech.sample_rate:.1f} s of sound"


def _timed(name: str, ask: Callable[[], str]) -> Finding:
    began = time.monotonic()
    try:
        said = ask()
    except (SpeechRefused, SpeechUnavailable) as error:
        return Finding(name, False, str(error))
    return Finding(name, True, f"{said} in {1000 * (time.monotonic() - began):.0f} ms")
