from __future__ import annotations

from pathlib import Path

import pytest

from emulator.server import ports


def test_the_first_start_takes_free_ports(tmp_path: Path) -> None:
    assert ports.remembered(tmp_path) is None
    assert ports.automatic(tmp_path) == (0, 0)


def test_a_later_start_takes_the_ports_of_the_last_one(tmp_path: Path) -> None:
    with ports.listening(0) as one, ports.listening(0) as two:
        kept = one.getsockname()[1], two.getsockname()[1]
    ports.remember(tmp_path, *kept)
    assert ports.automatic(tmp_path) == kept


def test_a_port_that_is_taken_gives_way_to_a_free_one(tmp_path: Path) -> None:
    with ports.listening(0) as other:
        free = other.getsockname()[1]
    with ports.listening(0) as taken:
        ports.remember(tmp_path, taken.getsockname()[1], free)
        assert ports.automatic(tmp_path) == (0, free)


@pytest.mark.parametrize("text", ["", "[]", '{"https": "x", "http": 1}', "\x00"])
def test_a_damaged_file_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "ports.json").write_text(text)
    assert ports.remembered(tmp_path) is None
