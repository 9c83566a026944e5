from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.tools.audio import merge
from jobs.tools.audio.merge import Part

LENGTHS = st.lists(st.tuples(st.integers(1, 10**8), st.integers(0, 60_000)), max_size=40)


@given(LENGTHS)
def test_the_plan_adds_up_to_the_frame(parts: list[tuple[int, int]]) -> None:
    lengths, pauses = [frames for frames, _ in parts], [pause for _, pause in parts]
    places = merge.plan(lengths, pauses)
    assert [place.frames for place in places] == lengths
    at = 0
    for place in places:
        assert place.start == at
        at += place.frames + place.pause
    assert merge.total_frames(places) == at == sum(lengths) + sum(48 * pause for pause in pauses[:-1])
    assert not places or places[-1].pause == 0


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 1500)), min_size=1, max_size=4))
def test_the_stream_is_the_plan(tmp_path: Path, sizes: list[tuple[int, int]]) -> None:
    parts = []
    for at, (frames, pause) in enumerate(sizes):
        path = tmp_path / f"{at}.wav"
        soundfile.write(path, np.full(frames, (at + 1) * 0.1), 48_000, subtype="PCM_16")
        parts.append(Part(path, pause))
    places = merge.plan([frames for frames, _ in sizes], [pause for _, pause in sizes])
    whole = np.concatenate(list(merge.stream(parts, places, [1.0] * len(parts))))
    assert len(whole) == merge.total_frames(places)
    for at, place in enumerate(places):
        assert whole[place.start : place.start + place.frames] == pytest.approx((at + 1) * 0.1, abs=1e-4)
        assert not whole[place.start + place.frames :][: place.pause].any()
