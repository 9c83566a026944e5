"""Images: thumbnails and scene images, composed in the studio or painted by an image model, arriving one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse

from channels_app import queries
from channels_app.models import Channel, Resource
from jobs.context import JobContext
from jobs.inputs import InputsForm, OwnedChoice
from jobs.spec import Inputs, JobSpec, NeedMissing, Place, UserError
from jobs.steps import painters

PROMPT_CHARACTERS = 1000
IMAGES_AT_MOST = 6
# Licences that let nobody change the work: laying a title upon it does.
UNCHANGEABLE = frozenset({"by-nd", "by-nc-nd"})


class PictureChoice(OwnedChoice):
    """A picture that the channel uses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Resource, **options)
        self.empty_label = "The channel's colours"
        self.error_messages["invalid_choice"] = (
            "Background: no such picture in this channel. Choose one that the channel uses."
        )

    def bind_to(self, channel: Channel) -> None:
        """Offer the pictures that the channel uses, the newest first."""
        self.queryset = queries.pictures_in(channel)


class ImageForm(InputsForm):
    """What the pictures say or show, how many, and upon what."""

    verb = "Make images"
    prompt = forms.CharField(
        max_length=PROMPT_CHARACTERS,
        label="Title or description",
        help_text="Composed pictures set these words in type. An image model paints what they describe.",
        error_messages={"required": "Title or description: say what the pictures should say or show."},
    )
    count = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=IMAGES_AT_MOST,
        initial=2,
        label="How many",
        help_text="1 to 6, each different.",
    )
    format = forms.ChoiceField(
        required=False,
        choices=[("", "Thumbnail, 1280 × 720"), ("vertical", "Vertical, 1080 × 1920")],
        label="Format",
        error_messages={
            "invalid_choice": "Format: “%(value)s” is none. Write vertical, or leave it out for 1280 × 720."
        },
    )
    background = PictureChoice(required=False, label="Background", help_text="A picture that the channel uses.")
    maker = forms.ChoiceField(
        required=False,
        choices=[("", "Automatic"), (painters.COMPOSER, painters.COMPOSED_BY), (painters.MODEL, "Image model")],
        label="Made by",
        error_messages={"invalid_choice": "Made by: “%(value)s” is none of composer, model."},
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if data is None:
            service = painters.service_for(self.user)
            painted = f"painted by {service.model}, {painters.cost_of(service)}; composed upon a background"
            self.fields["maker"].help_text = f"Automatic: {'composed in the studio' if service.reason else painted}."


def service_of(inputs: Inputs, user: Any) -> painters.Service | None:
    """The image service that is to be asked, or None for the composer: what was chosen, else what is there.

    Raises NeedMissing when a model was chosen and none can be used.
    """
    maker = inputs.get("maker", "")
    # A background is laid under a title; a model that paints from words has no use for it.
    if maker == painters.COMPOSER or (not maker and inputs.get("background")):
        return None
    service = painters.service_for(user)
    if not service.reason:
        return service
    if maker == painters.MODEL:
        raise NeedMissing(
            f"{painters.NO_MODEL if not service.key else 'The image model is out of reach.'}", service.reason
        )
    return None


def check(inputs: Inputs, channel: Channel, user: Any) -> None:
    """Refuse, before the job is queued, a model out of reach and a background that must not be changed."""
    service = service_of(inputs, user)
    if not (pk := inputs.get("background")):
        return
    if service is not None:
        raise UserError(
            "Background: an image model paints from words alone. Leave the background out, or have the pictures composed."
        )
    row = queries.pictures_in(channel).filter(pk=pk).first()
    if row is None:
        raise UserError("Background: this picture is no longer used in the channel. Choose another.")
    if row.licence_code in UNCHANGEABLE:
        raise UserError(
            f"Background: the licence of “{row.title}” ({row.licence.label}) allows no changes, and a title is one. "
            "Choose another picture."
        )


def run(ctx: JobContext) -> dict[str, Any]:
    """Make those that are missing."""
    from jobs.steps import make_images

    try:
        service = service_of(ctx.inputs, ctx.user)
    except NeedMissing as error:
        raise UserError(f"{error.message} {error.way_out}") from error
    return make_images.make_all(ctx, service, ctx.inputs.get("count") or 1)


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    return f"Images: {str(inputs['prompt'])[:80]}"


def example(channel: Channel) -> dict[str, Any]:
    """Two pictures, upon the channel's newest if it has one."""
    newest = queries.pictures_in(channel).first()
    background = {"background": str(newest.pk)} if newest else {}
    return {"prompt": "Why the sea rises twice a day", "count": 2, **background}


def seen_at(inputs: Inputs, channel: Channel, job_id: UUID) -> Place:
    """The gallery."""
    return Place(reverse("gallery", args=[channel.slug]), "Open the gallery")


SPEC = JobSpec(
    label="Make images",
    icon="image",
    queue="media",
    premium=False,
    form=ImageForm,
    run=run,
    title=title,
    subject=lambda inputs: "images",
    seen_at=seen_at,
    check=check,
    example=example,
    preload=("jobs.steps.make_images",),
    time_limit=timedelta(minutes=40),
    silence=timedelta(minutes=5),
    result_words={"told": "Worth knowing"},
)
