"""The project that a file describes, and the questions the emulator has about it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.project.content import DeclaredCompute, DeclaredEnvironment, ProjectContent
from emulator.project.local_map import LocalMap
from emulator.project.section import Section

#: The settings of a compute that are paths.
_FILES = frozenset({"dask_tls_ca", "dask_tls_cert", "dask_tls_key"})


@dataclass(frozen=True)
class ProjectFile:
    """A project; with `ProjectFile()` nothing is declared and everything is allowed.

    Parameters:
        file: that describes it; None when there is none.
        content: of the file.
    """

    file: Path | None = None
    content: ProjectContent = field(default_factory=ProjectContent)
    map: LocalMap = field(init=False, compare=False)

    def __post_init__(self) -> None:
        sections = {name: getattr(self.content, name) for name in ("data", "models", "datastores")}
        object.__setattr__(self, "map", LocalMap(self.folder, sections))

    @property
    def folder(self) -> Path:
        """Where local paths start."""
        return self.file.parent if self.file else Path.cwd()

    @property
    def name(self) -> str:
        """The file, for messages."""
        return str(self.file) if self.file else "amlet.yml"

    def is_closed(self, section: Section) -> bool:
        """Whether what the section declares is all there is."""
        return section in self.content.strict

    def has_workspace(self, workspace: WorkspaceId) -> bool:
        """Whether a workspace exists, by ARM's rules: names without regard to case."""
        wanted = (workspace.subscription, workspace.resource_group, workspace.name)
        declared = [(one.subscription, one.resource_group, one.name) for one in self.content.workspaces]
        return not self.is_closed(Section.WORKSPACES) or _lower(wanted) in map(_lower, declared)

    def compute(self, name: str) -> DeclaredCompute | None:
        """The compute of a name, without regard to case."""
        return next((one for one in self.content.computes if one.name.lower() == name.lower()), None)

    def compute_settings(self, name: str) -> dict[str, Any]:
        """The settings of the emulator that are other ones for the trials of a compute; paths are absolute."""
        declared = self.compute(name)
        own = declared.settings if declared else {}
        return own | {key: str(self.local(own[key])) for key in _FILES & own.keys()}

    def has_compute(self, name: str) -> bool:
        """Whether a compute exists; the empty name is serverless, and always there."""
        return not name or not self.is_closed(Section.COMPUTES) or self.compute(name) is not None

    def environment(self, name: str, version: str | None) -> DeclaredEnvironment | None:
        """The environment of a name: the entry of that very version, else the one without a version.

        Parameters:
            name: without `azureml:` and version.
            version: None when the job wants the latest one.
        """
        named = [one for one in self.content.environments if _bare(one.name) == _bare(name)]
        exact = [one for one in named if version is not None and _version(one) == version]
        general = [one for one in named if _version(one) is None]
        return next(iter(exact or general or (named[-1:] if version is None else [])), None)

    def environment_versions(self, name: str) -> list[str]:
        """The versions of an environment that are declared, as the file has them; empty for one without a version."""
        named = [one for one in self.content.environments if _bare(one.name) == _bare(name)]
        return list(dict.fromkeys(_version(one) or "" for one in named))

    def environment_names(self) -> list[str]:
        """The names of the declared environments."""
        return list(dict.fromkeys(_bare(one.name) for one in self.content.environments))

    def local(self, path: str) -> Path:
        """A local path of the file as an absolute one; `..` is resolved, links are not."""
        return Path(os.path.normpath(self.folder / Path(path).expanduser()))


def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _bare(name: str) -> str:
    return name.removeprefix("azureml:").split("@")[0].split(":")[0]


def _version(entry: DeclaredEnvironment) -> str | None:
    """The version of an entry: its key, or what stands behind the name."""
    if entry.version:
        return None if entry.version == "latest" else entry.version
    _, colon, version = entry.name.removeprefix("azureml:").partition(":")
    return version if colon else None
