"""The designs of a composed picture: where the title stands, and what is done to the background so that it can be read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from jobs.tools.images.fonts import Face
from jobs.tools.images.palette import contrast, mixed
from jobs.tools.images.sheet import Sheet, bar
from jobs.tools.images.typesetting import Block


def headline(sheet: Sheet) -> None:
    """The title large upon the picture, on its quiet side, under a bar in the accent's colour."""
    left, top, right, bottom = sheet.safe
    palette, unit = sheet.palette, sheet.unit
    wide = (right - left) * (1.0 if sheet.is_tall else 0.64)
    start, sheet.eyebrow_room = (right - wide if sheet.is_rtl else left), wide
    box = (start, top + 15 * unit, start + wide, bottom)
    block = sheet.set(sheet.sans, box, 20, 6 if sheet.is_tall else 4)
    drawn = block.drawn_box(box, "start", 1.0)
    eyebrow = (start, top + 1.5 * unit, start + wide, top + 5 * unit)
    mask = sheet.place((0.42, 0.02)) if sheet.is_tall else sheet.place((0.5, 0.9))
    if sheet.is_tall:
        mask = np.maximum(mask, sheet.place((0.08, 0.3)))
    sheet.shade(mask, palette.ink, palette.paper, [drawn, eyebrow])
    length = 13 * unit
    at = right - length if sheet.is_rtl else left
    bar(sheet, at, drawn[1] - 6.4 * unit, at + length, drawn[1] - 4.9 * unit, palette.accent)
    sheet.write(block, box, palette.paper, anchor=1.0)
    start = right if sheet.is_rtl else left
    sheet.write_eyebrow((start, top + 3 * unit), palette.paper, palette.accent, ends="end" if sheet.is_rtl else "start")


def panel(sheet: Sheet) -> None:
    """A plain panel beside the picture, with the title in it."""
    left, top, right, bottom = sheet.safe
    palette, unit = sheet.palette, sheet.unit
    paper, text, mark = sheet.random.choice(
        ((palette.deep, palette.paper, palette.accent), (palette.accent, palette.ink, palette.ink),
         (palette.paper, palette.ink, palette.base))
    )  # fmt: skip
    if sheet.is_tall:
        edge = sheet.height * 0.4
        sheet.image.paste(sheet.image.crop(_middle(sheet, sheet.width, edge)), (0, 0))
        bar(sheet, 0, edge, sheet.width, sheet.height, paper)
        bar(sheet, 0, edge, sheet.width, edge + 1.6 * unit, mark)
        box = (left, edge + 16 * unit, right, bottom)
        block = sheet.set(sheet.serif, box, 16, 5)
        sheet.write(block, box, text)
        start = right if sheet.is_rtl else left
        sheet.write_eyebrow((start, edge + 9 * unit), text, mark, ends="end" if sheet.is_rtl else "start")
        return
    edge = sheet.width * 0.56
    beside = round(sheet.width - edge)
    shown = sheet.image.crop(_middle(sheet, beside, sheet.height))
    at = 0 if sheet.is_rtl else sheet.width - beside
    sheet.image.paste(paper, (0, 0, sheet.width, sheet.height))
    sheet.image.paste(shown, (at, 0))
    strip = beside if sheet.is_rtl else edge - 1.6 * unit
    bar(sheet, strip, 0, strip + 1.6 * unit, sheet.height, mark)
    sheet.eyebrow_room = inner = edge - sheet.margin - 6 * unit
    x = right - inner if sheet.is_rtl else left
    box = (x, top + 11 * unit, x + inner, bottom)
    block = sheet.set(sheet.serif, box, 17, 5)
    sheet.write(block, box, text, anchor=1.0)
    start = right if sheet.is_rtl else left
    sheet.write_eyebrow((start, top + 3 * unit), text, mark, ends="end" if sheet.is_rtl else "start")


def _middle(sheet: Sheet, width: float, height: float) -> tuple[int, int, int, int]:
    """The part of the picture that a smaller frame shows: where what matters is thought to be."""
    x = round((sheet.width - width) * (0.5 if sheet.is_photo else 0.94))
    y = round((sheet.height - height) * 0.42)
    return x, y, x + round(width), y + round(height)


