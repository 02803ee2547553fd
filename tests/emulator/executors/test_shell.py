"""From the text of a command to the arguments of a process."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from emulator.executors.shell import arguments

ENVIRONMENT = {"PATH": os.environ["PATH"]}


@pytest.mark.parametrize("command", ["python train.py --lr 1e-05 --name=a,b @x ./y", " python3  -c pass "])
def test_a_python_with_plain_words_needs_no_shell(command: str) -> None:
    program, *words = command.split()
    assert arguments(command, ENVIRONMENT) == [shutil.which(program), *words]


@pytest.mark.parametrize(
    "command",
    [
        *("python a.py; echo", "python a.py && b", "python a.py > x", "python $X", "python 'a b'", "python *.py"),
        *("python a.py &", "python a{1,2}", "python ~/a.py", "python !x", "python a\npython b", "python [a]"),
        *("X=1 python a.py", "echo python", "pythonic a", "./python a.py", "", "python #x", "python é"),
    ],
)
def test_everything_else_is_for_the_shell(command: str) -> None:
    assert arguments(command, ENVIRONMENT) == [shutil.which("bash"), "-c", command]


def test_a_python_that_is_not_on_path_is_for_the_shell_to_complain_about(tmp_path: Path) -> None:
    assert arguments("python a.py", {"PATH": str(tmp_path)})[1:] == ["-c", "python a.py"]


def test_a_shell_that_reads_a_file_first_is_used() -> None:
    assert arguments("python a.py", {**ENVIRONMENT, "BASH_ENV": "x"})[1:] == ["-c", "python a.py"]


def test_both_ways_give_a_program_the_same_arguments(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    python.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = "python a.py --lr 1e-05 --x=a,b:c @d +e %f ./g -h"
    direct, shell = (
        subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout
        for words in (arguments(command, environment), ["bash", "-c", command])
    )
    assert direct == shell != ""
