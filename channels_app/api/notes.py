"""`channels/<slug>/notes/`."""

from __future__ import annotations

from rest_framework import serializers

from channels_app import actions, queries
from channels_app.api.shared import (
    TOO_LONG,
    CheckedSerializer,
    RowsView,
    RowView,
    documented,
)
from channels_app.forms.fields import one_line_end
from channels_app.models import Note
from channels_app.models.note import NOTE_CHARACTERS


class NoteRowSerializer(serializers.ModelSerializer[Note]):
    """A note in a list: the beginning of its text."""

    excerpt = serializers.CharField(read_only=True)

    class Meta:
        model = Note
        fields = ("id", "title", "excerpt", "source_url", "origin", "created_at", "updated_at")


class NoteSerializer(CheckedSerializer[Note]):
    """A note."""

    text = serializers.CharField(
        max_length=NOTE_CHARACTERS, trim_whitespace=False, error_messages={"max_length": TOO_LONG}
    )

    class Meta:
        model = Note
        fields = ("id", "title", "text", "source_url", "origin", "created_at", "updated_at")
        read_only_fields = ("origin",)

    def validate_text(self, text: str) -> str:
        """Something is said; one kind of line end, whoever sends it."""
        if not text.strip():
            raise serializers.ValidationError("This field may not be blank.")
        return one_line_end(text)


@documented("notes", NoteSerializer, NoteRowSerializer)
class NotesView(RowsView[Note]):
    """`channels/<slug>/notes/`."""

    rows = staticmethod(queries.note_rows)
    serializer_class = NoteSerializer
    row_serializer_class = NoteRowSerializer


@documented("note", NoteSerializer)
class NoteView(RowView[Note]):
    """`channels/<slug>/notes/<id>/`."""

    rows = staticmethod(queries.notes_of)
    serializer_class = NoteSerializer

    def perform_destroy(self, instance: Note) -> None:
        """Out of sight; `prune` removes it for good."""
        actions.bin_row(instance)
