"""What a workspace keeps besides jobs: read, listed, registered; each kind names its path and its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from contracts.resource_id import is_arm_id
from gateway.entities.assets import Asset, Data
from gateway.entities.environment import BuildContext, Environment
from gateway.exceptions import ValidationException
from gateway.operations.environments import next_version, register
from gateway.operations.resolve import latest_version
from gateway.operations.uploads import INPUTS_DATASTORE, OnUpload, input_uri
from gateway.operations.workspace import ASSETS, COMPUTE_LISTS, WORKSPACES, Workspace
from gateway.transport.calls import read_json
from gateway.transport.messages import Request
from gateway.transport.steps import Steps

T = TypeVar("T")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ArmResource:
    """What has no class of its own: a compute, a datastore, a model, a code folder, a component, a workspace.

    Parameters:
        name: its name.
        version: its version, where it has one.
        id: its ARM id.
        properties: `properties` of its ARM document, as the service spells them.
    """

    name: str
    version: str | None
    id: str
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssetKind(Generic[T]):
    """One kind of asset.

    Parameters:
        collection: `environments`, `data`, `computes` ...
        made: makes the entity of an ARM document, given its name and version.
        api_version: asked for in every request.
        versioned: whether there are versions of a name.
        registered: registers an entity and returns its ARM document; None where submit needs no such thing.
    """

    collection: str
    made: Callable[[Document, str, str | None], T]
    api_version: str = ASSETS
    versioned: bool = True
    registered: Callable[[Workspace, T, OnUpload], Steps[Document]] | None = None

    def entity(self, document: Document) -> T:
        """What an ARM document becomes: of a version, of a name that has versions, or of something without them."""
        name, version = str(document["name"]), None
        parts = str(document.get("id", "")).split("/")
        if self.versioned and len(parts) > 3 and parts[-2].lower() == "versions":
            name, version = parts[-3], parts[-1]
        return self.made(document, name, version)

    def get(self, workspace: Workspace, name: str, version: str | None = None, label: str | None = None) -> Steps[T]:
        """One asset; of a versioned one, the version or the label `latest` must be said.

        Raises:
            ValidationException: neither is said, both are, or the label is another.
            gateway.exceptions.ResourceNotFoundError: there is no such asset.
        """
        path = f"/{self.collection}/{quote(name, safe='')}"
        if self.versioned:
            if (version is None) == (label is None) or label not in (None, "latest"):
                raise ValidationException(
                    f"{self.collection} {name}: say either version=... or label='latest'"
                    f" (given: version={version!r}, label={label!r})"
                )
            version = version or (yield from latest_version(workspace, self.collection, name))
            path += f"/versions/{quote(version, safe='')}"
        return self.entity((yield from read_json(workspace.arm("GET", path, self.api_version))))

    def first_page(self, workspace: Workspace, name: str | None = None, view: str = "ActiveOnly") -> Steps[Request]:
        """The request for the first page of all names, or of the versions of one."""
        yield from ()
        path = f"/{self.collection}" + (f"/{quote(name, safe='')}/versions" if name else "")
        params = {"listViewType": view} if self.versioned else {}
        return workspace.arm("GET", path, self.api_version, params=params)

    def register(self, workspace: Workspace, entity: T, on_upload: OnUpload) -> Steps[T]:
        """Register an asset; what is local of it is uploaded first.

        Raises:
            ValidationException: this kind is made elsewhere, or the asset cannot be right.
        """
        if self.registered is None:
            raise ValidationException(f"{self.collection} are only read here; create them with az ml or the portal")
        return self.entity((yield from self.registered(workspace, entity, on_upload)))


def _resource(document: Document, name: str, version: str | None) -> ArmResource:
    return ArmResource(name, version, str(document.get("id", "")), document.get("properties") or {})


def _common(document: Document, name: str, version: str | None) -> dict[str, Any]:
    properties = document.get("properties") or {}
    common = {key: properties.get(key) for key in ("description", "tags", "properties")}
    return {"name": name, "version": version, "id": document.get("id"), **common}


def _environment(document: Document, name: str, version: str | None) -> Environment:
    properties = document.get("properties") or {}
    conda, build = properties.get("condaFile"), properties.get("build")
    if conda:
        from gateway.yaml_text import construct

        conda = construct(conda)
    made = Environment(
        **_common(document, name, version),
        image=properties.get("image"),
        build=BuildContext(path=build["contextUri"], dockerfile_path=build.get("dockerfilePath")) if build else None,
        conda_file=conda,
        os_type=properties.get("osType"),
    )
    return _with_latest(made, properties)


def _data(document: Document, name: str, version: str | None) -> Data:
    properties = document.get("properties") or {}
    kind = properties.get("dataType") or "uri_folder"
    made = Data(**_common(document, name, version), path=properties.get("dataUri"), type=kind)
    return _with_latest(made, properties)


A = TypeVar("A", bound=Asset)


def _with_latest(asset: A, properties: Mapping[str, Any]) -> A:
    asset.latest_version = properties.get("latestVersion")
    return asset


def _register_data(workspace: Workspace, data: Data, on_upload: OnUpload) -> Steps[Document]:
    if not data.path:
        raise ValidationException(f"data {data.name}: path is missing; give a local path or a URI")
    uri = data.path
    if "://" not in uri and not is_arm_id(uri):
        local = Path(data.base_path, uri).resolve()
        uri = yield from input_uri(workspace, local, on_upload, data.datastore or INPUTS_DATASTORE)
        uri += "/" if data.type == "uri_folder" else ""
    name = data.name or ""
    version = data.version or (yield from next_version(workspace, "data", name))
    optional = {"description": data.description, "tags": data.tags or None, "properties": data.properties or None}
    properties: dict[str, Any] = {key: value for key, value in optional.items() if value is not None}
    properties |= {"dataType": data.type, "dataUri": uri, "isAnonymous": data._is_anonymous, "isArchived": False}
    path = f"/data/{quote(name, safe='')}/versions/{quote(version, safe='')}"
    created: Document = yield from read_json(workspace.arm("PUT", path, ASSETS, body={"properties": properties}))
    return created


ENVIRONMENTS = AssetKind("environments", _environment, registered=register)
DATA = AssetKind("data", _data, registered=_register_data)
CODE = AssetKind("codes", _resource)
COMPONENTS = AssetKind("components", _resource)
MODELS = AssetKind("models", _resource)
COMPUTES = AssetKind("computes", _resource, COMPUTE_LISTS, versioned=False)
DATASTORES = AssetKind("datastores", _resource, WORKSPACES, versioned=False)


def workspace_resource(workspace: Workspace, name: str | None = None) -> Steps[ArmResource]:
    """A workspace of the client's resource group; by default the client's own."""
    chosen = name or workspace.id.name
    if chosen == workspace.id.name:
        return _resource((yield from workspace.details()), chosen, None)
    document = yield from read_json(_sibling(workspace, f"/{quote(chosen, safe='')}"))
    return _resource(document, chosen, None)


def workspaces_page(workspace: Workspace) -> Steps[Request]:
    """The request for the first page of the workspaces of the client's resource group."""
    yield from ()
    return _sibling(workspace, "")


def made_workspace(document: Document) -> ArmResource:
    """The workspace that an ARM document describes."""
    return _resource(document, str(document["name"]), None)


def _sibling(workspace: Workspace, path: str) -> Request:
    group = str(workspace.id).rpartition("/")[0]
    return Request(
        "GET",
        f"{workspace.endpoints.resource_manager}{group}{path}",
        params={"api-version": WORKSPACES},
        audience=workspace.endpoints.resource_manager,
    )
