"""Variables from files, which are secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.executors.base import TrialRefused
from emulator.trials.env_file import read_env_file


def test_lines_of_names_and_values_are_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# keys\n\nA=1\nexport B='two words'\nC=\"x=y\"\nD=\n")
    assert read_env_file(tmp_path / ".env") == {"A": "1", "B": "two words", "C": "x=y", "D": ""}


def test_a_wrong_line_is_told_by_its_number_and_never_by_its_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\ns3cret\n")
    with pytest.raises(TrialRefused, match=r"\.env:2: expected NAME=VALUE") as refused:
        read_env_file(tmp_path / ".env")
    assert "s3cret" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrialRefused, match="No such file"):
        read_env_file(tmp_path / "none")
