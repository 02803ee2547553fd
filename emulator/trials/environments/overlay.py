"""Overlays: a virtual environment of a job's own on top of the chosen one, so that what a trial installs stays there.

The packages of the chosen environment are visible in it, and pip sees them as installed; what it installs itself goes
before them. All trials of a job share it; while one of them runs pip the others wait.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from emulator.executors.base import TrialRefused
from emulator.trials.environments.built import BuildLog, BuiltEnvironments
from emulator.trials.environments.installs import installs_of
from emulator.trials.environments.prepared import Preparation, Prepared, Wish

_ASK = """
import json, site, sys
folders = site.getsitepackages() + ([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])
print(json.dumps([folders, "%d.%d" % sys.version_info[:2]]))
"""

#: Run by every Python of the overlay as it starts: one that is to run pip waits for the lock, and keeps it to its end.
_LOCK = '''"""Lets one pip at a time change this environment."""
import os
import sys


def _is_pip():
    try:
        with open("/proc/self/cmdline", "rb") as file:
            words = file.read().split(b"\\0")
    except OSError:
        words = [os.fsencode(word) for word in getattr(sys, "orig_argv", [])]
    return b"pip" in words[1:4] and not {b"install", b"uninstall"}.isdisjoint(words)


if _is_pip():
    import fcntl

    held = open(os.path.join(sys.prefix, "pip.lock"), "w")
    fcntl.flock(held, fcntl.LOCK_EX)
'''
_PIP = '#!/bin/sh\nexec "$(dirname "$0")/python" -m pip "$@"\n'


class Overlaid:
    """A mode whose environments no trial changes.

    Parameters:
        inner: the mode.
        environ: variables for making overlays.
    """

    def __init__(self, inner: Preparation, environ: Mapping[str, str]) -> None:
        self._inner = inner
        self._environ = environ

    def prepare(self, wish: Wish) -> Prepared:
        """The environment of the mode, below an overlay where the job installs packages; see `Preparation`."""
        found = installs_of(wish.command, wish.code)
        if found and found.refusal:
            raise TrialRefused(f"`{found.example}` would change your own environment: {found.refusal}")
        below = self._inner.prepare(replace(wish, installs=found is not None))
        if found is None or below.python is None:
            return below
        note = (
            f"`{found.example}` installs into an overlay of this job, which ends with it; {below.python} stays as it is"
        )
        below = below.with_note(note)
        if wish.overlay is None or below.python is None:
            return below
        base, log = below.python, BuildLog(wish.log, self._environ)
        overlay = BuiltEnvironments(wish.overlay.parent).get(wish.overlay.name, lambda place: _make(place, base, log))
        return replace(
            below,
            python=overlay / "bin" / "python",
            below=(str(base.parent), *below.below),
            reason=f"{below.reason}, below an overlay of this job",
        )


def remove_overlay(overlay: Path) -> None:
    """Remove the overlay of a job that has ended, if it has one."""
    shutil.rmtree(overlay, ignore_errors=True)
    overlay.with_name(f"{overlay.name}.lock").unlink(missing_ok=True)


def _make(place: Path, base: Path, log: BuildLog) -> None:
    remedy = "The overlay for what the job installs cannot be made; use --env-mode uv."
    log.say(f"Overlay of {base}, for what the trials install")
    # The pip of the environment below is used, which is seen from here; one is installed only where that has none.
    log.run([base, "-m", "venv", "--without-pip", place], remedy)
    folders, version = _sites(base, log, remedy)
    packages = place / "lib" / f"python{version}" / "site-packages"
    lines = ["import _amlet_overlay", *(f"import site; site.addsitedir({folder!r})" for folder in folders)]
    (packages / "_amlet_overlay.py").write_text(_LOCK, encoding="utf-8")
    (packages / "amlet-overlay.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not any(Path(folder, "pip").is_dir() for folder in folders):
        log.run([place / "bin" / "python", "-m", "ensurepip"], remedy)
    for name in ("pip", "pip3", f"pip{version}"):
        script = place / "bin" / name
        script.write_text(_PIP, encoding="utf-8")
        script.chmod(0o755)


def _sites(base: Path, log: BuildLog, remedy: str) -> tuple[list[str], str]:
    """Where an interpreter has its packages, and its version."""
    import subprocess

    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run([base, "-c", _ASK], env=environ, capture_output=True, text=True, check=True)
        folders, version = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise TrialRefused(f"{base} does not say where its packages are ({error})\n{remedy}") from None
    log.say(f"Below it: {', '.join(folders)}")
    return folders, version
