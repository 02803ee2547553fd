"""Assets that exist unregistered: those of the project file, and environments of any name where it is not strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.project.section import Section
from emulator.storage.asset_kinds import AssetKind
from emulator.storage.assets import Asset
from emulator.trials.environments.curated import is_curated_name

if TYPE_CHECKING:
    from contracts.resource_id import WorkspaceId
    from emulator.project.project_file import ProjectFile

#: What a reference to any version is taken for.
_ANY_VERSION = "1"


def declared_versions(
    kind: AssetKind,
    workspace: WorkspaceId,
    name: str,
    project: ProjectFile,
    *,
    version: str = "",
    guess: bool,
    listed: bool,
) -> list[Asset]:
    """The versions of an asset that there are without its being registered, newest first.

    Parameters:
        project: of the request.
        version: that is asked for, if one is: environments of Azure's own are there in every version.
        guess: whether unknown data and models have a version `latest`, so that their job is stored and then
            refused with all that it misses, and not at the first of it.
        listed: whether environments of any name have a version, where the project file allows it. A GET of
            one still finds nothing, so that clients register it.
    """
    versions = _versions(kind.collection, name, project)
    if kind.collection == Section.ENVIRONMENTS and version and version not in versions and is_curated_name(name):
        versions.append(version)
    if not versions and listed and kind.collection == Section.ENVIRONMENTS:
        versions = [] if project.is_closed(Section.ENVIRONMENTS) else [_ANY_VERSION]
    if not versions and guess and kind.collection in ("data", "models"):
        versions = ["latest"]
    return [_asset(kind, workspace, name, version, project) for version in reversed(versions)]


def _versions(collection: str, name: str, project: ProjectFile) -> list[str]:
    match collection:
        case "data" | "models":
            return [version or _ANY_VERSION for version in project.map.versions(collection, name)]
        case "environments":
            return [version or _ANY_VERSION for version in project.environment_versions(name)]
    return []


def declared_names(kind: AssetKind, project: ProjectFile) -> list[str]:
    """Names of the environments that the project file declares; none for other kinds."""
    return project.environment_names() if kind.collection == Section.ENVIRONMENTS else []


def _asset(kind: AssetKind, workspace: WorkspaceId, name: str, version: str, project: ProjectFile) -> Asset:
    given: dict[str, Any] = {}
    if kind.collection == Section.ENVIRONMENTS and is_curated_name(name):
        given = {"environmentType": "Curated", "description": f"Environment of Azure's own: {name}."}
    if kind.path and (found := project.map.find(f"{name}:{version}", kind.collection, workspace)):
        given[kind.path] = found.path.absolute().as_uri()
        if kind.collection == "data":
            given["dataType"] = "uri_file" if found.path.is_file() else "uri_folder"
    return Asset(0, kind.collection, name, version, None, False, False, 0.0, 0.0, kind.document(given))
