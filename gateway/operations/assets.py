"""What a workspace keeps besides jobs: read, listed, registered, archived; each kind names its path and its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from contracts.resource_id import is_arm_id
from gateway.entities.assets import Data
from gateway.entities.compute import Compute
from gateway.entities.datastore import Datastore
from gateway.entities.environment import Environment
from gateway.entities.model import Model
from gateway.entities.workspace import Workspace as WorkspaceEntity
from gateway.exceptions import ValidationException
from gateway.operations.environments import next_version, register
from gateway.operations.official.entities import taken
from gateway.operations.resolve import latest_version
from gateway.operations.uploads import INPUTS_DATASTORE, OnUpload, input_uri
from gateway.operations.workspace import ASSETS, COMPUTE_LISTS, MODEL_VERSIONS, WORKSPACES, Workspace
from gateway.serialization.arm.assets import data_from_arm, environment_from_arm, model_from_arm, model_to_arm
from gateway.serialization.arm.resources import (
    compute_from_arm,
    datastore_from_arm,
    datastore_to_arm,
    workspace_from_arm,
)
from gateway.transport.calls import read_json, send
from gateway.transport.messages import Request
from gateway.transport.steps import Steps

T = TypeVar("T")
Document = dict[str, Any]

#: What the service writes into the documents of assets, and takes from no client.
_SERVED = frozenset({"latestVersion", "nextVersion", "provisioningState"})


@dataclass(frozen=True, slots=True)
class ArmResource:
    """What has no class of its own: a code folder, a component.

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
        entity_class: the class that is registered, by its name in `gateway.entities`.
        api_version: asked for in every request.
        versioned: whether there are versions of a name.
        registered: registers an entity and returns its ARM document; None where submit needs no such thing.
        label: the label that is meant where neither version nor label is said; None where one has to be.
    """

    collection: str
    made: Callable[[Document, str, str | None], T]
    entity_class: str
    api_version: str = ASSETS
    versioned: bool = True
    registered: Callable[[Workspace, T, OnUpload], Steps[Document]] | None = None
    label: str | None = None

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
        path = self._path(name)
        if self.versioned:
            if version is None and label is None:
                label = self.label
            if (version is None) == (label is None) or label not in (None, "latest"):
                raise ValidationException(
                    f"{self.collection} {name}: say either version=... or label='latest'"
                    f" (given: version={version!r}, label={label!r})"
                )
            version = version or (yield from latest_version(workspace, self.collection, name))
            path = self._path(name, version)
        return self.entity((yield from read_json(workspace.arm("GET", path, self.api_version))))

    def first_page(self, workspace: Workspace, name: str | None = None, view: str = "ActiveOnly") -> Steps[Request]:
        """The request for the first page of all names, or of the versions of one."""
        yield from ()
        path = f"{self._path(name)}/versions" if name else f"/{self.collection}"
        params = {"listViewType": view} if self.versioned else {}
        return workspace.arm("GET", path, self.api_version, params=params)

    def register(self, workspace: Workspace, entity: T, on_upload: OnUpload) -> Steps[T]:
        """Register an asset; what is local of it is uploaded first.

        Parameters:
            entity: the asset; one of azure.ai.ml is translated.

        Raises:
            ValidationException: this kind is made elsewhere, or the asset cannot be right.
        """
        if self.registered is None:
            raise ValidationException(f"{self.collection} are only read here; create them with az ml or the portal")
        entity = taken(entity, self.entity_class, f"{self.collection}.create_or_update")
        return self.entity((yield from self.registered(workspace, entity, on_upload)))

    def given(self, entity: T | None, named: Mapping[str, T]) -> T:
        """The entity that a call names: first, or by the official client's name for it (`model=`, `environment=`).

        Raises:
            TypeError: nothing is given, or something by another name.
        """
        name = self.entity_class.lower()
        for key in named:
            if key != name or entity is not None:
                raise TypeError(f"create_or_update() got an unexpected keyword argument {key!r}")
        found = named.get(name) if entity is None else entity
        if found is None:
            raise TypeError(f"create_or_update() is missing its argument {name!r}")
        return found

    def set_archived(
        self, workspace: Workspace, name: str, version: str | None, label: str | None, *, archived: bool
    ) -> Steps[None]:
        """Hide a version, or a name with all its versions, from lists, or show it again.

        Raises:
            ValidationException: both version and label are said, or the label is another than `latest`.
            gateway.exceptions.ResourceNotFoundError: there is no such asset.
        """
        if version is not None and label is not None:
            raise ValidationException(f"{self.collection} {name}: say version=... or label=..., not both")
        if label not in (None, "latest"):
            raise ValidationException(f"{self.collection} {name}: the label is 'latest', not {label!r}")
        if label:
            version = yield from latest_version(workspace, self.collection, name)
        path = self._path(name, version)
        document = yield from read_json(workspace.arm("GET", path, self.api_version))
        # A PUT replaces the document: what is not sent again is lost.
        kept = {key: value for key, value in (document.get("properties") or {}).items() if key not in _SERVED}
        body = {"properties": {**kept, "isArchived": archived}}
        yield from send(workspace.arm("PUT", path, self.api_version, body=body))

    def _path(self, name: str, version: str | None = None) -> str:
        path = f"/{self.collection}/{quote(name, safe='')}"
        return path if version is None else f"{path}/versions/{quote(version, safe='')}"


def plain_resource(document: Document, name: str, version: str | None) -> ArmResource:
    """What has no class of its own, as it was answered."""
    return ArmResource(name, version, str(document.get("id", "")), document.get("properties") or {})


def _register_data(workspace: Workspace, data: Data, on_upload: OnUpload) -> Steps[Document]:
    if not data.path:
        raise ValidationException(f"data {data.name}: path is missing; give a local path or a URI")
    uri = data.path
    if "://" not in uri and not is_arm_id(uri):
        local = Path(data.base_path, uri).resolve()
        uri = yield from input_uri(workspace, local, on_upload, data.datastore or INPUTS_DATASTORE)
        uri += "/" if data.type == "uri_folder" else ""
    optional = {"description": data.description, "tags": data.tags or None, "properties": data.properties or None}
    properties: dict[str, Any] = {key: value for key, value in optional.items() if value is not None}
    properties |= {"dataType": data.type, "dataUri": uri, "isAnonymous": data._is_anonymous, "isArchived": False}
    return (yield from _put_version(workspace, DATA, data.name or "", data.version, properties))


def _register_model(workspace: Workspace, model: Model, on_upload: OnUpload) -> Steps[Document]:
    if not model.path:
        raise ValidationException(
            f"model {model.name}: path is missing; give a local path, azureml://jobs/JOB/outputs/NAME, "
            "runs:/RUN/PATH or an address in a datastore"
        )
    uri = model.path
    if local := model.local_path:
        uri = yield from input_uri(workspace, local, on_upload, model.datastore or INPUTS_DATASTORE)
    properties = model_to_arm(model, _long_uri(workspace, uri))
    return (yield from _put_version(workspace, MODELS, model.name or "", model.version, properties))


def _long_uri(workspace: Workspace, uri: str) -> str:
    """A short datastore address with its workspace, as the official client sends a model's."""
    if not uri.startswith("azureml://datastores/"):
        return uri
    place = workspace.id
    scope = f"subscriptions/{place.subscription}/resourcegroups/{place.resource_group}/workspaces/{place.name}"
    return f"azureml://{scope}/{uri.removeprefix('azureml://')}"


