"""Loudness as broadcasters measure it, and how a narration is brought to it.

Integrated loudness after ITU-R BS.1770-4 (K-weighting, 400 ms blocks, two gates); true peak by four-fold oversampling.
Everything works on streams of blocks, so that a narration of any length takes the same memory. Mono, 48 kHz.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal

Samples = npt.NDArray[np.float32]

RATE = 48_000
TARGET_LUFS = -16.0
PEAK_DBTP = -1.5
SILENT_LUFS = -70.0
STEP = RATE // 10
BLOCK_STEPS = 4
OVERSAMPLING = 4
LOOKAHEAD = RATE * 5 // 1000
RELEASE_SECONDS = 0.08

# The K-weighting of BS.1770-4 at 48 kHz: the head's high shelf, then the low cut.
_SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
_LOW_CUT = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
_K_WEIGHTING = np.vstack([np.hstack(_SHELF), np.hstack(_LOW_CUT)])


class Meter:
    """Measures integrated loudness (LUFS) of a stream of blocks."""

    def __init__(self) -> None:
        self._state = np.zeros((2, 2))
        self._rest: npt.NDArray[np.float64] = np.zeros(0)
        self._steps: list[float] = []

    def add(self, block: Samples) -> None:
        """Measure a block of any length."""
        weighted, self._state = signal.sosfilt(_K_WEIGHTING, block.astype(np.float64), zi=self._state)
        squares = np.concatenate([self._rest, np.square(weighted)])
        whole = len(squares) // STEP
        self._steps += squares[: whole * STEP].reshape(whole, STEP).sum(axis=1).tolist()
        self._rest = squares[whole * STEP :]

    def lufs(self) -> float:
        """The loudness of everything added; −70 for silence, and for less than 400 ms."""
        steps = np.asarray(self._steps)
        if len(steps) < BLOCK_STEPS:
            return SILENT_LUFS
        power = np.convolve(steps, np.ones(BLOCK_STEPS), "valid") / (BLOCK_STEPS * STEP)
        loud = power[power > _power(SILENT_LUFS)]
        if not len(loud):
            return SILENT_LUFS
        gated = loud[loud > loud.mean() * 0.1]  # the relative gate lies 10 LU lower
        return _loudness(float(gated.mean()))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _loudness(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def decibels(amplitude: float) -> float:
    """An amplitude as dB of full scale; −120 for silence."""
    return 20 * math.log10(amplitude) if amplitude > 1e-6 else -120.0


def amplitude(decibel: float) -> float:
    """dB of full scale as an amplitude."""
    return float(10 ** (decibel / 20))


def loudness_of(blocks: Iterable[Samples]) -> float:
    """Integrated loudness of a stream of blocks, in LUFS."""
    meter = Meter()
    for block in blocks:
        meter.add(block)
    return meter.lufs()


def oversampled_peaks(block: Samples, margin: int) -> npt.NDArray[np.float64]:
    """The true peak around each sample of a block that carries `margin` samples more at both ends."""
    fine = np.abs(signal.resample_poly(block.astype(np.float64), OVERSAMPLING, 1))
    peaks = fine.reshape(-1, OVERSAMPLING).max(axis=1)
    return np.maximum(peaks, np.abs(block))[margin : len(peaks) - margin]


def true_peak_of(blocks: Iterable[Samples]) -> float:
    """The true peak of a stream of blocks, in dBTP."""
    return decibels(max((float(peaks.max()) for peaks in _peaks(blocks) if len(peaks)), default=0.0))


MARGIN = 64


def _peaks(blocks: Iterable[Samples]) -> Iterator[npt.NDArray[np.float64]]:
    """The true peaks of a stream, sample by sample; blocks overlap so that their seams ring as the whole would."""
    carried = np.zeros(MARGIN, np.float32)
    waiting = carried
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        if len(waiting) > 3 * MARGIN:
            yield oversampled_peaks(waiting, MARGIN)
            waiting = waiting[-2 * MARGIN :]
    waiting = np.concatenate([waiting, np.zeros(MARGIN, np.float32)])
    if len(waiting) > 2 * MARGIN:
        yield oversampled_peaks(waiting, MARGIN)


class Limiter:
    """Holds a stream below a true peak: gain falls ahead of a peak and recovers smoothly after it.

    Exact silence stays exact silence, and the output is as long as the input.
    """

    def __init__(self, ceiling_dbtp: float) -> None:
        self._ceiling = amplitude(ceiling_dbtp)
        self._release = math.exp(-1 / (RELEASE_SECONDS * RATE))
        self._window = signal.windows.hann(LOOKAHEAD + 2)[1:-1]
        self._window /= self._window.sum()
        self._level = 0.0

    def run(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """The limited stream."""
        sound = np.zeros(0, np.float32)
        needed = np.zeros(0)
        # Reduction (1 − gain) before the first sample is none.
        history = np.zeros(LOOKAHEAD - 1)
        source = iter(blocks)
        for block, peaks in _with_peaks(source):
            sound = np.concatenate([sound, block])
            wanted = np.where(peaks > self._ceiling, 1 - self._ceiling / np.maximum(peaks, 1e-9), 0.0)
            needed = np.concatenate([needed, wanted])
            ready = len(needed) - LOOKAHEAD
            if ready > 0:
                gains, history = self._gains(needed, ready, history)
                yield (sound[:ready] * gains).astype(np.float32)
                sound, needed = sound[ready:], needed[ready:]
        if len(sound):
            padded = np.concatenate([needed, np.zeros(LOOKAHEAD)])
            gains, _ = self._gains(padded, len(sound), history)
            yield (sound * gains).astype(np.float32)

    def _gains(
        self, needed: npt.NDArray[np.float64], count: int, history: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Gain for `count` samples: the largest reduction needed within the lookahead, released and smoothed."""
        views = np.lib.stride_tricks.sliding_window_view(needed, LOOKAHEAD)[:count]
        ahead = views.max(axis=1) if needed.any() else np.zeros(count)
        released = self._released(ahead)
        joined = np.concatenate([history, released])
        smooth = np.convolve(joined, self._window, "valid")
        return 1 - np.maximum(smooth[:count], 0.0), joined[-(LOOKAHEAD - 1) :]

    def _released(self, ahead: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Each reduction decays exponentially until a larger one comes."""
        if not ahead.any() and self._level < 1e-6:
            self._level = 0.0
            return ahead
        result = np.empty_like(ahead)
        level, release = self._level, self._release
        for index, value in enumerate(ahead.tolist()):
            level = value if value > level else level * release
            result[index] = level
        self._level = level
        return result


def _with_peaks(blocks: Iterable[Samples]) -> Iterator[tuple[Samples, npt.NDArray[np.float64]]]:
    """A stream beside its true peaks, re-cut so that both have the same length."""
    held: list[Samples] = []

    def tapped() -> Iterator[Samples]:
        for block in blocks:
            held.append(block)
            yield block

    buffer = np.zeros(0, np.float32)
    for peaks in _peaks(tapped()):
        buffer = np.concatenate([buffer, *held])
        held.clear()
        yield buffer[: len(peaks)], peaks
        buffer = buffer[len(peaks) :]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished sound measures: integrated loudness (LUFS) and true peak (dBTP)."""

    lufs: float
    true_peak: float


def measure(blocks: Iterable[Samples]) -> Measured:
    """Both figures in one pass over a stream."""
    meter = Meter()

    def metered() -> Iterator[Samples]:
        for block in blocks:
            meter.add(block)
            yield block

    peak = true_peak_of(metered())
    return Measured(meter.lufs(), peak)