def card(sheet: Sheet) -> None:
    """A sheet of paper laid upon the picture."""
    left, top, right, bottom = sheet.safe
    palette, unit = sheet.palette, sheet.unit
    pad = 5.6 * unit
    wide = (right - left) * (1.0 if sheet.is_tall else 0.68)
    inner = (left + pad, top, left + wide - pad, bottom - pad)
    room = (bottom - top) * 0.62
    block = sheet.set(sheet.serif, (inner[0], 0, inner[2], room), 14, 4)
    high = block.ink_height + 2 * pad + 7.5 * unit
    low = bottom + (0 if sheet.is_tall else sheet.margin * 0.1)
    sheet.eyebrow_room = max(block.width, 34 * unit)
    box_wide = sheet.eyebrow_room + 2 * pad
    x = right - box_wide if sheet.is_rtl else left
    bar(sheet, x, low - high, x + box_wide, low, palette.paper)
    bar(sheet, x, low - high, x + box_wide, low - high + 1.7 * unit, palette.glow)
    start = x + box_wide - pad if sheet.is_rtl else x + pad
    sheet.write_eyebrow(
        (start, low - high + pad + 2.4 * unit), mixed(palette.base, palette.ink, 0.35), palette.glow,
        ends="end" if sheet.is_rtl else "start",
    )  # fmt: skip
    sheet.write(block, (x + pad, low - pad - block.ink_height, x + box_wide - pad, low - pad), palette.ink)


def labels(sheet: Sheet) -> None:
    """Every line of the title on a strip of its own, as if stuck onto the picture."""
    left, top, right, bottom = sheet.safe
    palette, unit = sheet.palette, sheet.unit
    pad = 2.6 * unit
    wide = (right - left) * (1.0 if sheet.is_tall else 0.8)
    inner = (left + pad, top + 10 * unit, left + wide - pad, bottom - pad)
    block = sheet.set(sheet.sans, inner, 16.5, 6 if sheet.is_tall else 4)
    loose = Block(_looser(block.face), block.size, block.lines, block.is_right_to_left, block.is_cut)
    while loose.ink_height + 2 * pad > inner[3] - inner[1] and loose.size > 16:
        loose = Block(loose.face, loose.size - 1, loose.lines, loose.is_right_to_left, loose.is_cut)
    shift = right - wide - left if sheet.is_rtl else 0.0
    box = (inner[0] + shift, inner[1], inner[2] + shift, inner[3])
    first = sheet.random.randrange(2)
    paints = ((palette.accent, palette.ink), (palette.paper, palette.ink))
    places = loose.baselines(box, "start", 1.0)
    rise = max(-ink[1] for ink in loose.inks())
    fall = max(max(ink[3] for ink in loose.inks()), loose.size * 0.2)
    for number, ((x, y), ink, line) in enumerate(zip(places, loose.inks(), loose.lines, strict=True)):
        ground, text = paints[(number + first) % 2]
        strip = (x + ink[0] - pad, y - rise - pad * 0.55, x + ink[2] + pad, y + fall + pad * 0.55)
        # A hard shadow keeps a strip apart from a background of its own colour.
        shadow = 0.8 * unit
        bar(sheet, strip[0] + shadow, strip[1] + shadow, strip[2] + shadow, strip[3] + shadow, palette.ink)
        bar(sheet, *strip, ground)
        loose.face.draw(ImageDraw.Draw(sheet.image), (x, y), line, loose.size, text)
        sheet.written.append((x + ink[0], y + ink[1], x + ink[2], y + ink[3]))
        sheet.contrasts.append(contrast(ground, text))
    start = right - pad if sheet.is_rtl else left + pad
    ends = "end" if sheet.is_rtl else "start"
    if sheet.eyebrow:
        shown = sheet.eyebrow_box((start, top + 3 * unit), ends)
        bar(sheet, shown[0] - pad, shown[1] - 1.6 * unit, shown[2] + pad, shown[3] + 1.6 * unit, palette.ink)
        sheet.write_eyebrow((start, top + 3 * unit), palette.paper, palette.accent, ends=ends)


def _looser(face: Face) -> Face:
    return Face(face.files, face.weight, face.leading + 0.32)


