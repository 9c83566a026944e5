"""Composed pictures, looked at pixel by pixel: size, margins, contrast, every kind of title, and the same again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.tools.images import art, composing, fonts
from jobs.tools.images.composing import BadPicture, Composed, Wanted, compose
from jobs.tools.images.layouts import LAYOUTS
from jobs.tools.images.palette import palette_of
from jobs.tools.images.sheet import weakest

PALETTE = palette_of("Tidewater", "education")
WIDE, TALL = (1280, 720), (1080, 1920)
JAPANESE = Path(__file__).parents[3] / "data" / "noto-sans-jp-few.woff2"
TITLES = {
    "usual": "Why there are two high tides a day",
    "a letter": "A",
    "endless": "The extraordinarily long story of a clockmaker, " * 12,
    "one word": "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3,
    "right to left": "لماذا يرتفع البحر مرتين في اليوم؟",
    "hebrew and latin": "שלום לכל מי שאוהב ים ו-GPS",
    "greek and accents": "Ώρα για ταξίδι: Čeština, Việt Nam, ŁÓDŹ",
    "cyrillic": "Почему море поднимается дважды в день",
}


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A background that is bright, dark and busy in turns: the worst for letters."""
    noise = np.random.default_rng(5).integers(0, 256, (45, 80, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((1600, 900), Image.Resampling.NEAREST)
    image.paste((255, 255, 255), (0, 0, 800, 450))
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    image.save(path)
    return path


@pytest.fixture
def only_japanese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine on which one font is installed, a Japanese one."""
    (tmp_path / JAPANESE.name).write_bytes(JAPANESE.read_bytes())
    yield from installed(monkeypatch, tmp_path)


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine without any font of its own."""
    yield from installed(monkeypatch, tmp_path)


def installed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    monkeypatch.setattr(fonts, "INSTALLED", (folder,))
    fonts.installed.cache_clear()
    yield
    fonts.installed.cache_clear()


def wanted(title: str = TITLES["usual"], **more: object) -> Wanted:
    return Wanted(**{"title": title, "name": "Tidewater", "palette": PALETTE, "size": WIDE, "seed": 3, **more})


def need_letters(title: str) -> None:
    """Skip on a machine that has no font for a script which the studio does not bring, or cannot join its letters."""
    if fonts.is_shaped(title) and fonts.face_for(title, fonts.SANS, 850).lacking:
        pytest.skip("no font here for this script, or no FriBiDi")


def pixels(made: Composed) -> Image.Image:
    image = Image.open(io.BytesIO(made.jpeg))
    image.load()
    return image


def check(made: Composed, size: tuple[int, int]) -> None:
    """Size, margins, contrast, weight."""
    image = pixels(made)
    assert (image.size, image.format, image.mode) == (size, "JPEG", "RGB")
    assert len(made.jpeg) <= composing.MOST_BYTES
    least = 0.05 * min(size)
    for left, top, right, bottom in made.written:
        assert left >= least, made.layout
        assert top >= least, made.layout
        assert right <= size[0] - least, made.layout
        assert bottom <= size[1] - least, made.layout
    assert made.contrast >= 4.5, made.layout


@pytest.mark.parametrize("name", TITLES)
def test_no_title_leaves_its_margins_or_drowns_in_its_background(name: str, photo: Path) -> None:
    need_letters(TITLES[name])
    for number in range(len(LAYOUTS)):
        size = (WIDE, TALL)[number % 2]
        made = compose(wanted(TITLES[name], size=size, number=number, background=photo))
        check(made, size)
        assert made.written
        assert made.lacking == ()
    assert made.is_cut == (name == "endless")


@pytest.mark.parametrize("size", [WIDE, TALL])
def test_designs_and_drawn_backgrounds_differ_within_a_job(size: tuple[int, int]) -> None:
    made = [compose(wanted(size=size, number=number)) for number in range(6)]
    for one in made:
        check(one, size)
    assert {one.layout for one in made} == set(LAYOUTS)
    assert {one.motif for one in made} == set(art.MOTIFS)
    assert len({one.jpeg for one in made}) == 6


def test_the_same_seed_makes_the_same_picture_and_another_one_another() -> None:
    first = compose(wanted(number=1))
    assert compose(wanted(number=1)).jpeg == first.jpeg
    assert compose(wanted(number=1, seed=4)).jpeg != first.jpeg


def test_letters_are_really_there_and_only_where_it_says(photo: Path) -> None:
    """The same picture without its title differs just where letters, their bars and their ground are."""
    for number in range(6):
        made = compose(wanted(number=number))
        if made.layout == "headline":
            break
    image = np.asarray(pixels(made)).astype(int)
    left, top, right, bottom = map(round, made.written[0])
    inside = image[top:bottom, left:right]
    paper = np.abs(inside - np.array(PALETTE.paper)).max(axis=2) < 24
    assert 0.1 < paper.mean() < 0.6
    # Right of the title's box no pixel has the colour of letters.
    beside = np.abs(image[top:bottom, right + 4 :] - np.array(PALETTE.paper)).max(axis=2) < 12
    assert not beside.any()


def test_a_bright_background_is_shaded_until_letters_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "white.png"
    Image.new("RGB", (1280, 720), "white").save(path)
    for number in range(6):
        made = compose(wanted(number=number, background=path))
        assert made.contrast >= 4.5
        if made.layout in ("headline", "frame"):
            # Measured once more, on the finished picture: around the title there is no white left.
            left, top, right, _ = made.written[0]
            assert weakest(pixels(made), (left, top - 12, right, top - 2), PALETTE.paper) >= 4.5


def test_a_right_to_left_title_stands_on_the_right(photo: Path) -> None:
    need_letters(TITLES["right to left"])
    for number in range(6):
        made = compose(wanted(TITLES["right to left"], number=number, background=photo))
        if made.layout not in ("frame",):
            box = made.written[0]
            assert 1280 - box[2] < box[0], made.layout


def test_a_japanese_title_is_set_line_by_line_without_spaces(only_japanese: None, photo: Path) -> None:
    title = "なぜ海は一日に二度も満ちるのか？月と地球の「見えない綱引き」"
    for number in range(6):
        made = compose(wanted(title, name="海", number=number, background=photo))
        check(made, WIDE)
        assert (made.title, made.lacking) == (title, ())


def test_words_without_a_font_are_left_out_and_told_never_drawn_as_boxes(no_fonts: None) -> None:
    made = compose(wanted("Sushi 寿司 for sailors", name="海"))
    assert made.title == "Sushi for sailors"
    assert made.lacking == ("寿", "司")
    alone = compose(wanted("寿司", name="Tidewater"))
    assert (alone.title, alone.lacking) == ("Tidewater", ("寿", "司"))
    nothing = compose(wanted("寿司", name="海"))
    assert (nothing.title, nothing.written, nothing.layout) == ("", (), "")
    assert pixels(nothing).size == WIDE


def test_without_the_library_that_joins_letters_they_are_left_out_not_torn_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "shapes", lambda: False)
    made = compose(wanted("Tides مد"))
    assert (made.title, made.lacking) == ("Tides", ("م", "د"))


@pytest.mark.parametrize(
    ("given", "drawn"),
    [
        ("High tide 🌊🌊 again 👩‍🚀!", "High tide again !"),
        ("🌊", "Tidewater"),
        ("  a \n\t b ", "a b"),
        ("", "Tidewater"),
        ("…?!", "Tidewater"),
        ("line\u202ebreak\x00s\u200b", "line break s"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_emoji_and_invisible_signs_are_no_letters(given: str, drawn: str) -> None:
    assert compose(wanted(given)).title == drawn


def test_a_word_too_long_is_parted_without_a_hyphen_and_nothing_is_lost() -> None:
    from jobs.tools.images.typesetting import fit

    face = fonts.own(fonts.SANS, 850)
    word = "Donaudampfschifffahrtsgesellschaftskapitän" * 2
    block = fit(word, face, 400, 600, largest=120, smallest=30, most_lines=5)
    assert "".join(block.lines) == word
    assert block.width <= 400
    whole = fit("Ships that pass in the night", face, 700, 400, largest=120, smallest=30, most_lines=4)
    assert " ".join(whole.lines) == "Ships that pass in the night"
    widths = [face.length(line, whole.size) for line in whole.lines]
    # Balanced: no short last line below a long one.
    assert min(widths) > 0.55 * max(widths)


class TestBackgrounds:
    @pytest.mark.parametrize(
        "content", [b"", b"<svg></svg>", b"\x89PNG\r\n\x1a\n and then nothing", b"GIF89a" + bytes(40)]
    )
    def test_what_is_no_picture_is_refused(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "picture"
        path.write_bytes(content)
        with pytest.raises(BadPicture):
            compose(wanted(background=path))

    def test_a_small_file_of_too_many_pixels_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.png"
        Image.new("1", (9_500, 9_000)).save(path)
        with pytest.raises(BadPicture, match="80 million"):
            composing.opened(path)

    def test_any_shape_covers_the_picture_upright_and_without_holes(self, tmp_path: Path) -> None:
        path = tmp_path / "turned.jpg"
        image = Image.new("RGB", (300, 900), "red")
        exif = image.getexif()
        exif[0x0112] = 6
        image.save(path, exif=exif)
        assert composing.opened(path).size == (900, 300)
        clear = tmp_path / "clear.png"
        Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(clear)
        assert composing.cover(clear, WIDE).getpixel((5, 5)) == (255, 255, 255)
