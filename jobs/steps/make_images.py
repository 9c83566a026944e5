"""Makes pictures one by one, composed here or painted by a model; each is in the gallery the moment it is ready."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage

from channels_app import files, licences, queries, resources
from channels_app.models import Channel, Resource
from channels_app.niches import Niche
from channels_app.resources import NewResource
from jobs.context import Delivery, JobContext
from jobs.spec import UserError
from jobs.steps import call_costs, painters
from jobs.steps.painters import Service
from jobs.tools.images import composing, fonts, painting, prices
from jobs.tools.images.composing import BadPicture
from jobs.tools.images.palette import palette_of
from jobs.tools.llm.model import tokens_in

SIZES = {"thumbnail": (1280, 720), "vertical": (1080, 1920)}
MEDIA_TYPE, SUFFIX = "image/jpeg", ".jpg"


@dataclass(frozen=True, slots=True)
class Made:
    """A picture as a file of the attempt, with all of its record but where it is stored; `told`: what is amiss with it."""

    path: Path
    fields: dict[str, Any]
    told: str = ""


def slots_of(channel: Channel) -> tuple[str, str]:
    """The panel slots that show new pictures of a channel: the gallery and the library."""
    return f"gallery:{channel.pk}", f"resources:{channel.pk}"


def make_all(ctx: JobContext, service: Service | None, count: int) -> dict[str, Any]:
    """Make every picture that no attempt of this job has left yet. service: None composes them here.

    Raises UserError for what only a person can mend; what may pass is raised as it is, and tried again.
    """
    ids: dict[str, str] = dict(ctx.kept("made", {}))
    told: list[str] = list(ctx.kept("told", []))
    by = service.model if service else painters.COMPOSED_BY
    ctx.log(f"{count} picture{'' if count == 1 else 's'}: {by}")
    done = sum(ctx.delivered(position) for position in range(count))
    for position in range(count):
        if ctx.delivered(position):
            continue
        ctx.progress(done, count, f"{'asking ' if service else ''}{by}")
        made = painted(ctx, service, position) if service else composed(ctx, position)
        if made.told and made.told not in told:
            ctx.log(made.told)
            told.append(made.told)
            ctx.keep("told", told)
        row = leave(ctx, position, made)
        done += 1
        ids[str(position)] = str(row.pk)
        ctx.keep("made", ids)
        for slot in slots_of(ctx.channel):
            ctx.announce(slot, picture=str(row.pk), resource=str(row.pk))
        ctx.progress(done, count, row.title)
    rows = {str(row.pk): row for row in Resource.objects.filter(pk__in=ids.values())}
    return {
        "images": [{"id": pk, "title": rows[pk].title} for pk in dict.fromkeys(ids.values()) if pk in rows],
        "made_by": by,
        **({"told": " ".join(told)} if told else {}),
    }


def leave(ctx: JobContext, position: int, made: Made) -> Resource:
    """Keep the picture in the library of the channel's owner, used in the channel."""
    stored = files.store(made.path, SUFFIX)
    made.path.unlink()
    new = NewResource(stored=stored, media_type=MEDIA_TYPE, **made.fields)
    kept: list[Resource] = []

    def write(delivery: Delivery) -> Resource:
        row, _ = resources.keep(ctx.channel, new, made_by_job=delivery.job_id, job_position=delivery.position)
        kept.append(row)
        return row

    ctx.deliver(position, write)
    return kept[0] if kept else Resource.with_binned.get(owner=ctx.channel.owner, sha256=stored.sha256)


def niche_of(channel: Channel) -> str:
    """What the channel's colours follow from, besides its name."""
    return channel.custom_niche.strip().casefold() if channel.niche == Niche.CUSTOM else channel.niche


def seed_of(job_id: UUID) -> int:
    """What the designs of a job follow from: a retry goes on with the same."""
    return int.from_bytes(sha256(job_id.bytes).digest()[:6], "big")


def composed(ctx: JobContext, position: int) -> Made:
    """A picture of the composer. Raises UserError for a background that is no picture."""
    background = background_of(ctx)
    wanted = composing.Wanted(
        title=ctx.inputs["prompt"],
        name=ctx.channel.name,
        palette=palette_of(ctx.channel.name, niche_of(ctx.channel)),
        size=size_of(ctx),
        seed=seed_of(ctx.job_id),
        number=position,
        background=local_file(background, ctx.work_dir) if background else None,
    )
    try:
        found = composing.compose(wanted)
    except BadPicture as error:
        raise UserError(f"Background: “{background}” cannot be used, {error}. Choose another picture.") from error
    path = ctx.work_dir / f"image-{position}{SUFFIX}"
    path.write_bytes(found.jpeg)
    ctx.log(f"{position + 1}. {found.layout or 'without words'}, {found.motif or 'on the background'}, "
            f"contrast {found.contrast:.1f}:1, {len(found.jpeg):,} bytes")  # fmt: skip
    known = {"source": Resource.COMPOSED, "creator": ctx.channel.name}
    return Made(path, {**about(ctx), **known, **terms_of(background)}, amiss(found))


