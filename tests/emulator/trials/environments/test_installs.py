"""What a job installs, told from its command and code."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.trials.environments.installs import installs_of


@pytest.mark.parametrize(
    "command",
    [
        "pip install -q colorama==0.4.5 && python train.py",
        "python -m pip install -r requirements.txt; python train.py",
        "python3.11 -m pip --quiet install x",
        "cd lib && pip3 install -e .",
        "uv pip install x",
        "true || (pip uninstall -y x)",
        "poetry install",
    ],
)
def test_a_command_that_installs_is_found(command: str) -> None:
    found = installs_of(command, None)
    assert found is not None
    assert found.refusal is None


@pytest.mark.parametrize(
    "command",
    [
        "python train.py --install yes",
        "pip list",
        "pip --version; python install.py",
        "echo pipeline install",
        "python train.py --pip ${{search_space.lr}}",
    ],
)
def test_a_command_that_installs_nothing_is_left_alone(command: str) -> None:
    assert installs_of(command, None) is None


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("conda install -y numpy && python t.py", "--env-mode conda"),
        ("conda env update -f env.yml", "--env-mode conda"),
        ("/usr/bin/python3 -m pip install x", "by its path"),
        ("/opt/venv/bin/pip install x", "by its path"),
        ("uv pip install --system x", "--system"),
    ],
)
def test_what_no_overlay_keeps_away_is_refused_with_the_reason(command: str, reason: str) -> None:
    found = installs_of(command, None)
    assert found is not None
    assert found.refusal is not None
    assert reason in found.refusal


@pytest.mark.parametrize(
    ("name", "text", "installs"),
    [
        ("setup.sh", "set -e\npip install \\\n  x\n", True),
        ("t.py", "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'x'])\n", True),
        ("t.py", "import os\nos.system('pip install x')\n", True),
        ("t.py", "raise ImportError('run pip install x first')\n", False),
        ("n.ipynb", '{"source": ["%pip install x\\n"]}', True),
        ("notes.md", "pip install x", False),
    ],
)
def test_code_that_installs_is_found(tmp_path: Path, name: str, text: str, installs: bool) -> None:
    (tmp_path / name).write_text(text)
    assert (installs_of("python t.py", tmp_path) is not None) is installs
