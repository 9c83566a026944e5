"""The pages of channels."""

from django.urls import path

from channels_app import views

urlpatterns = [
    path("", views.home, name="home"),
    path("c/new/", views.channel_new, name="channel-new"),
    path("c/<slug:slug>/settings/", views.channel_settings, name="channel-settings"),
    path("c/<slug:slug>/settings/delete/", views.channel_delete, name="channel-delete"),
    path("c/<slug:slug>/notes/", views.notes, name="notes"),
    path("c/<slug:slug>/notes/<uuid:pk>/", views.note, name="note"),
    path("c/<slug:slug>/notes/<uuid:pk>/delete/", views.bin_row, {"noun": "notes"}, name="note-delete"),
    path("c/<slug:slug>/notes/<uuid:pk>/restore/", views.restore_row, {"noun": "notes"}, name="note-restore"),
    path("c/<slug:slug>/scripts/", views.scripts, name="scripts"),
    path("c/<slug:slug>/scripts/new/", views.script_new, name="script-new"),
    path("c/<slug:slug>/scripts/count/", views.script_count, name="script-count"),
    path("c/<slug:slug>/scripts/<uuid:pk>/", views.script, name="script"),
    path("c/<slug:slug>/scripts/<uuid:pk>/status/", views.script_status, name="script-status"),
    path("c/<slug:slug>/scripts/<uuid:pk>/delete/", views.bin_row, {"noun": "scripts"}, name="script-delete"),
    path("c/<slug:slug>/scripts/<uuid:pk>/restore/", views.restore_row, {"noun": "scripts"}, name="script-restore"),
    path("c/<slug:slug>/audio/", views.audio_rooms, name="audio-rooms"),
    path("c/<slug:slug>/audio/<uuid:pk>/", views.audio_room, name="audio-room"),
    path("c/<slug:slug>/audio/sections/<uuid:pk>/", views.audio_section, name="audio-section"),
    path("c/<slug:slug>/audio/sections/<uuid:pk>/pause/", views.section_pause, name="section-pause"),
    path("c/<slug:slug>/audio/takes/<uuid:pk>/choose/", views.take_choose, name="take-choose"),
    path("c/<slug:slug>/audio/takes/<uuid:pk>/sound/", views.take_sound, name="take-sound"),
]
