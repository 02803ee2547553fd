from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from emulator.executors.base import TrialRefused
from emulator.trials.environments.installed import InstalledPackages


def test_an_interpreter_says_what_is_installed_in_it() -> None:
    found = InstalledPackages().of(Path(sys.executable))
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert "pytest" in found.packages


def test_it_is_asked_once_until_something_is_installed(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    answer = json.dumps({"python": "3.11.7", "packages": {"A_b": "1"}, "path": [str(site), "/nowhere"]})
    python = tmp_path / "python"
    python.write_text(f"#!/bin/bash\necho called >> {tmp_path}/calls\necho '{answer}'\n")
    python.chmod(0o755)
    known = InstalledPackages()
    assert known.of(python) == known.of(python)
    assert known.of(python).packages == {"a-b": "1"}
    assert (tmp_path / "calls").read_text().count("called") == 1
    os.utime(site, (1, 1))
    known.of(python)
    assert (tmp_path / "calls").read_text().count("called") == 2


@pytest.mark.parametrize("body", ["exit 3", "echo nonsense"])
def test_an_interpreter_that_does_not_answer_is_refused(tmp_path: Path, body: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/bash\n{body}\n")
    python.chmod(0o755)
    with pytest.raises(TrialRefused, match="name another with --python"):
        InstalledPackages().of(python)
