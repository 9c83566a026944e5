"""YouTube as the studio knows it: channels and pages of results, the same for everybody; and the videos a channel has found."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from channels_app.models.channel import Channel

# How long what YouTube has said is not asked again: a channel's figures and newest videos, and what hardly changes.
FACTS_FOR = timedelta(hours=24)
ABOUT_FOR = timedelta(days=7)
# Pages of a search: long enough to try other filters, and to go on after a failure, without asking again.
PAGES_FOR = timedelta(hours=6)

WATCH_URL = "https://www.youtube.com/watch?v={}"
SHORTS_URL = "https://www.youtube.com/shorts/{}"
CHANNEL_URL = "https://www.youtube.com/channel/{}"


class YouTubeChannel(models.Model):
    """Public figures of a channel on YouTube, shared by everybody. Unknown is null: YouTube leaves out much.

    subscribers: three digits are exact. recent: its newest videos, each a `Video` of jobs.tools.youtube as JSON;
    has_shorts, has_lives: whether Shorts and streams are among them. source: what answered. looked_up_at: when these
    were asked for (`FACTS_FOR`). is_gone: there is no such channel any more, which is worth remembering as well;
    trouble says why. total_views, joined_on, country: of its about panel, asked for at about_at (`ABOUT_FOR`).
    samples: [{"id", "title", "views", "likes", "comments"}] of some videos, asked for at sampled_at.
    """

    youtube_id = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=200, blank=True)
    handle = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    subscribers = models.PositiveBigIntegerField(null=True, blank=True)
    video_count = models.PositiveBigIntegerField(null=True, blank=True)
    recent = models.JSONField(default=list, blank=True)
    has_shorts = models.BooleanField(default=False)
    has_lives = models.BooleanField(default=False)
    source = models.CharField(max_length=10, blank=True)
    is_gone = models.BooleanField(default=False)
    trouble = models.CharField(max_length=300, blank=True)
    looked_up_at = models.DateTimeField(null=True, blank=True)
    total_views = models.PositiveBigIntegerField(null=True, blank=True)
    joined_on = models.DateField(null=True, blank=True)
    country = models.CharField(max_length=80, blank=True)
    about_at = models.DateTimeField(null=True, blank=True)
    samples = models.JSONField(default=list, blank=True)
    sampled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "youtube_id")
        indexes = [models.Index(fields=["looked_up_at"], name="youtube_channel_age")]
        verbose_name = "YouTube channel"

    def __str__(self) -> str:
        return self.name or self.youtube_id

    @property
    def url(self) -> str:
        """Its page on YouTube."""
        return CHANNEL_URL.format(self.youtube_id)

    @property
    def is_fresh(self) -> bool:
        """Whether its figures and newest videos need not be asked for again."""
        return is_within(self.looked_up_at, FACTS_FOR)

    @property
    def is_about_fresh(self) -> bool:
        """Whether its about panel need not be asked for again."""
        return is_within(self.about_at, ABOUT_FOR)


class SearchedPage(models.Model):
    """One page of a search as YouTube answered it, so that the same question within `PAGES_FOR` costs no request.

    key: which chain of results (the words, and the filters that YouTube itself applies). videos: each a `Video` of
    jobs.tools.youtube as JSON. is_last: the chain ends with it.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    videos = models.JSONField(default=list)
    is_last = models.BooleanField(default=False)
    fetched_at = models.DateTimeField()

    class Meta:
        ordering = ("key", "number")
        constraints = [models.UniqueConstraint(fields=["key", "number"], name="searched_page_number")]
        indexes = [models.Index(fields=["fetched_at"], name="searched_page_age")]

    def __str__(self) -> str:
        return f"page {self.number} of {self.key[:12]}"


class FoundVideo(models.Model):
    """A video that a search of the channel has kept. Unknown is null: YouTube leaves out much.

    format: streams are `live`, whether they run, are planned or over. views, subscribers: as of counted_at.
    published_at: from "3 weeks ago", so late by up to one unit, unless is_date_exact. times_median, times_average: views
    ÷ the median (average) of `peers` other videos of its channel in the same format (docs/discover.md), which were
    baseline_median and baseline_average; null where there are too few, and why_no_score says so. is_older_than_peers: it
    had longer to be seen than every peer. searched_at, position: when the newest search that kept it began, and its place
    in it: the order of the grid. dismissed_at: out of sight, and never kept again.
    """

    class Format(models.TextChoices):
        """What YouTube shows it as; formats are never compared with each other."""

        LONG = "long", "Video"
        SHORT = "short", "Short"
        LIVE = "live", "Stream"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="found_videos")
    video_id = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    youtube_channel_id = models.CharField(max_length=64, blank=True)
    youtube_channel_name = models.CharField(max_length=200, blank=True)
    subscribers = models.PositiveBigIntegerField(null=True, blank=True)
    views = models.PositiveBigIntegerField(null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    format = models.CharField(max_length=5, choices=Format.choices, default=Format.LONG)
    published_at = models.DateTimeField(null=True, blank=True)
    is_date_exact = models.BooleanField(default=False)
    times_median = models.FloatField(null=True, blank=True)
    times_average = models.FloatField(null=True, blank=True)
    baseline_median = models.FloatField(null=True, blank=True)
    baseline_average = models.FloatField(null=True, blank=True)
    peers = models.PositiveIntegerField(null=True, blank=True)
    is_older_than_peers = models.BooleanField(default=False)
    why_no_score = models.CharField(max_length=200, blank=True)
    counted_at = models.DateTimeField()
    searched_at = models.DateTimeField()
    position = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-searched_at", "position", "id")
        indexes = [
            models.Index(fields=["channel", "-searched_at", "position"], name="found_video_order"),
            models.Index(fields=["channel", "youtube_channel_id"], name="found_video_uploader"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "video_id"], name="found_video_once_per_channel"),
        ]
        verbose_name = "found video"

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """Where it is watched."""
        return (SHORTS_URL if self.format == self.Format.SHORT else WATCH_URL).format(self.video_id)

    @property
    def youtube_channel_url(self) -> str:
        """Its channel's page on YouTube."""
        return CHANNEL_URL.format(self.youtube_channel_id)


class SearchHit(models.Model):
    """That a search (a job of kind `discover`) has kept a video; several searches may keep the same one."""

    id = models.BigAutoField(primary_key=True)
    video = models.ForeignKey(FoundVideo, on_delete=models.CASCADE, related_name="hits")
    query = models.CharField(max_length=200)
    made_by_job = models.UUIDField()
    job_position = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["made_by_job", "job_position"], name="search_hit_once_per_job_position"),
            models.UniqueConstraint(fields=["made_by_job", "video"], name="search_hit_once_per_job_video"),
        ]

    def __str__(self) -> str:
        return f"“{self.query}” found {self.video_id}"


class Transcript(models.Model):
    """What is said in a found video, in numbered lines: [{"seconds", "text"}]. is_automatic: YouTube has heard it itself."""

    video = models.OneToOneField(FoundVideo, on_delete=models.CASCADE, primary_key=True, related_name="transcript")
    language = models.CharField(max_length=40, blank=True)
    is_automatic = models.BooleanField(default=False)
    lines = models.JSONField(default=list)
    fetched_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"transcript of {self.video_id}"

    @property
    def text(self) -> str:
        """All of it, without the times."""
        return " ".join(line["text"] for line in self.lines)


def is_within(moment: datetime | None, span: timedelta) -> bool:
    """Whether a moment is known, and not longer ago than that."""
    return moment is not None and timezone.now() - moment < span
