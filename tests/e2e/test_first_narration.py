"""What the studio is for: a newcomer presses Speak, watches it live, and hears a narration that measures well."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import soundfile
from playwright.sync_api import Browser, Page, expect

from jobs.tools.audio import ffmpeg
from tests.e2e.visiting import RunningStudio, Visitor, sign_in
from tests.servers import wait_until

pytestmark = [pytest.mark.chromium, pytest.mark.redis, pytest.mark.ffmpeg]


def open_audio_room(page: Page, studio: RunningStudio) -> None:
    page.goto(f"{studio.base}/c/demo/audio/")
    page.get_by_role("link", name="Why there are two high tides").first.click()
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)


def speak(page: Page, studio: RunningStudio) -> None:
    """Press Speak (or Speak again) and watch it to its end, without a reload."""
    open_audio_room(page, studio)
    before = page.evaluate("performance.timeOrigin")
    jobs = page.locator(".slot-job")
    earlier = jobs.get_attribute("data-job") if jobs.count() else ""
    page.get_by_role("button", name=re.compile("^Speak")).click()
    # Known by its id: one that finds everything spoken already may be over before anybody has seen it run.
    expect(page.locator(f".slot-job:not([data-job='{earlier}'])")).to_have_attribute(
        "data-state", "completed", timeout=60_000
    )
    assert page.evaluate("performance.timeOrigin") == before


def test_a_newcomer_speaks_the_demo_script(live_studio: RunningStudio, demo: Visitor, tmp_path: Path) -> None:
    page = demo.page
    speak(page, live_studio)
    sections = page.locator("[data-section]")
    expect(sections).to_have_count(4)
    expect(page.locator('[data-section][data-state="ready"]')).to_have_count(4)
    player = page.locator(".slot audio").first
    expect(player).to_have_attribute("aria-label", "narration.mp3")
    player.evaluate("audio => audio.play()")
    wait_until(lambda: player.evaluate("audio => audio.currentTime > 0.3"), 15, "a narration that plays")

    wav = tmp_path / "narration.wav"
    address = page.locator('.slot a[href*="narration.wav"]').get_attribute("href")
    wav.write_bytes(demo.context.request.get(f"{live_studio.base}{address}").body())
    judge_narration(wav)
    words_address = page.locator('.slot a[href*="words.json"]').get_attribute("href")
    judge_words(demo.context.request.get(f"{live_studio.base}{words_address}").text(), wav)


def judge_narration(wav: Path) -> None:
    """Loudness, true peak and pace by ffmpeg's own meter."""
    lines: list[str] = []
    ffmpeg.call(
        ["-loglevel", "info", *ffmpeg.source(wav), "-af", "ebur128=peak=true", "-f", "null", "-"], on_line=lines.append
    )
    said = "\n".join(lines)
    summary = said[said.rindex("Summary") :]
    loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", summary)[0])
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", summary)[0])
    assert abs(loudness + 16) <= 0.3
    assert peak <= -1.5
    seconds = soundfile.info(wav).duration
    assert 120 <= 158 / (seconds / 60) <= 220


def judge_words(text: str, wav: Path) -> None:
    """Words are the written ones, in order, inside the narration."""
    words = [word for section in json.loads(text)["sections"] for word in section["words"]]
    starts = [word["start"] for word in words]
    assert starts == sorted(starts)
    assert words[0]["text"] == "Stand"
    assert words[-1]["end"] <= soundfile.info(wav).duration + 0.01
    assert len(words) > 140


def test_the_command_line_streams_the_output_and_names_the_files(live_studio: RunningStudio, tmp_path: Path) -> None:
    # Other tests of this studio may have made scripts of their own.
    code = "from channels_app.models import Script; print(Script.objects.earliest('created_at').pk)"
    found = live_studio.manage("shell", "-v0", "-c", code)
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({"script": found.strip(), "voice": "auto"}), encoding="utf-8")
    said = live_studio.manage("job", "submit", "tts", "--channel", "demo", "--inputs", f"@{inputs}", "--follow")
    assert "Two high tides" in said
    assert "of narration at -16.0 LUFS" in said
    assert re.search(r"narration\.mp3 \(\d+ bytes\) http://127\.0\.0\.1:\d+/api/v1/jobs/", said)


def test_followed_live_and_freshly_loaded_rows_are_the_same(live_studio: RunningStudio, demo: Visitor) -> None:
    speak(demo.page, live_studio)
    jobs = demo.context.new_page()
    jobs.goto(f"{live_studio.base}/c/demo/jobs/")
    expect(jobs.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)
    speak(demo.page, live_studio)
    jobs.bring_to_front()
    expect(jobs.locator("[data-new-rows]")).to_have_text("1 new job", timeout=15_000)
    rows = jobs.locator("article.job-row")
    before = rows.count()
    jobs.locator("[data-new-rows]").click()
    expect(rows).to_have_count(before + 1)
    row = rows.first
    expect(row).to_have_attribute("data-state", "completed")
    followed = row.locator("[data-f]").all_inner_texts()
    jobs.reload()
    expect(row.locator("[data-f]")).to_have_text(followed, use_inner_text=True)


def test_without_javascript_jobs_are_started_and_followed_by_forms(
    browser: Browser, live_studio: RunningStudio
) -> None:
    visitor = sign_in(browser, live_studio, java_script_enabled=False)
    page = visitor.page
    page.goto(f"{live_studio.base}/c/demo/audio/")
    page.get_by_role("link", name="Why there are two high tides").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Speak")).click()
    page.goto(f"{live_studio.base}/c/demo/jobs/")
    page.locator("article.job-row h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Speak")
    page.get_by_role("link", name="Attempts").click()
    expect(page.get_by_role("group", name="Details")).to_be_visible()
    visitor.context.close()


def test_a_standard_user_has_no_jobs_panel(browser: Browser, live_studio: RunningStudio) -> None:
    visitor = sign_in(browser, live_studio, "standard")
    answer = visitor.context.request.get(f"{live_studio.base}/c/demo/jobs/")
    assert answer.status == 404
    visitor.context.close()