def frame(sheet: Sheet) -> None:
    """The title in the middle of a darkened picture, within a thin frame."""
    left, top, right, bottom = sheet.safe
    palette, unit = sheet.palette, sheet.unit
    pad = 7 * unit
    box = (left + pad, top + 9 * unit, right - pad, bottom - 5 * unit)
    block = sheet.set(sheet.serif, box, 18.5, 5 if sheet.is_tall else 4)
    drawn = block.drawn_box(box, "middle", 0.5)
    x, y = (np.linspace(-0.8, 0.8, count, dtype=np.float32) for count in (sheet.width, sheet.height))
    mask = np.clip(1.12 - 0.28 * np.hypot(x[None, :], y[:, None]), 0, 1)
    around = (left, top + 2 * unit, right, bottom)
    sheet.shade(mask, palette.ink, palette.paper, [around])
    draw = ImageDraw.Draw(sheet.image)
    inset = 3.6 * unit
    for shift, width in ((0.0, max(round(0.5 * unit), 2)), (1.3 * unit, 1)):
        draw.rectangle(
            (inset + shift, inset + shift, sheet.width - inset - shift, sheet.height - inset - shift),
            outline=palette.accent, width=width,
        )  # fmt: skip
    middle = (left + right) / 2 if sheet.is_tall else sheet.width / 2
    sheet.write(block, box, palette.paper, align="middle", anchor=0.5)
    length = 9 * unit
    low = min(drawn[3] + 4.5 * unit, bottom - unit)
    bar(sheet, middle - length / 2, low, middle + length / 2, low + 0.8 * unit, palette.accent)
    sheet.write_eyebrow((middle, top + 4.4 * unit), palette.paper, palette.accent, ends="middle")


def porthole(sheet: Sheet) -> None:
    """The picture in a large circle that leaves the sheet, the title on plain paper beside it."""
    left, top, right, bottom = sheet.safe
    palette, unit = sheet.palette, sheet.unit
    paper, text, mark = sheet.random.choice(
        ((palette.paper, palette.ink, palette.glow), (palette.deep, palette.paper, palette.accent))
    )
    scale = 3
    if sheet.is_tall:
        radius, at = sheet.width * 0.58, (sheet.width * 0.5, sheet.height * 0.12)
        box = (left, at[1] + radius + 16 * unit, right, bottom)
        eyebrow_y = at[1] + radius + 9 * unit
    else:
        radius, at = sheet.height * 0.6, (sheet.width * 0.83, sheet.height * 0.5)
        box = (left, top + 11 * unit, at[0] - radius - 4 * unit, bottom)
        eyebrow_y = top + 3 * unit
        if sheet.is_rtl:
            at = (sheet.width - at[0], at[1])
            box = (sheet.width - box[2], box[1], right, box[3])
    mask = Image.new("L", (sheet.width * scale // 2, sheet.height * scale // 2))
    share = scale / 2
    ImageDraw.Draw(mask).ellipse(
        ((at[0] - radius) * share, (at[1] - radius) * share, (at[0] + radius) * share, (at[1] + radius) * share),
        fill=255,
    )
    ring = Image.new("L", mask.size)
    wider = radius + 2.4 * unit
    ImageDraw.Draw(ring).ellipse(
        ((at[0] - wider) * share, (at[1] - wider) * share, (at[0] + wider) * share, (at[1] + wider) * share), fill=255
    )
    size = (sheet.width, sheet.height)
    ground = Image.new("RGB", size, paper)
    ground.paste(mark, (0, 0), ring.resize(size, Image.Resampling.LANCZOS))
    shown = sheet.image
    if not sheet.is_tall:
        # The circle's visible part lies beside the sheet's middle: what matters is moved into it.
        seen = at[0] + (1 if sheet.is_rtl else -1) * (radius - abs(sheet.width * 0.17)) / 2
        wider_by = 1.35 if sheet.is_photo else 1.0
        large = sheet.image.resize(
            (round(sheet.width * wider_by), round(sheet.height * wider_by)), Image.Resampling.LANCZOS
        )
        focus = large.width * (0.5 if sheet.is_photo else 0.74)
        left_at = min(round(seen - focus), 0)
        shown = Image.new("RGB", size, paper)
        shown.paste(large, (max(left_at, sheet.width - large.width), round((sheet.height - large.height) * 0.42)))
    ground.paste(shown, (0, 0), mask.resize(size, Image.Resampling.LANCZOS))
    sheet.image = ground
    sheet.eyebrow_room = box[2] - box[0]
    block = sheet.set(sheet.serif, box, 15.5, 5)
    sheet.write(block, box, text, anchor=0.0 if sheet.is_tall else 0.55)
    start = right if sheet.is_rtl else left
    sheet.write_eyebrow((start, eyebrow_y), text, mark, ends="end" if sheet.is_rtl else "start")


LAYOUTS: dict[str, Callable[[Sheet], None]] = {
    "headline": headline,
    "panel": panel,
    "labels": labels,
    "frame": frame,
    "card": card,
    "porthole": porthole,
}
