"""The pages of jobs, under their channel."""

from django.urls import path

from jobs import drafts, model_doors, source_search, takes, views

urlpatterns = [
    path("c/<slug:slug>/jobs/", views.jobs_list, name="jobs"),
    path("c/<slug:slug>/jobs/new/<slug:kind>/", views.job_new, name="job-new"),
    path("c/<slug:slug>/jobs/submit/<slug:kind>/", views.job_submit, name="job-submit"),
    path("c/<slug:slug>/jobs/slot/<slug:kind>/", views.slot, name="job-slot"),
    path("c/<slug:slug>/jobs/<uuid:job_id>/", views.job_detail, name="job"),
    path("c/<slug:slug>/jobs/<uuid:job_id>/raw/", views.job_raw, name="job-raw"),
    path("c/<slug:slug>/jobs/<uuid:job_id>/cancel/", views.job_cancel, name="job-cancel"),
    path("c/<slug:slug>/jobs/<uuid:job_id>/finish/", views.job_finish, name="job-finish"),
    path("c/<slug:slug>/jobs/<uuid:job_id>/retry/", views.job_retry, name="job-retry"),
    path("c/<slug:slug>/jobs/<uuid:job_id>/rerun/", views.job_rerun, name="job-rerun"),
    path("c/<slug:slug>/models/", model_doors.models, name="models"),
    path("me/keys/<slug:provider>/test/", model_doors.provider_test, name="provider-test"),
    path("c/<slug:slug>/scripts/write/", drafts.script_write, name="script-write"),
    path("c/<slug:slug>/jobs/<uuid:job_id>/draft/", drafts.draft_keep, name="draft-keep"),
    path("c/<slug:slug>/resources/search/", source_search.search, name="resource-search"),
    path("c/<slug:slug>/audio/sections/<uuid:section_id>/take/", takes.take_upload, name="take-upload"),
]
