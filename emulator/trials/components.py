"""The components that the steps of a pipeline name, as they are registered here."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.job_types import COMMAND, step_type
from contracts.resource_id import ResourceId
from emulator.engine.pipeline.inputs import StepRefused
from emulator.engine.pipeline.interface import Interface, interface_of
from emulator.storage import assets


@dataclass(frozen=True)
class Component:
    """A registered component.

    Parameters:
        id: its ARM id, as the step names it.
        name, version: of it.
        spec: its `componentSpec`, as it was registered.
    """

    id: str
    name: str
    version: str
    spec: Mapping[str, Any]

    @cached_property
    def interface(self) -> Interface:
        """The inputs and outputs that it declares."""
        return interface_of(self.spec)


def component_id(node: Mapping[str, Any]) -> str | None:
    """The component that a step names: a sweep names that of its trial."""
    found: Any = node
    for key in (step_type(node.get("type")) or COMMAND).component:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None


def find_component(conn: sqlite3.Connection, reference: str) -> Component | None:
    """A component by its ARM id; None where there is none of that name and version.

    Raises:
        StepRefused: it is not in a workspace.
    """
    name, _, label = reference.partition("/labels/")
    try:
        identity = ResourceId.parse(name)
    except ValueError:
        raise StepRefused(
            f"component {reference} is not in this workspace; register it here (`component: ./file.yml`)"
        ) from None
    if identity.version:
        asset = assets.get(conn, identity.workspace, "components", identity.name, identity.version)
    else:
        newest = assets.versions(conn, identity.workspace, "components", identity.name, limit=1)
        asset = newest[0] if newest and label in ("", "default", "latest") else None
    if asset is None:
        return None
    return Component(reference, asset.name, asset.version, asset.document.get("componentSpec") or {})
