"""The peers of the benches, each in an environment of its own below the cache folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from functools import cache as once
from importlib.util import find_spec
from pathlib import Path

#: What pip, or npm where the name says so, installs for each.
PEERS = {
    "moto": ("moto[server]",),
    "mlflow": ("mlflow",),
    "azurite": ("npm:azurite",),
    "beside": ("--editable", f"{Path(__file__).resolve().parents[1]}[bench]"),  # moto and amlet in one process
}

_TIMEOUT = 900.0  # seconds for an installation


def cache() -> Path:
    """The folder of the environments and of what was found."""
    return Path(os.environ.get("AMLET_BENCH_CACHE") or Path.home() / ".cache" / "amlet" / "bench")


@once
def installed(name: str) -> tuple[Path | None, str]:
    """The environment of a peer, made where it is not there; None, with the reason, where it cannot be."""
    folder, wanted = cache() / name, PEERS[name]
    stamp = folder / ".installed"
    if stamp.exists():
        return folder, ""
    print(f"installing {name} into {folder} ...", file=sys.stderr, flush=True)
    try:
        if wanted[0].startswith("npm:"):
            npm = shutil.which("npm")
            if npm is None:
                return None, f"{name}: npm is not installed"
            folder.mkdir(parents=True, exist_ok=True)
            command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
            command.append(wanted[0].removeprefix("npm:"))
        else:
            venv.create(folder, with_pip=True)
            command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *wanted]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_TIMEOUT)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        return None, f"{name}: cannot be installed here: {said[-1] if said else error}"
    stamp.touch()
    return folder, ""


def missing(package: str) -> str:
    """Why a package that a bench needs beside amlet is not there; empty where it is."""
    try:
        return "" if find_spec(package) else f"{package} is not installed"
    except ModuleNotFoundError:
        return f"{package} is not installed"
