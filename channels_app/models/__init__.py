"""What a channel is and owns; one file per noun."""

from channels_app.models.audio import AudioProject, AudioSection, Take
from channels_app.models.channel import Channel
from channels_app.models.note import Note
from channels_app.models.script import Script

__all__ = ["AudioProject", "AudioSection", "Channel", "Note", "Script", "Take"]
