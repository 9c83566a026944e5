"""Pictures of our own for sources that have some: a sea under a sky, another one for every seed."""

from __future__ import annotations

import struct
import zlib


def rgb_png(rows: list[bytes]) -> bytes:
    """A picture of rows of red, green and blue bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    body = b"".join(b"\0" + row for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def seascape(seed: int, width: int = 480, height: int = 320) -> bytes:
    """A sky that grows lighter towards the sea, a sun or moon, and bands of water."""
    tint = ((seed * 67) % 90, (seed * 41) % 70, (seed * 23) % 60)
    horizon = height * (50 + seed * 7 % 20) // 100
    sun_x, sun_y, radius = width * (20 + seed * 31 % 60) // 100, horizon * 6 // 10, height // 12
    rows = []
    for y in range(height):
        above = y < horizon
        share = y / horizon if above else (y - horizon) / (height - horizon)
        base = (
            (40 + 150 * share, 60 + 110 * share, 120 + 60 * share) if above else (30, 90 - 50 * share, 120 - 60 * share)
        )
        wave = 0 if above or (y // 6 + seed) % 3 else 22
        colour = bytes(min(255, int(one + add + wave)) for one, add in zip(base, tint, strict=True))
        half = int((radius**2 - (y - sun_y) ** 2) ** 0.5) if abs(y - sun_y) <= radius else 0
        left, right = max(sun_x - half, 0), min(sun_x + half, width)
        rows.append(colour * left + b"\xf6\xec\xd2" * (right - left) + colour * (width - right))
    return rgb_png(rows)
