"""`channels/`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import generics, serializers

from channels_app import actions, voices
from channels_app.access import channel_for, channels_for
from channels_app.api.shared import (
    CHANGES,
    CheckedSerializer,
    NewestFirst,
    check_method,
    documented,
    person,
)
from channels_app.models import Channel
from channels_app.models.channel import WORD_CHARACTERS, WORDS_AT_MOST


class WordsField(serializers.ListField):
    """Topics or tags."""

    def __init__(self, **options: Any) -> None:
        child = serializers.CharField(max_length=WORD_CHARACTERS)
        super().__init__(child=child, max_length=WORDS_AT_MOST, required=False, **options)


class ChannelSerializer(CheckedSerializer[Channel]):
    """A channel. Without a slug its name makes one, without an rpm the niche's usual one is taken."""

    owner: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    slug = serializers.SlugField(max_length=actions.SLUG_CHARACTERS, required=False)
    topics = WordsField()
    tags = WordsField()

    class Meta:
        model = Channel
        fields = (
            "id",
            "slug",
            "name",
            "owner",
            "character_name",
            "character_description",
            "style_rules",
            "topics",
            "tags",
            "niche",
            "custom_niche",
            "rpm",
            "voice_service",
            "voice_id",
            "voice_speed",
            "context_source",
            "raw_context",
            "created_at",
        )

    def validate_slug(self, slug: str) -> str:
        """An address nobody has, and that does not change later."""
        if self.instance is not None and slug != self.instance.slug:
            raise serializers.ValidationError("A channel's slug cannot be changed: links and commands use it.")
        return slug.lower() if self.instance is None else slug

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A voice that is chosen now has to exist."""
        attrs = super().validate(attrs)
        if self.instance is None or {"voice_service", "voice_id"} & set(attrs):
            service = attrs.get("voice_service", self.instance.voice_service if self.instance else voices.AUTO)
            voice_id = attrs.get("voice_id", self.instance.voice_id if self.instance else "")
            if problems := voices.problems(service, voice_id):
                raise serializers.ValidationError(problems)
        return attrs

    def left_to_create(self) -> list[str]:
        """Its name may make the slug, its niche the rpm."""
        return ["slug", "rpm"] if self.instance is None else []

    def create(self, validated_data: dict[str, Any]) -> Channel:
        """A new channel of `owner`."""
        return actions.create_channel(**validated_data)


@documented("channels", ChannelSerializer, ChannelSerializer)
class ChannelsView(generics.ListCreateAPIView[Channel]):
    """`channels/`: those this person sees; a new one."""

    serializer_class = ChannelSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Channel]:
        """Their own; all for editors and admins."""
        return channels_for(self.request.user).select_related("owner")

    def perform_create(self, serializer: serializers.BaseSerializer[Channel]) -> None:
        """Whoever makes a channel owns it."""
        serializer.save(owner=person(self.request))


@documented("channel", ChannelSerializer)
class ChannelView(generics.RetrieveUpdateDestroyAPIView[Channel]):
    """`channels/<slug>/`."""

    serializer_class = ChannelSerializer
    queryset = Channel.objects.none()
    lookup_field = "slug"
    http_method_names = CHANGES

    def get_object(self) -> Channel:
        """The channel; changing it is its owner's right."""
        access = channel_for(person(self.request), self.kwargs["slug"])
        check_method(access, self.request)
        return access.channel

    def perform_destroy(self, instance: Channel) -> None:
        """Delete with everything in it; 409 while a job is at work."""
        actions.delete_channel(instance)
