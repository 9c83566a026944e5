"""What a channel is and owns; one file per noun."""

from channels_app.models.audio import AudioProject, AudioSection, Take
from channels_app.models.channel import Channel
from channels_app.models.idea import Idea
from channels_app.models.mark import Claim, Mark, Passage
from channels_app.models.note import Note
from channels_app.models.proposal import Proposal
from channels_app.models.resource import Resource, ResourceUse, ScriptUse
from channels_app.models.revision import Revision
from channels_app.models.script import Script
from channels_app.models.upload import Upload
from channels_app.models.youtube import FoundVideo, SearchedPage, SearchHit, Transcript, YouTubeChannel

__all__ = [
    "AudioProject",
    "AudioSection",
    "Channel",
    "Claim",
    "FoundVideo",
    "Idea",
    "Mark",
    "Note",
    "Passage",
    "Proposal",
    "Resource",
    "ResourceUse",
    "Revision",
    "Script",
    "ScriptUse",
    "SearchHit",
    "SearchedPage",
    "Take",
    "Transcript",
    "Upload",
    "YouTubeChannel",
]
