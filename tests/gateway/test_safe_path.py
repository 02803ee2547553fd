from __future__ import annotations

from pathlib import Path

import pytest

from gateway.exceptions import ValidationException
from gateway.safe_path import inside


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a/b.txt", "a/b.txt"),
        ("/a//b", "a/b"),
        ("./a/./b", "a/b"),
        ("ü b/#?.txt", "ü b/#?.txt"),
        ("..a/b..", "..a/b.."),
    ],
)
def test_names_belong_inside_the_folder(tmp_path: Path, name: str, place: str) -> None:
    assert inside(tmp_path, name, windows=False) == tmp_path / place


@pytest.mark.parametrize("name", ["../x", "a/../../x", "a/..", "C:x", "C:/x", "a/c:x", "C:\\x", "a\0b"])
def test_names_that_lead_elsewhere_are_refused_everywhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValidationException, match="is not safe"):
        inside(tmp_path, name, windows=False)


@pytest.mark.parametrize("name", ["..\\x", "a\\b", "\\\\host\\share", "x:stream", "con", "LPT1.txt", "a. ", "b."])
def test_names_that_windows_reads_in_its_own_way_are_refused_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValidationException, match="is not safe"):
        inside(tmp_path, name, windows=True)


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "out").symlink_to(tmp_path)
    with pytest.raises(ValidationException, match="a link in the path"):
        inside(tmp_path / "here", "out/x")
