"""Folders of parts: one download in each at a time, and nothing left of one that is done."""

from pathlib import Path

import pytest

from jobs.tools.files.part import claimed


def test_only_one_has_it_and_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    with claimed(folder) as first, claimed(folder) as second:
        assert (first, second) == (True, False)
    assert not folder.exists()
    with claimed(folder) as again:
        assert again


def test_what_goes_on_later_stays(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    with pytest.raises(ValueError), claimed(folder):
        (folder / "x.part").write_bytes(b"half")
        (folder / "x.part.json").write_text("{}")
        raise ValueError
    assert sorted(path.name for path in folder.iterdir()) == ["x.part", "x.part.json"]
    with claimed(folder) as is_ours:
        assert is_ours
        (folder / "x.part").unlink()
    assert not folder.exists()
