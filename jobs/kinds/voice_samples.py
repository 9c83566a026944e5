"""Voice samples: every voice of a service says a line, all equally loud, so that creators choose by ear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.text import slugify

from channels_app.models import Channel
from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec, Need, NeedMissing, UserError
from jobs.steps.reading import speech_config
from jobs.tools.speech import voices
from jobs.tools.speech.voice import SpeechConfig, SpeechRefused, SpeechUnavailable, Voice
from jobs.tools.text.language import guess

TEXT_CHARACTERS = 300
# What a voice says when nobody has written a line for it: a sentence and a question, for melody.
LINES = {
    "en": "Twice a day the sea comes back to us. Have you ever wondered why?",
    "de": "Zweimal am Tag kommt das Meer zu uns zurück. Hast du dich je gefragt, warum?",
    "fr": "Deux fois par jour, la mer revient vers nous. T'es-tu déjà demandé pourquoi ?",
    "es": "Dos veces al día, el mar vuelve a nosotros. ¿Te has preguntado alguna vez por qué?",
    "it": "Due volte al giorno il mare torna da noi. Ti sei mai chiesto perché?",
    "pt": "Duas vezes por dia, o mar volta até nós. Você já se perguntou por quê?",
    "nl": "Twee keer per dag komt de zee bij ons terug. Heb je je ooit afgevraagd waarom?",
    "sv": "Två gånger om dagen kommer havet tillbaka till oss. Har du någonsin undrat varför?",
    "pl": "Dwa razy dziennie morze do nas wraca. Czy zastanawiałeś się kiedyś dlaczego?",
    "tr": "Deniz günde iki kez bize geri döner. Nedenini hiç merak ettin mi?",
    "ru": "Дважды в день море возвращается к нам. Вы когда-нибудь задумывались почему?",
    "uk": "Двічі на день море повертається до нас. Ви коли-небудь замислювалися чому?",
    "el": "Δύο φορές τη μέρα η θάλασσα επιστρέφει σε εμάς. Αναρωτήθηκες ποτέ γιατί;",
    "cs": "Dvakrát denně se k nám moře vrací. Přemýšlel jsi někdy proč?",
    "da": "To gange om dagen kommer havet tilbage til os. Har du nogensinde undret dig over hvorfor?",
    "nb": "To ganger om dagen kommer havet tilbake til oss. Har du noen gang lurt på hvorfor?",
    "fi": "Kahdesti päivässä meri palaa luoksemme. Oletko koskaan miettinyt miksi?",
    "hu": "A tenger naponta kétszer tér vissza hozzánk. Gondolkodtál már azon, hogy miért?",
    "ro": "De două ori pe zi marea se întoarce la noi. Te-ai întrebat vreodată de ce?",
    "hi": "समुद्र दिन में दो बार हमारे पास लौटता है। क्या आपने कभी सोचा है क्यों?",
    "ar": "يعود البحر إلينا مرتين في اليوم. هل تساءلت يوما لماذا؟",
    "ja": "海は一日に二度、私たちのもとへ帰ってきます。なぜだろうと思ったことはありますか。",
    "ko": "바다는 하루에 두 번 우리에게 돌아옵니다. 왜 그런지 궁금했던 적이 있나요?",
    "cmn": "大海每天两次回到我们身边。你有没有想过这是为什么？",
    "zh": "大海每天两次回到我们身边。你有没有想过这是为什么？",
    "id": "Dua kali sehari laut kembali kepada kita. Pernahkah kamu bertanya mengapa?",
    "vi": "Mỗi ngày hai lần biển quay về với chúng ta. Bạn đã bao giờ tự hỏi vì sao chưa?",
}


def service_choices() -> list[tuple[str, str]]:
    """The services that have voices to choose from."""
    return [(slug, label) for slug, label in voices.SERVICES.items() if slug != voices.AUTO]


class VoiceSamplesForm(InputsForm):
    """Whose voices, and what they say."""

    service = forms.ChoiceField(choices=service_choices, label="Voices")
    text = forms.CharField(
        required=False,
        max_length=TEXT_CHARACTERS,
        label="What they say",
        help_text="A line of your script. Left empty, each voice says a line in its own language.",
    )


def wanted(inputs: Inputs, config: SpeechConfig) -> list[Voice]:
    """The service's voices, of the text's language if a text was given."""
    offered = [voice for voice in voices.list_voices(config) if voice.service == inputs["service"]]
    text = inputs.get("text", "")
    return [voice for voice in offered if not text or voice.language in ("", guess(text))]


def check(inputs: Inputs, channel: Channel, user: Any) -> None:
    """Refuse when no voice could speak, before the job is queued."""
    label = voices.SERVICES[inputs["service"]]
    found = wanted(inputs, speech_config(user))
    if not found:
        raise UserError(f"{label} has no voice for the language of this text. Write it in another, or leave it empty.")
    if not any(voice.ready for voice in found):
        raise NeedMissing(f"{label} has no voice that is ready.", found[0].reason)


def run(ctx: JobContext) -> dict[str, Any]:
    """Speak one sample after another; a voice that fails says why and leaves the others alone."""
    config = speech_config(ctx.user)
    found = [voice for voice in wanted(ctx.inputs, config) if voice.ready]
    failure: SpeechUnavailable | None = None
    spoken = 0
    for number, voice in enumerate(found):
        ctx.progress(number, len(found), voice.label)
        try:
            seconds = leave_sample(ctx, voice, config)
        except SpeechRefused as error:
            ctx.log(f"{voice.label}: {error}")
        except SpeechUnavailable as error:
            ctx.log(f"{voice.label}: {error}")
            failure = error
        else:
            ctx.log(f"{voice.label}: {seconds:.1f} s")
            spoken += 1
    ctx.progress(len(found), len(found))
    if not spoken and failure:
        raise failure
    if not spoken:
        raise UserError("None of these voices could say that. The output tells why for each.")
    return {"voices": spoken, "silent": len(found) - spoken}


def leave_sample(ctx: JobContext, voice: Voice, config: SpeechConfig) -> float:
    """Speak with one voice and leave the sound; its length in seconds."""
    from jobs.tools.audio.master import master
    from jobs.tools.audio.merge import Part
    from jobs.tools.speech import speaking

    name = f"{voice.service}-{slugify(voice.label)}"
    text = ctx.inputs.get("text") or LINES.get(voice.language, LINES["en"])
    speech = speaking.speak(text, voice, 1.0, ctx.work_dir / f"{name}.wav", config, ctx.check)
    # Mastered like a narration: what is louder would seem better.
    made = master([Part(speech.path, 0, speech.words)], ctx.work_dir / name, should_stop=ctx.check)
    ctx.artifact(f"{name}.mp3", made.mp3, "audio/mpeg", seconds=round(made.seconds, 3))
    return made.seconds


SPEC = JobSpec(
    label="Hear voices",
    icon="voice",
    queue="media",
    form=VoiceSamplesForm,
    run=run,
    title=lambda inputs, channel: f"Hear the voices of {voices.SERVICES[inputs['service']]}",
    subject=lambda inputs: "voices",
    check=check,
    example=lambda channel: {"service": "flite"},
    premium=False,
    needs=frozenset({Need.FFMPEG, Need.VOICE}),
    preload=("jobs.tools.speech.speaking", "jobs.tools.audio.master", "httpx", "num2words"),
    time_limit=timedelta(minutes=15),
    silence=timedelta(minutes=2),
    result_words={"voices": "Voices that spoke", "silent": "Voices that could not"},
)