def amiss(found: composing.Composed) -> str:
    """What a person should know about the words of a picture."""
    told = []
    if found.lacking:
        signs = ", ".join(found.lacking[:8])
        font = "Install a font for that script on the studio's machine, such as Noto"
        if not fonts.shapes() and fonts.is_shaped("".join(found.lacking)):
            font = "Install the library FriBiDi on the studio's machine (Debian: libfribidi0)"
        told.append(
            f"This machine cannot draw {signs}{' and others' if len(found.lacking) > 8 else ''}: the words with them are "
            f"left out. {font}, and make the pictures again."
        )
    if found.is_cut:
        told.append("The title is too long for a picture and ends with “…”. Give a shorter one.")
    return " ".join(told)


def painted(ctx: JobContext, service: Service, position: int) -> Made:
    """A picture of an image model, counted and paid. Raises UserError, painting.PaintingUnavailable."""
    painter = painters.painter_of(service)
    prompt, price = ctx.inputs["prompt"], prices.price_of(service.model, is_here=painter.is_here)
    call_costs.check(ctx, price, tokens_in(prompt), prices.PICTURE_TOKENS)
    raw, path, size = ctx.work_dir / f"raw-{position}", ctx.work_dir / f"image-{position}{SUFFIX}", size_of(ctx)
    try:
        answer = painting.paint(painter, prompt, raw, tall=size[1] > size[0], check=ctx.check)
        usd = call_costs.count(ctx, price, answer.spent)
        ctx.log(f"{position + 1}. {service.model}: {call_costs.in_words(answer.spent, usd)}")
        path.write_bytes(composing.as_jpeg(composing.cover(raw, size)))
    except painting.PaintingRefused as error:
        raise UserError(str(error)) from error
    except painting.PaintingUnavailable as error:
        if error.may_cost and (price is None or price.output):
            ctx.log("The service may charge for this picture although it did not arrive.")
        raise
    except BadPicture as error:
        # It is paid for: the studio does not pay for the next one by itself.
        raise UserError(
            f"What the image service sent is no picture: {error}. Retry the job to ask it again."
        ) from error
    finally:
        raw.unlink(missing_ok=True)
    about_it = about(ctx)
    credit = f"“{about_it['title']}”, made with {service.model} (AI)"
    known = {"source": Resource.PAINTED, "creator": service.model, "licence_code": "ai", "is_ai_made": True}
    return Made(path, {**about_it, **known, "attribution": credit})


def about(ctx: JobContext) -> dict[str, Any]:
    """What every picture of the job says of itself."""
    width, height = size_of(ctx)
    title = " ".join(ctx.inputs["prompt"].split())[: resources.TITLE_CHARACTERS]
    return {"title": title, "width": width, "height": height}


def size_of(ctx: JobContext) -> tuple[int, int]:
    """In pixels."""
    return SIZES[ctx.inputs.get("format") or "thumbnail"]


def background_of(ctx: JobContext) -> Resource | None:
    """The picture that was chosen. Raises UserError when it is gone."""
    if not (pk := ctx.inputs.get("background")):
        return None
    row = queries.resources_in(ctx.channel).filter(pk=pk).first()
    if row is None:
        raise UserError("Background: this picture is no longer used in the channel. Choose another.")
    return row


def terms_of(background: Resource | None) -> dict[str, Any]:
    """The terms of a composed picture: those of what it was composed upon, if they ask for anything."""
    if background is None:
        return {"licence_code": "own"}
    terms = {"licence_code": "own", "is_ai_made": background.is_ai_made}
    if background.licence.level == licences.FREE and background.licence_code != "ai":
        return terms
    return {
        **terms,
        "licence_code": background.licence_code,
        "licence_url": background.licence_url,
        "licence_raw": background.licence_raw,
        "landing_url": background.landing_url,
        "attribution": f"Background: {resources.credit_line(background)}",
    }


def local_file(row: Resource, folder: Path) -> Path:
    """The stored file on this host, copied into `folder` when the storage is elsewhere."""
    try:
        return Path(default_storage.path(row.file))
    except NotImplementedError:
        path = folder / f"{row.sha256}"
        if not path.exists():
            with default_storage.open(row.file) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        return path
