"""The outside services that want a key. Pure data; settings read it to collect the server's own keys."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A service, what its key is for, and the environment variable of the server's own key. writes: it has language
    models."""

    slug: str
    label: str
    purpose: str
    environment: str
    writes: bool = False


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        slug="openai", label="OpenAI", purpose="Writing, images and speech", environment="OPENAI_API_KEY", writes=True
    ),
    Provider(slug="anthropic", label="Anthropic", purpose="Writing", environment="ANTHROPIC_API_KEY", writes=True),
    Provider(
        slug="gemini", label="Google Gemini", purpose="Writing and images", environment="GEMINI_API_KEY", writes=True
    ),
    Provider(slug="elevenlabs", label="ElevenLabs", purpose="Speech", environment="ELEVENLABS_API_KEY"),
    Provider(slug="pexels", label="Pexels", purpose="Photos and videos", environment="PEXELS_API_KEY"),
    Provider(slug="pixabay", label="Pixabay", purpose="Photos and videos", environment="PIXABAY_API_KEY"),
    Provider(slug="unsplash", label="Unsplash", purpose="Photos", environment="UNSPLASH_ACCESS_KEY"),
    Provider(slug="freesound", label="Freesound", purpose="Sounds", environment="FREESOUND_API_KEY"),
    Provider(slug="europeana", label="Europeana", purpose="Museum pictures", environment="EUROPEANA_API_KEY"),
    Provider(slug="smithsonian", label="Smithsonian", purpose="Museum pictures", environment="SMITHSONIAN_API_KEY"),
    Provider(slug="youtube", label="YouTube Data API", purpose="Research", environment="YOUTUBE_API_KEY"),
)
BY_SLUG: dict[str, Provider] = {provider.slug: provider for provider in PROVIDERS}


def choices() -> list[tuple[str, str]]:
    """Slug and label of every provider. A callable, so that a new provider needs no migration."""
    return [(provider.slug, provider.label) for provider in PROVIDERS]
