"""Whether a job installs packages while it runs, as far as the text of its command and of its code says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

#: Programs that install packages, and what they are told then.
_INSTALLERS = frozenset({"pip", "uv", "pdm", "poetry", "pipenv", "easy_install"})
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_VERBS = frozenset({"install", "uninstall", "add", "remove", "sync", "develop", "update", "upgrade", "create"})
#: How many words after the program may stand before, and with, the verb: `pip --quiet install`, `conda env create`.
_NEAR = 6

_SEPARATORS = re.compile(r"[;&|()\n]")
_MARKS = str.maketrans(dict.fromkeys("'\"`,[]!%$", " "))
_VERSION_CHARACTERS = "0123456789."

_SHELLS = frozenset({".sh", ".bash", ".zsh", ".mk", ""})
_PROGRAMS = frozenset({".py", ".ipynb"})
#: What a program has that starts others; else `pip install` in it is prose.
_STARTS = ("subprocess", "os.system", "popen", "!pip", "%pip", "!uv", "!conda", "%conda", "pip.main", "pip._internal")
_LARGEST = 1 << 18
_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Installs:
    """What a job does to the environment that it runs in.

    Parameters:
        example: the words that say so.
        refusal: why it cannot be kept away from the user's own environment; None where an overlay does that.
    """

    example: str
    refusal: str | None = None


def installs_of(command: str, code: Path | None) -> Installs | None:
    """The installation that a job's command or code contains; None where there is none.

    Parameters:
        command: of its trials.
        code: its folder.
    """
    for text in [command, *_texts(code)]:
        for line in _SEPARATORS.split(text):
            if (found := _of_words(line.translate(_MARKS).split())) is not None:
                return found
    return None


def _of_words(words: list[str]) -> Installs | None:
    for place, word in enumerate(words):
        folder, _, program = word.rpartition("/")
        program = program.rstrip(_VERSION_CHARACTERS)
        near = words[place + 1 : place + 1 + _NEAR]
        if program not in _INSTALLERS | _CONDA or _VERBS.isdisjoint(near):
            continue
        before = words[place - 2] if place >= 2 and words[place - 1] == "-m" else ""
        example = " ".join(words[place - 2 if before else place : place + 1 + _NEAR])
        if program in _CONDA:
            return Installs(example, "it changes conda's own environments; use --env-mode conda, or pip")
        if folder.startswith("/") or before.startswith("/"):
            return Installs(example, "it names an interpreter by its path; write pip, or python -m pip")
        if "--system" in near:
            return Installs(example, "--system looks past the environment of the job; leave it out")
        return Installs(example)
    return None


def _texts(code: Path | None) -> Iterator[str]:
    """The texts of the scripts of a folder that may start programs; of large ones the beginning."""
    files = sorted(code.rglob("*")) if code else []
    scripts = (file for file in files if file.suffix.lower() in _SHELLS | _PROGRAMS and file.is_file())
    for file in islice(scripts, _MOST_FILES):
        try:
            with file.open("rb") as opened:
                text = opened.read(_LARGEST).decode(errors="replace")
        except OSError:
            continue
        if file.suffix.lower() in _SHELLS or any(start in text for start in _STARTS):
            yield text.replace("\\\n", " ")
