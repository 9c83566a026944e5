"""The made-up YouTube's answers about one video, and those of its Data API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fakes.youtube_pages import pictures, short
from tests.fakes.youtube_seed import MadeChannel, MadeVideo

# YouTube's own words, as far as we know them.
REFUSALS: dict[str, dict[str, Any]] = {
    "private": {
        "status": "LOGIN_REQUIRED",
        "reason": "Private video",
        "messages": ["This is a private video. Please sign in to verify that you may see it."],
        "errorScreen": {"playerErrorMessageRenderer": {"reason": {"simpleText": "Private video"}}},
    },
    "members": {
        "status": "UNPLAYABLE",
        "reason": "Join this channel to get access to members-only content like this video.",
    },
    "removed": {
        "status": "ERROR",
        "reason": "Video unavailable",
        "errorScreen": {
            "playerErrorMessageRenderer": {"subreason": {"simpleText": "This video has been removed by the uploader"}}
        },
    },
    "region": {
        "status": "UNPLAYABLE",
        "reason": "Video unavailable",
        "errorScreen": {
            "playerErrorMessageRenderer": {
                "reason": {"simpleText": "Video unavailable"},
                "subreason": {"simpleText": "The uploader has not made this video available in your country"},
            }
        },
    },
    "age": {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm your age", "desktopLegacyAgeGateReason": 1},
    "bot": {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you’re not a bot"},
    "later": {"status": "UNPLAYABLE", "reason": "This content isn't available, try again later."},
}


def player(video: MadeVideo, now: datetime, base: str, refusal: str = "") -> dict[str, Any]:
    """`player`: whether it may be seen, and its figures."""
    refusal = refusal or ("" if video.status == "public" else video.status)
    if refusal:
        shown: dict[str, Any] = {"playabilityStatus": REFUSALS[refusal]}
        if refusal in ("age", "region", "members"):
            shown["videoDetails"] = _details(video, now, base)
            shown["microformat"] = _microformat(video)
        else:
            shown["videoDetails"] = {"videoId": video.id}
        return shown
    answer: dict[str, Any] = {
        "playabilityStatus": {"status": "OK"},
        "videoDetails": _details(video, now, base),
        "microformat": _microformat(video),
        "streamingData": {"formats": [{"itag": 18, "url": "https://media.example/18", "mimeType": "video/mp4"}]},
    }
    if video.has_captions:
        track = {
            "baseUrl": f"https://www.youtube.com/api/timedtext?v={video.id}&lang=en&kind=asr",
            "name": {"simpleText": "English (auto-generated)"},
            "vssId": "a.en",
            "languageCode": "en",
            "kind": "asr",
            "isTranslatable": True,
        }
        answer["captions"] = {"playerCaptionsTracklistRenderer": {"captionTracks": [track]}}
    return answer


def watch_next(video: MadeVideo, now: datetime) -> dict[str, Any]:
    """`next`: likes, comments, the owner."""
    views = video.views_at(now)
    like = {
        "segmentedLikeDislikeButtonViewModel": {
            "likeButtonViewModel": {
                "likeButtonViewModel": {
                    "toggleButtonViewModel": {
                        "toggleButtonViewModel": {
                            "defaultButtonViewModel": {
                                "buttonViewModel": {
                                    "accessibilityText": f"like this video along with {views // 25:,} other people"
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    owner: dict[str, Any] = {"title": {"runs": [{"text": video.channel.title}]}}
    if not video.channel.hides_subscribers:
        owner["subscriberCountText"] = {"simpleText": f"{short(video.channel.subscribers)} subscribers"}
    contents = [
        {
            "videoPrimaryInfoRenderer": {
                "title": {"runs": [{"text": video.title}]},
                "viewCount": {"videoViewCountRenderer": {"viewCount": {"simpleText": f"{views:,} views"}}},
                "videoActions": {"menuRenderer": {"topLevelButtons": [like]}},
                "dateText": {"simpleText": f"{video.published:%b} {video.published.day}, {video.published.year}"},
            }
        },
        {"videoSecondaryInfoRenderer": {"owner": {"videoOwnerRenderer": owner}}},
    ]
    comments = {
        "engagementPanelSectionListRenderer": {
            "panelIdentifier": "engagement-panel-comments-section",
            "header": {
                "engagementPanelTitleHeaderRenderer": {"contextualInfo": {"runs": [{"text": short(views // 300)}]}}
            },
        }
    }
    return {
        "contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": contents}}}},
        "engagementPanels": [comments],
    }


def api_channel(channel: MadeChannel, now: datetime) -> dict[str, Any]:
    """An item of the Data API's `channels.list`."""
    shown = channel.of("long", "short", "was_live", "live")
    statistics = {
        "viewCount": str(sum(video.views_at(now) for video in channel.videos)),
        "videoCount": str(len(shown)),
        "hiddenSubscriberCount": channel.hides_subscribers,
    }
    if not channel.hides_subscribers:
        digits = max(0, len(str(channel.subscribers)) - 3)
        statistics["subscriberCount"] = str(channel.subscribers // 10**digits * 10**digits)
    return {
        "id": channel.id,
        "snippet": {
            "title": channel.title,
            "customUrl": channel.handle,
            "publishedAt": channel.joined.isoformat().replace("+00:00", "Z"),
            "country": channel.country,
        },
        "statistics": statistics,
    }


def api_video(video: MadeVideo, now: datetime) -> dict[str, Any]:
    """An item of the Data API's `videos.list`."""
    views = video.views_at(now)
    minutes, seconds = divmod(video.seconds, 60)
    return {
        "id": video.id,
        "snippet": {
            "title": video.title,
            "channelId": video.channel.id,
            "publishedAt": video.published.isoformat().replace("+00:00", "Z"),
            "tags": video.topic.split(),
        },
        "contentDetails": {"duration": f"PT{minutes}M{seconds}S"},
        "statistics": {"viewCount": str(views), "likeCount": str(views // 25), "commentCount": str(views // 300)},
    }


def _details(video: MadeVideo, now: datetime, base: str) -> dict[str, Any]:
    return {
        "videoId": video.id,
        "title": video.title,
        "lengthSeconds": str(video.seconds),
        "channelId": video.channel.id,
        "viewCount": str(video.views_at(now)),
        "shortDescription": f"All about {video.topic}.\n\nNo sponsors.",
        "keywords": video.topic.split(),
        "thumbnail": {"thumbnails": pictures(video, base)},
        "isLiveContent": video.kind in ("live", "was_live"),
        "isLive": video.kind == "live",
    }


def _microformat(video: MadeVideo) -> dict[str, Any]:
    return {
        "playerMicroformatRenderer": {
            "uploadDate": video.published.isoformat(timespec="seconds"),
            "category": "Education",
            "ownerProfileUrl": f"http://www.youtube.com/{video.channel.handle}",
            "isShortsEligible": video.kind == "short",
        }
    }
