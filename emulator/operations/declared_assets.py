"""Assets that nobody registered: those of the world file, and environments of any name where it is not strict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.operations.asset_kinds import AssetKind
from emulator.store.assets import Asset
from emulator.world.section import Section

if TYPE_CHECKING:
    from contracts.resource_id import WorkspaceId
    from emulator.world.world import World

#: What a reference to any version is taken for.
_ANY_VERSION = "1"


def declared_versions(
    kind: AssetKind, workspace: WorkspaceId, name: str, world: World, *, guess: bool, listed: bool
) -> list[Asset]:
    """The versions of an asset that there are without its being registered, newest first.

    Parameters:
        world: of the request.
        guess: whether data and models that nobody knows have a version `latest`, so that their job is stored and then
            refused with all that it misses, and not at the first of it.
        listed: whether environments of any name have a version, where the world is not strict about them. A GET of
            one still finds nothing, so that clients register it.
    """
    versions = _versions(kind.collection, name, world)
    if not versions and listed and kind.collection == Section.ENVIRONMENTS:
        versions = [] if world.is_closed(Section.ENVIRONMENTS) else [_ANY_VERSION]
    if not versions and guess and kind.collection in ("data", "models"):
        versions = ["latest"]
    return [_asset(kind, workspace, name, version, world) for version in reversed(versions)]


def _versions(collection: str, name: str, world: World) -> list[str]:
    match collection:
        case "data" | "models":
            return [version or _ANY_VERSION for version in world.map.versions(collection, name)]
        case "environments":
            declared = world.environment(name, None)
            return [declared.version or _ANY_VERSION] if declared else []
    return []


def _asset(kind: AssetKind, workspace: WorkspaceId, name: str, version: str, world: World) -> Asset:
    given = {}
    if kind.path and (found := world.map.find(f"{name}:{version}", kind.collection, workspace)):
        given[kind.path] = found.path.absolute().as_uri()
        if kind.collection == "data":
            given["dataType"] = "uri_file" if found.path.is_file() else "uri_folder"
    return Asset(0, kind.collection, name, version, None, False, False, 0.0, 0.0, kind.document(given))
