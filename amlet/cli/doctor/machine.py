"""What `amlet doctor` looks at on this machine, whatever the job."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from amlet.cli.exits import Refusal
from amlet.cli.target import TargetOptions, choose

_LEAST_FREE = 1 << 30
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
#: Programs that modes of environments need.
_BUILDERS = {"uv": "uv", "micromamba": "conda", "conda": "conda", "docker": "docker"}


class Health(StrEnum):
    """How something is; only what is wrong keeps a job from running."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Parameters:
        subject: what was looked at.
        health: how it is.
        text: what it is.
        remedy: what to do about it; empty where nothing has to be done.
    """

    subject: str
    health: Health
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.health:8}{self.subject}: {self.text}" + (f"\n        -> {self.remedy}" if self.remedy else "")


def machine(wanted: TargetOptions, environ: Mapping[str, str], folder: Path, home: Path) -> Iterator[Finding]:
    """Look at everything.

    Parameters:
        wanted: what the options say about the target.
        environ: of the command.
        folder: the current one.
        home: of emulators.
    """
    yield _target(wanted)
    yield _extra()
    yield from _emulators(home)
    yield _authority(home)
    yield from _bundles(environ)
    yield from _proxy(environ)
    yield _programs(environ)
    yield from _shadows(folder, environ)
    yield _disk(home)


def _target(wanted: TargetOptions) -> Finding:
    try:
        return Finding("target", Health.OK, choose(wanted).line.removeprefix("Target: "))
    except Refusal as refusal:
        return Finding("target", Health.WARNING, "none is chosen", str(refusal))


def _extra() -> Finding:
    from amlet.cli.emulator_extra import require_extra

    try:
        require_extra()
    except Refusal as refusal:
        return Finding("emulator", Health.WRONG, "its packages are missing", str(refusal))
    return Finding("emulator", Health.OK, "installed")


def _emulators(home: Path) -> Iterator[Finding]:
    from emulator.server.home import running

    records = running(home)
    for record in records:
        yield Finding("emulator", Health.OK, f"runs at {record.origin}, state in {record.state_dir}")
    if not records:
        yield Finding("emulator", Health.NOTE, "none runs; `amlet job create --emulator` starts one")


def _authority(home: Path) -> Finding:
    found = sorted((home / "ca").glob("*.pem"))
    if not found:
        return Finding("CA", Health.NOTE, "none yet; the first emulator makes it")
    return Finding("CA", Health.OK, str(found[0].parent))


def _bundles(environ: Mapping[str, str]) -> Iterator[Finding]:
    for name in _CA_BUNDLES:
        path = environ.get(name)
        if path and not Path(path).exists():
            yield Finding(
                "CA bundle", Health.WRONG, f"{name} is {path}, which does not exist", f"unset {name}, or correct it"
            )


def _proxy(environ: Mapping[str, str]) -> Iterator[Finding]:
    names = [name for name in _PROXIES if environ.get(name)]
    if not names:
        return
    excepted = ",".join(environ.get(name, "") for name in ("NO_PROXY", "no_proxy"))
    if "127.0.0.1" in excepted or "*" in excepted.split(","):
        yield Finding("proxy", Health.OK, f"{', '.join(names)}; not for 127.0.0.1")
    else:
        remedy = "export NO_PROXY=127.0.0.1,localhost,$NO_PROXY (`amlet run` and trials have it anyway)"
        yield Finding("proxy", Health.WARNING, f"{', '.join(names)} also for 127.0.0.1", remedy)


def _programs(environ: Mapping[str, str]) -> Finding:
    here = [name for name in _BUILDERS if shutil.which(name, path=environ.get("PATH"))]
    absent = [f"{name} (--env-mode {mode})" for name, mode in _BUILDERS.items() if name not in here]
    text = f"here: {', '.join(here) or 'none'}; not here: {', '.join(absent) or 'none'}"
    return Finding("programs", Health.NOTE if absent else Health.OK, text)


def _shadows(folder: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Packages of the user's own that Python programs here would find in the place of ours."""
    places = [folder, *(Path(entry) for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry)]
    for name in ("contracts", "gateway", "emulator"):
        spec = find_spec(name)
        ours = Path(spec.origin).parent if spec and spec.origin else None
        for place in places:
            other = place / name
            found = other if other.is_dir() else other.with_suffix(".py")
            if found.exists() and (ours is None or found.resolve() != ours.resolve()):
                remedy = f"programs that import {name}: python -P, or rename yours; the amlet command is not affected"
                yield Finding("imports", Health.WARNING, f"{found} comes before amlet's package {name}", remedy)


def _disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / (1 << 30):.1f} GB are free at {place}"
    if free < _LEAST_FREE:
        return Finding("disk", Health.WARNING, text, "free some space, or set AMLET_HOME to a folder on a larger disk")
    return Finding("disk", Health.OK, text)
