"""Loudness as broadcasters measure it, and how a narration is brought to it.

Integrated loudness after ITU-R BS.1770-4 (K-weighting, 400 ms blocks, two gates); true peak by four-fold oversampling.
Everything works on streams of blocks, so that a narration of any length takes little memory. Mono, 48 kHz.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal

Samples = npt.NDArray[np.float32]

RATE = 48_000
TARGET_LUFS = -16.0
PEAK_DBTP = -1.5
SILENT_LUFS = -70.0
STEP = RATE // 10
BLOCK_STEPS = 4
OVERSAMPLING = 4

# The limiter thinks in grains of half a millisecond.
GRAIN = RATE // 2000
LOOKAHEAD_GRAINS = 10
RELEASE_GRAINS = 160
# Few enough that the exponential below stays within a float.
RELEASE_CHUNK = 16 * RELEASE_GRAINS
CHUNK = 100_000

# The K-weighting of BS.1770-4 at 48 kHz: the head's high shelf, then the low cut.
_SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
_LOW_CUT = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
_K_WEIGHTING = np.vstack([np.hstack(_SHELF), np.hstack(_LOW_CUT)])

# The interpolating filter of the oversampling, cut into the phases that lie between two samples.
MARGIN = 10
_INTERPOLATION = signal.firwin(2 * MARGIN * OVERSAMPLING + 1, 1 / OVERSAMPLING, window=("kaiser", 5.0)) * OVERSAMPLING
_PHASES = [np.append(_INTERPOLATION[phase::OVERSAMPLING], 0.0).astype(np.float32) for phase in range(1, OVERSAMPLING)]


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


def true_peak_of(blocks: Iterable[Samples]) -> float:
    """The true peak of a stream of blocks, in dBTP."""
    return decibels(max((float(peaks.max()) for peaks in _peaks(blocks)), default=0.0))


def _peaks(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """The true peak from each sample to the next, in pieces that are together as long as the stream."""
    waiting = np.zeros(MARGIN, np.float32)
    for block in blocks:
        # What follows a sample is needed to know the peaks beside it: the end of each block waits for the next.
        waiting = np.concatenate([waiting, block])
        if len(waiting) > 2 * MARGIN:
            yield _between(waiting)
            waiting = waiting[-2 * MARGIN :]
    waiting = np.concatenate([waiting, np.zeros(MARGIN, np.float32)])
    if len(waiting) > 2 * MARGIN:
        yield _between(waiting)


def _between(sound: Samples) -> Samples:
    """The true peaks of all samples but the margins."""
    peaks = np.abs(sound[MARGIN:-MARGIN])
    for phase in _PHASES:
        np.maximum(peaks, np.abs(np.convolve(sound, phase, "valid")), out=peaks)
    return peaks


def envelope(blocks: Iterable[Samples]) -> Samples:
    """The true peak of every grain of a stream: half a millisecond each, the last one may be shorter."""
    grains: list[Samples] = []
    rest = np.zeros(0, np.float32)
    for peaks in _peaks(blocks):
        rest = np.concatenate([rest, peaks])
        whole = len(rest) // GRAIN
        grains.append(rest[: whole * GRAIN].reshape(whole, GRAIN).max(axis=1))
        rest = rest[whole * GRAIN :]
    if len(rest):
        grains.append(rest.max(keepdims=True))
    return np.concatenate(grains) if grains else rest


class Limiter:
    """Holds a stream below a true peak: its gain falls ahead of a peak and recovers smoothly after it.

    Exact silence stays exact silence, and the output is as long as the input.
    """

    def __init__(self, peaks: Samples, gain: float, ceiling_dbtp: float) -> None:
        """peaks: the envelope of the stream before `gain`, a factor."""
        self._gain = np.float32(gain)
        ceiling = amplitude(ceiling_dbtp) / gain
        # One grain more than the smoothing reaches: between the centres of two grains the gain is interpolated.
        reach = LOOKAHEAD_GRAINS + 1

        def ahead(grains: Samples) -> Samples:
            needed = (1 - ceiling / np.maximum(grains, ceiling)).astype(np.float32)
            return np.asarray(ndimage.maximum_filter1d(needed, 2 * reach + 1, mode="nearest"))

        window = np.hanning(2 * LOOKAHEAD_GRAINS + 3)[1:-1]
        window /= window.sum()

        def smooth(grains: Samples) -> Samples:
            return np.asarray(ndimage.convolve1d(grains, window, mode="nearest"))

        self._reduction = _in_chunks(smooth, _released(_in_chunks(ahead, peaks, reach)), LOOKAHEAD_GRAINS)

    def run(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """The limited stream."""
        at = 0
        for block in blocks:
            first, last = at // GRAIN, (at + len(block)) // GRAIN + 1
            if self._reduction[max(0, first - 1) : last + 1].any():
                grains = (np.arange(at, at + len(block), dtype=np.float64) + 0.5) / GRAIN - 0.5
                near = np.arange(max(0, first - 1), min(last + 1, len(self._reduction)))
                reduction = np.interp(grains, near, self._reduction[near[0] : near[-1] + 1])
                yield (block * (self._gain * (1 - reduction))).astype(np.float32)
            else:
                yield block * self._gain
            at += len(block)


def _in_chunks(change: Callable[[Samples], Samples], grains: Samples, halo: int) -> Samples:
    """A filter that reaches `halo` grains to both sides, without its temporary copies of the whole."""
    changed = np.empty_like(grains)
    for at in range(0, len(grains), CHUNK):
        first = max(0, at - halo)
        changed[at : at + CHUNK] = change(grains[first : at + CHUNK + halo])[at - first :][: len(changed) - at][:CHUNK]
    return changed


def _released(needed: Samples) -> Samples:
    """Each reduction decays exponentially until a larger one comes."""
    rise = np.exp(np.arange(RELEASE_CHUNK + 1) / RELEASE_GRAINS)
    level = 0.0
    for at in range(0, len(needed), RELEASE_CHUNK):
        chunk = needed[at : at + RELEASE_CHUNK]
        raised = np.maximum.accumulate(np.concatenate([[level], chunk * rise[1 : len(chunk) + 1]]))
        held = raised[1:] / rise[1 : len(chunk) + 1]
        level = float(held[-1])
        # A reduction that nobody hears any more is over.
        held[held < 1e-4] = 0.0
        needed[at : at + RELEASE_CHUNK] = held
    return needed


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
