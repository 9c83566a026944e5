"""The pages of channels."""

from django.urls import path

from channels_app.views import audio, bin, channels, discover, facts, humanize, ideas, notes, revisions, scripts

urlpatterns = [
    path("", channels.home, name="home"),
    path("c/new/", channels.channel_new, name="channel-new"),
    path("c/<slug:slug>/settings/", channels.channel_settings, name="channel-settings"),
    path("c/<slug:slug>/settings/delete/", channels.channel_delete, name="channel-delete"),
    path("c/<slug:slug>/notes/", notes.notes, name="notes"),
    path("c/<slug:slug>/notes/<uuid:pk>/", notes.note, name="note"),
    path("c/<slug:slug>/notes/<uuid:pk>/delete/", bin.bin_row, {"noun": "notes"}, name="note-delete"),
    path("c/<slug:slug>/notes/<uuid:pk>/restore/", bin.restore_row, {"noun": "notes"}, name="note-restore"),
    path("c/<slug:slug>/discover/", discover.discover, name="discover"),
    path("c/<slug:slug>/discover/export/", discover.export, name="discover-export"),
    path("c/<slug:slug>/discover/dismiss/", discover.dismiss, name="discover-dismiss"),
    path("c/<slug:slug>/discover/restore/", discover.restore, name="discover-restore"),
    path("c/<slug:slug>/discover/channels/<str:youtube_id>/", discover.youtube_channel, name="youtube-channel"),
    path("c/<slug:slug>/discover/<uuid:pk>/", discover.found_video, name="found-video"),
    path("c/<slug:slug>/discover/<uuid:pk>/inspire/", discover.inspire, name="found-video-inspire"),
    path("c/<slug:slug>/discover/<uuid:pk>/note/", discover.keep_note, name="found-video-note"),
    path("c/<slug:slug>/ideas/", ideas.ideas, name="ideas"),
    path("c/<slug:slug>/ideas/delete/", ideas.ideas_delete, name="ideas-delete"),
    path("c/<slug:slug>/ideas/restore/", ideas.ideas_restore, name="ideas-restore"),
    path("c/<slug:slug>/ideas/<uuid:pk>/", ideas.idea, name="idea"),
    path("c/<slug:slug>/ideas/<uuid:pk>/script/", ideas.idea_script, name="idea-script"),
    path("c/<slug:slug>/scripts/", scripts.scripts, name="scripts"),
    path("c/<slug:slug>/scripts/new/", scripts.script_new, name="script-new"),
    path("c/<slug:slug>/scripts/count/", scripts.script_count, name="script-count"),
    path("c/<slug:slug>/scripts/<uuid:pk>/", scripts.script, name="script"),
    path("c/<slug:slug>/scripts/<uuid:pk>/save/", scripts.script_save, name="script-save"),
    path("c/<slug:slug>/scripts/<uuid:pk>/aside/", scripts.script_aside, name="script-aside"),
    path(
        "c/<slug:slug>/scripts/<uuid:pk>/revisions/<int:number>/accept/",
        revisions.revision_accept,
        name="revision-accept",
    ),
    path(
        "c/<slug:slug>/scripts/<uuid:pk>/revisions/<int:number>/discard/",
        revisions.revision_discard,
        name="revision-discard",
    ),
    path(
        "c/<slug:slug>/scripts/<uuid:pk>/revisions/<int:number>/restore/",
        revisions.revision_restore,
        name="revision-restore",
    ),
    path("c/<slug:slug>/scripts/<uuid:pk>/claims/restore/", facts.claim_restore, name="claim-restore"),
    path("c/<slug:slug>/scripts/<uuid:pk>/claims/<uuid:claim>/dismiss/", facts.claim_dismiss, name="claim-dismiss"),
    path("c/<slug:slug>/scripts/<uuid:pk>/status/", scripts.script_status, name="script-status"),
    path("c/<slug:slug>/scripts/<uuid:pk>/delete/", bin.bin_row, {"noun": "scripts"}, name="script-delete"),
    path("c/<slug:slug>/scripts/<uuid:pk>/restore/", bin.restore_row, {"noun": "scripts"}, name="script-restore"),
    path("c/<slug:slug>/scripts/<uuid:pk>/style/apply/", humanize.passages_apply, name="passages-apply"),
    path("c/<slug:slug>/scripts/<uuid:pk>/style/undo/", humanize.passages_undo, name="passages-undo"),
    path(
        "c/<slug:slug>/scripts/<uuid:pk>/style/<uuid:passage_id>/apply/", humanize.passage_apply, name="passage-apply"
    ),
    path(
        "c/<slug:slug>/scripts/<uuid:pk>/style/<uuid:passage_id>/dismiss/",
        humanize.passage_dismiss,
        name="passage-dismiss",
    ),
    path("c/<slug:slug>/scripts/<uuid:pk>/style/<uuid:passage_id>/undo/", humanize.passage_undo, name="passage-undo"),
    path("c/<slug:slug>/audio/", audio.audio_rooms, name="audio-rooms"),
    path("c/<slug:slug>/audio/<uuid:pk>/", audio.audio_room, name="audio-room"),
    path("c/<slug:slug>/audio/sections/<uuid:pk>/", audio.audio_section, name="audio-section"),
    path("c/<slug:slug>/audio/sections/<uuid:pk>/pause/", audio.section_pause, name="section-pause"),
    path("c/<slug:slug>/audio/takes/<uuid:pk>/choose/", audio.take_choose, name="take-choose"),
    path("c/<slug:slug>/audio/takes/<uuid:pk>/sound/", audio.take_sound, name="take-sound"),
]
