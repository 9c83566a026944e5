"""The content part of the HTTP API, a file per noun (DESIGN §5)."""

from django.urls import path

from channels_app.api import (
    audio,
    channels,
    claims,
    found_videos,
    ideas,
    notes,
    passages,
    proposals,
    resources,
    scripts,
)

api_urls = [
    path("channels/", channels.ChannelsView.as_view(), name="api-channels"),
    path("channels/<slug:slug>/", channels.ChannelView.as_view(), name="api-channel"),
    path("channels/<slug:slug>/notes/", notes.NotesView.as_view(), name="api-notes"),
    path("channels/<slug:slug>/notes/<uuid:pk>/", notes.NoteView.as_view(), name="api-note"),
    path("channels/<slug:slug>/ideas/", ideas.IdeasView.as_view(), name="api-ideas"),
    path("channels/<slug:slug>/ideas/<uuid:pk>/", ideas.IdeaView.as_view(), name="api-idea"),
    path("channels/<slug:slug>/ideas/<uuid:pk>/script/", ideas.IdeaScriptView.as_view(), name="api-idea-script"),
    path("channels/<slug:slug>/found-videos/", found_videos.FoundVideosView.as_view(), name="api-found-videos"),
    path("channels/<slug:slug>/found-videos/<uuid:pk>/", found_videos.FoundVideoView.as_view(), name="api-found-video"),
    path("channels/<slug:slug>/proposals/", proposals.ProposalsView.as_view(), name="api-proposals"),
    path("channels/<slug:slug>/proposals/<uuid:pk>/", proposals.ProposalView.as_view(), name="api-proposal"),
    path("proposals/<uuid:pk>/<str:verb>/", proposals.ProposalAnswerView.as_view(), name="api-proposal-answer"),
    path("channels/<slug:slug>/scripts/", scripts.ScriptsView.as_view(), name="api-scripts"),
    path("channels/<slug:slug>/scripts/<uuid:pk>/", scripts.ScriptView.as_view(), name="api-script"),
    path(
        "channels/<slug:slug>/scripts/<uuid:pk>/revisions/",
        scripts.RevisionsView.as_view(),
        name="api-script-revisions",
    ),
    path(
        "channels/<slug:slug>/scripts/<uuid:pk>/revisions/<uuid:revision>/",
        scripts.RevisionView.as_view(),
        name="api-script-revision",
    ),
    *(
        path(
            f"channels/<slug:slug>/scripts/<uuid:pk>/revisions/<uuid:revision>/{act}/",
            view.as_view(),
            name=f"api-script-revision-{act}",
        )
        for act, view in (
            ("accept", scripts.RevisionAcceptView),
            ("discard", scripts.RevisionDiscardView),
            ("restore", scripts.RevisionRestoreView),
        )
    ),
    path(
        "channels/<slug:slug>/scripts/<uuid:pk>/resources/",
        resources.ScriptResourcesView.as_view(),
        name="api-script-resources",
    ),
    path(
        "channels/<slug:slug>/scripts/<uuid:pk>/resources/<uuid:resource>/",
        resources.ScriptResourceView.as_view(),
        name="api-script-resource",
    ),
    path(
        "channels/<slug:slug>/scripts/<uuid:pk>/credits/",
        resources.ScriptCreditsView.as_view(),
        name="api-script-credits",
    ),
    path("channels/<slug:slug>/scripts/<uuid:pk>/claims/", claims.ClaimsView.as_view(), name="api-script-claims"),
    path("channels/<slug:slug>/scripts/<uuid:pk>/passages/", passages.PassagesView.as_view(), name="api-passages"),
    path(
        "channels/<slug:slug>/scripts/<uuid:pk>/passages/<uuid:passage_id>/<str:verb>/",
        passages.PassageActView.as_view(),
        name="api-passage-act",
    ),
    path("channels/<slug:slug>/audio-projects/", audio.AudioProjectsView.as_view(), name="api-audio-projects"),
    path("channels/<slug:slug>/audio-projects/<uuid:pk>/", audio.AudioProjectView.as_view(), name="api-audio-project"),
    path(
        "channels/<slug:slug>/audio-projects/<uuid:pk>/sections/<uuid:section_id>/",
        audio.SectionView.as_view(),
        name="api-audio-section",
    ),
    path("channels/<slug:slug>/resources/", resources.ResourcesView.as_view(), name="api-resources"),
    path("channels/<slug:slug>/resources/credits/", resources.CreditsView.as_view(), name="api-resource-credits"),
    path("channels/<slug:slug>/resources/<uuid:pk>/", resources.ResourceView.as_view(), name="api-resource"),
    path("resources/<uuid:pk>/file/", resources.ResourceFileView.as_view(), name="api-resource-file"),
    path("takes/<uuid:pk>/sound/", audio.TakeSoundView.as_view(), name="api-take-sound"),
]
