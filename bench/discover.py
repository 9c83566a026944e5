"""What a search through 6000 results takes: requests beside the model, CPU beside plain yt-dlp, memory.

Against the made-up YouTube of the tests, in a process of its own and without the pauses of politeness. The filters are
those of a hunt for small channels' hits: under four minutes, at most 10 000 subscribers, five times their median.
The model: a request for every twenty results, and one for every channel whose videos pass what costs nothing.

Run: python -m bench.discover
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from jobs.tools.youtube.chains import MOST_RAW, Widening
from jobs.tools.youtube.door import YouTube
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.filters import Filters
from jobs.tools.youtube.line import Silence, options
from jobs.tools.youtube.outlier import outlier
from jobs.tools.youtube.pace import TokenBucket
from jobs.tools.youtube.records import ChannelFacts

CHANNELS, QUERY = 900, "street food"
FILTERS = Filters(duration="under_4", most_subscribers=10_000, least_outlier=5.0)
SAMPLE_RESULTS, SAMPLE_CHANNELS = 600, 60
BAR_REQUESTS, BAR_CPU, BAR_GROWTH = 1.1, 1.0, 40


@contextmanager
def world() -> Iterator[dict[str, Any]]:
    """The made-up YouTube in a process of its own; gives yt-dlp's options."""
    command = [sys.executable, "-m", "tests.fakes.youtube_world", "--channels", str(CHANNELS), "--seed", "6"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            environment = json.loads(process.stdout.readline())
            os.environ["SSL_CERT_FILE"] = environment["SSL_CERT_FILE"]
            yield json.loads(environment["YTDLP_OPTIONS"])
        finally:
            process.terminate()


def megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def hunt(given: dict[str, Any]) -> None:
    """Search as a discover job does, and print the figures."""
    facts: dict[str, ChannelFacts | None] = {}
    dropped = kept = 0
    memory: dict[int, float] = {}
    now = datetime.now(UTC)
    channels_cpu = 0.0
    since, cpu = time.monotonic(), time.process_time()
    with YouTube(given, pace=TokenBucket(per_second=1e6, burst=1000)) as youtube:
        widening = Widening(youtube.search, QUERY, FILTERS.chains())
        for video in widening:
            memory.setdefault(widening.raw // 1000, megabytes())
            if FILTERS.drops(video, now) or not video.channel_id:
                dropped += 1
                continue
            if video.channel_id not in facts:
                begun = time.process_time()
                try:
                    facts[video.channel_id] = youtube.channel(video.channel_id)
                except YouTubeError:
                    facts[video.channel_id] = None
                channels_cpu += time.process_time() - begun
            channel = facts[video.channel_id]
            if not channel or FILTERS.drops_channel(channel):
                continue
            kept += FILTERS.drops_outlier(outlier(video, channel.recent, now)) is None
        requests = youtube.requests
    cpu, seconds = time.process_time() - cpu, time.monotonic() - since
    pages = requests - len(facts)
    model = math.ceil(widening.raw / 20) + len(facts)
    growth = megabytes() - memory[1]
    print(
        f"{widening.raw} raw in {widening.stage} searches ({widening.ended}), {widening.unique} unique, "
        f"{dropped} dropped free, {len(facts)} channels looked up, {kept} kept"
    )
    print(f"requests: {requests}, the model {model}: {requests / model:.2f} × (bar {BAR_REQUESTS})")
    print(f"CPU: {cpu:.1f} s, {channels_cpu:.1f} s of it for channels; {seconds:.0f} s in all")
    print(f"memory: {memory[1]:.0f} MB at 1000 raw, {megabytes():.0f} MB at the end (bar + {BAR_GROWTH} MB)")
    assert widening.raw == MOST_RAW
    assert requests <= BAR_REQUESTS * model
    assert growth <= BAR_GROWTH
    plain_pages, plain_channels = plain(given, list(facts))
    plain_cpu = pages * plain_pages + len(facts) * plain_channels
    print(
        f"plain yt-dlp on the same pages: {plain_cpu:.1f} s of CPU ({plain_pages * 1000:.0f} ms a page of results, "
        f"{plain_channels * 1000:.0f} ms a channel; ours {(cpu - channels_cpu) / pages * 1000:.0f} ms and "
        f"{channels_cpu / len(facts) * 1000:.0f} ms): ours is {cpu / plain_cpu:.2f} × (bar {BAR_CPU})"
    )
    assert cpu <= BAR_CPU * plain_cpu


def plain(given: dict[str, Any], channels: list[str]) -> tuple[float, float]:
    """CPU seconds of yt-dlp alone, with our options: for a page of results, and for a channel's page."""
    import yt_dlp

    with yt_dlp.YoutubeDL({**options(given), "logger": Silence()}) as downloader:
        cpu = time.process_time()
        found = downloader.extract_info(
            f"https://www.youtube.com/results?search_query={QUERY.replace(' ', '+')}&sp=EgIQAQ%3D%3D",
            download=False,
            process=False,
        )
        count = sum(1 for _ in islice(found["entries"], SAMPLE_RESULTS))
        for_page = (time.process_time() - cpu) / math.ceil(count / 20)
        cpu = time.process_time()
        read = 0
        for channel in channels[:SAMPLE_CHANNELS]:
            # Some are gone.
            try:
                page = downloader.extract_info(
                    f"https://www.youtube.com/channel/{channel}/videos", download=False, process=False
                )
            except yt_dlp.utils.DownloadError:
                continue
            list(islice(page["entries"], 30))
            read += 1
        return for_page, (time.process_time() - cpu) / read


def main() -> None:
    """Run it."""
    with world() as given:
        hunt(given)


if __name__ == "__main__":
    main()
