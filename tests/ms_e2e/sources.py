"""Gets the tests: their Python from the sdist on PyPI, their data files from the folder of outside data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

VERSION = "1.35.2"
#: What the tests import beside the SDK and what this project's own tests need.
_PACKAGES = ("azure-mgmt-msi", "mock", "pydash", "pytest-mock")


@dataclass(frozen=True, slots=True)
class Sources:
    """What a run needs.

    Parameters:
        root: the unpacked sdist with the data files in it; the tests run from here.
        packages: folder of further packages, for the path of imports.
        trial_python: an interpreter with azureml-core, which the scripts of some jobs import; None if there is none.
    """

    root: Path
    packages: Path
    trial_python: Path | None


def cache_folder() -> Path:
    """Where downloads are kept: `AMLET_MS_E2E_CACHE`, or a folder of the user's cache."""
    given = os.environ.get("AMLET_MS_E2E_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given) if given else Path(base) / "amlet" / "ms-e2e"


def gather(data_files: Path, work: Path) -> Sources:
    """Download what is not in the cache, and lay everything out.

    Parameters:
        data_files: the tests' data files, by their paths below `tests/test_configs`; the cache's folder `test_configs`
            may hold more of them.
        work: an empty folder to work in.
    """
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    sdist = cache / f"azure_ai_ml-{VERSION}.tar.gz"
    if not sdist.exists():
        _pip("download", "--no-deps", "--no-binary", "azure-ai-ml", "--dest", str(cache), f"azure-ai-ml=={VERSION}")
    with tarfile.open(sdist) as archive:
        archive.extractall(work, filter="data")
    # Named as in Microsoft's repository: the client takes the folder's name for that of the experiment.
    root = (work / f"azure_ai_ml-{VERSION}").rename(work / "azure-ai-ml")
    shutil.rmtree(root / "azure")  # the installed package is what is tested, not this copy
    for folder in (cache / "test_configs", data_files):
        if folder.is_dir():
            shutil.copytree(folder, root / "tests" / "test_configs", dirs_exist_ok=True)
    _let_the_cloud_be_chosen(root / "tests" / "conftest.py")
    return Sources(root, _further_packages(cache), _with_azureml_core(cache))


def _let_the_cloud_be_chosen(conftest: Path) -> None:
    """The tests insist on the public cloud; without that argument the environment chooses."""
    conftest.write_text(conftest.read_text(encoding="utf-8").replace('        cloud="AzureCloud",\n', ""), "utf-8")


def _further_packages(cache: Path) -> Path:
    folder = cache / f"packages-{sys.version_info.major}.{sys.version_info.minor}"
    if not folder.exists():
        _pip("install", "--no-deps", "--target", str(folder), *_PACKAGES)
    return folder


def _with_azureml_core(cache: Path) -> Path | None:
    venv = cache / f"azureml-core-{sys.version_info.major}.{sys.version_info.minor}"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (venv / ".installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        installed = subprocess.run([str(python), "-m", "pip", "install", "--quiet", "azureml-core"], check=False)
        if installed.returncode:
            return None
        (venv / ".installed").touch()
    return python


def _pip(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True, stdout=2
    )