def _put_version(
    workspace: Workspace, kind: AssetKind[Any], name: str, version: str | None, properties: Mapping[str, Any]
) -> Steps[Document]:
    chosen = version or (yield from next_version(workspace, kind.collection, name))
    request = workspace.arm("PUT", kind._path(name, chosen), kind.api_version, body={"properties": properties})
    created: Document = yield from read_json(request)
    return created


def _register_datastore(workspace: Workspace, datastore: Datastore, on_upload: OnUpload) -> Steps[Document]:
    path = DATASTORES._path(datastore.name or "")
    created: Document = yield from read_json(
        workspace.arm("PUT", path, DATASTORES.api_version, body=datastore_to_arm(datastore))
    )
    return created


ENVIRONMENTS: AssetKind[Environment] = AssetKind(
    "environments", environment_from_arm, "Environment", registered=register
)
DATA: AssetKind[Data] = AssetKind("data", data_from_arm, "Data", registered=_register_data)
MODELS: AssetKind[Model] = AssetKind("models", model_from_arm, "Model", MODEL_VERSIONS, registered=_register_model)
CODE = AssetKind("codes", plain_resource, "Code")
COMPUTES: AssetKind[Compute] = AssetKind("computes", compute_from_arm, "Compute", COMPUTE_LISTS, versioned=False)
DATASTORES: AssetKind[Datastore] = AssetKind(
    "datastores", datastore_from_arm, "Datastore", WORKSPACES, versioned=False, registered=_register_datastore
)


def workspace_resource(workspace: Workspace, name: str | None = None) -> Steps[WorkspaceEntity]:
    """A workspace of the client's resource group; by default the client's own."""
    chosen = name or workspace.id.name
    if chosen == workspace.id.name:
        document = yield from workspace.details()
    else:
        document = yield from read_json(_sibling(workspace, f"/{quote(chosen, safe='')}"))
    return workspace_from_arm({"name": chosen, **document})


def workspaces_page(workspace: Workspace) -> Steps[Request]:
    """The request for the first page of the workspaces of the client's resource group."""
    yield from ()
    return _sibling(workspace, "")


def _sibling(workspace: Workspace, path: str) -> Request:
    group = str(workspace.id).rpartition("/")[0]
    return Request(
        "GET",
        f"{workspace.endpoints.resource_manager}{group}{path}",
        params={"api-version": WORKSPACES},
        audience=workspace.endpoints.resource_manager,
    )
