"""Where a job's code comes from, as git knows it: the properties that the official client gives every job."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path

_DIRTY = "azureml.git.dirty"

#: Properties of the job, the environment variable that counts first, and the command that is used without it.
_PROPERTIES = {
    "mlflow.source.git.repoURL": ("AZUREML_GIT_REPOSITORY_URI", ("ls-remote", "--get-url")),
    "mlflow.source.git.branch": ("AZUREML_GIT_BRANCH", ("symbolic-ref", "--short", "HEAD")),
    "mlflow.source.git.commit": ("AZUREML_GIT_COMMIT", ("rev-parse", "HEAD")),
    _DIRTY: ("AZUREML_GIT_DIRTY", ("status", "--porcelain", ".")),
    "azureml.git.build_id": ("AZUREML_GIT_BUILD_ID", ()),
    "azureml.git.build_uri": ("AZUREML_GIT_BUILD_URI", ()),
}
_SECRET = re.compile(r"https://(?:[^/@]+/)?([^/@]+)@")


def git_properties(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The properties of a job that is submitted from a folder; none where git knows nothing of it.

    An address with a secret in it is left out, with a line in the log.

    Parameters:
        folder: the current folder.
        environ: `AZUREML_GIT_REPOSITORY_URI` and the like count before what git says.

    Source: azure-ai-ml 1.35.2.
    """
    answers = _ask_git(folder, environ)
    if _DIRTY in answers:
        answers[_DIRTY] = str(bool(answers[_DIRTY]))
    values = {name: environ.get(variable) or answers.get(name, "") for name, (variable, _) in _PROPERTIES.items()}
    found = {name: value.strip() for name, value in values.items() if value.strip()}
    if _DIRTY in found:
        found[_DIRTY] = str(found[_DIRTY].lower() in ("true", "1"))
    if _SECRET.search(found.get("mlflow.source.git.repoURL", "")):
        logging.getLogger("gateway").warning("Git properties are left out: the repository's address holds a secret.")
        return {name: value for name, value in found.items() if name.startswith("azureml.git.build")}
    return found


def _ask_git(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What git says; not asked at all where no repository is in sight, as most folders of jobs are small and quick."""
    if "GIT_DIR" not in environ and not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return {}
    import subprocess

    asked = {name: words for name, (variable, words) in _PROPERTIES.items() if words and not environ.get(variable)}
    try:
        running = {
            name: subprocess.Popen(
                ["git", *words], cwd=folder, env=dict(environ), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            for name, words in {"": ("rev-parse", "--is-inside-work-tree"), **asked}.items()
        }
    except OSError:
        return {}
    answers = {name: process.communicate()[0].decode(errors="replace") for name, process in running.items()}
    inside = answers.pop("").strip() == "true"
    return {name: text for name, text in answers.items() if inside and running[name].returncode == 0}
