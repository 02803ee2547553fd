"""Components and pipelines: components are registered before the job, leaves first, equal ones once.

Source: recorded submissions and the official client's `_component_operations` (azure-ai-ml 1.35.2): components of steps
are registered without a name, under the hash of their content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from contracts.resource_id import is_arm_id
from gateway.builders.node import Node
from gateway.builders.pipeline_job import PipelineJob
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import ANONYMOUS_COMPONENT, Component, ComponentSource
from gateway.entities.environment import Environment
from gateway.entities.names import is_binding
from gateway.entities.pipeline_component import PipelineComponent
from gateway.operations.assets import AssetKind
from gateway.operations.environments import environment_id, next_version
from gateway.operations.resolve import asset_id, code_reference_id, compute_id, input_entry, latest_version
from gateway.operations.uploads import INPUTS_DATASTORE, OnUpload
from gateway.operations.workspace import ASSETS, Workspace
from gateway.serialization.arm.component import anonymous_hash, component_body
from gateway.serialization.arm.component_from_arm import component_container_from_arm, component_from_arm
from gateway.serialization.arm.pipeline_job import steps_to_arm
from gateway.serialization.arm.plain import camel, snake_keys
from gateway.serialization.arm.trial import code_reference, environment_reference
from gateway.transport.calls import read_json
from gateway.transport.steps import Steps, together

_REGISTRY = "azureml://registries/"
#: Labels of the newest version.
_LABELS = ("latest", "default")


class Registered:
    """The ids of the components of a pipeline's steps, once they are registered; a `ComponentId`.

    Parameters:
        workspace: where they are registered.
        on_upload: called for each upload.
    """

    def __init__(self, workspace: Workspace, on_upload: OnUpload) -> None:
        self._workspace, self._on_upload = workspace, on_upload
        self._ids: dict[int, str] = {}
        self._references: dict[str, str] = {}
        self._components: list[Component] = []

    def __call__(self, step: Node) -> str:
        component = step._component
        if isinstance(component, str):
            return self._references[component]
        return str(component.id or self._ids[id(component)])

    def register_whole(self, component: PipelineComponent) -> Steps[str]:
        """Register a pipeline component without a name, with what its steps need, and return its ARM id."""
        body = component_body(component, (yield from self.register(component)), anonymous=True)
        yield from self._register_together([component], [body])
        return self._ids[id(component)]

    def register(self, component: PipelineComponent) -> Steps[dict[str, Any]]:
        """Register what the steps of a pipeline need, and return the steps as they are submitted."""
        nested, leaves, references = _parts(component)
        for reference in references:
            self._references[reference] = yield from component_reference_id(self._workspace, reference)
        yield from self._register_leaves(leaves)
        # The innermost first: the one around it names it by its id.
        for inner in reversed(nested):
            body = component_body(inner, (yield from self._steps(inner)), anonymous=True)
            yield from self._register_together([inner], [body])
        return (yield from self._steps(component))

    def _register_leaves(self, leaves: list[CommandComponent]) -> Steps[None]:
        codes = {place: None for leaf in leaves if (place := _code_place(leaf))}
        code_ids = yield from together(
            [code_reference_id(self._workspace, code, folder, self._on_upload) for folder, code in codes]
        )
        code_of = dict(zip(codes, code_ids, strict=True))
        environments = {_environment_key(leaf): leaf.environment for leaf in leaves if leaf.environment}
        environment_ids = yield from together([self._environment(environment) for environment in environments.values()])
        environment_of = dict(zip(environments, environment_ids, strict=True))
        bodies = []
        for leaf in leaves:
            place = _code_place(leaf)
            bodies.append(
                component_body(
                    leaf,
                    code=place and code_of[place],
                    environment=environment_of.get(_environment_key(leaf)),
                    anonymous=True,
                )
            )
        yield from self._register_together(leaves, bodies)

    def _register_together(self, components: list[Any], bodies: list[dict[str, Any]]) -> Steps[None]:
        versions = [anonymous_hash(body["properties"]["componentSpec"]) for body in bodies]
        distinct = dict(zip(versions, bodies, strict=True))
        ids = yield from together(
            [put_component(self._workspace, ANONYMOUS_COMPONENT, version, body) for version, body in distinct.items()]
        )
        id_of = dict(zip(distinct, ids, strict=True))
        for component, version in zip(components, versions, strict=True):
            self._ids[id(component)] = str(id_of[version]["id"])
            # Kept alive: `id()` of an object that is gone is given to another one, which would then be taken for it.
            self._components.append(component)

    def _environment(self, environment: Any) -> Steps[str]:
        if isinstance(environment, Environment):
            return (yield from environment_id(self._workspace, environment, self._on_upload))
        return (yield from asset_id(self._workspace, "environments", environment))

    def _steps(self, component: PipelineComponent) -> Steps[dict[str, Any]]:
        """The steps of a pipeline with ids in the place of names, and local inputs uploaded."""
        steps = steps_to_arm(component, self)
        base = Path(component.base_path)
        for name, step in component.jobs.items():
            body = steps[name]
            compute = body.get("computeId")
            if compute and step.type != PipelineComponent.kind and not is_binding(compute):
                body["computeId"] = compute_id(self._workspace, compute)
            stores = {key: getattr(port.data, "datastore", None) for key, port in step.inputs.items()}
            for key, entry in (body.get("inputs") or {}).items():
                wire = {camel(field): value for field, value in entry.items()}
                store = stores.get(key) or INPUTS_DATASTORE
                found = yield from input_entry(self._workspace, wire, base, self._on_upload, store)
                body["inputs"][key] = snake_keys(found)
        return steps


def component_reference_id(workspace: Workspace, reference: str) -> Steps[str]:
    """The ARM id of a component that is given as `name:version`, `name@label`, `name` or by its id."""
    name = reference if reference.startswith(_REGISTRY) else reference.removeprefix("azureml:")
    if name.startswith(_REGISTRY) or is_arm_id(name):
        return name
    name, _, label = name.partition("@")
    if label in _LABELS or ":" not in name:
        return workspace.id.child("components", name, (yield from latest_version(workspace, "components", name)))
    return (yield from asset_id(workspace, "components", reference))


def put_component(workspace: Workspace, name: str, version: str, body: Mapping[str, Any]) -> Steps[dict[str, Any]]:
    """Register a component under a name and version, and return its ARM document."""
    path = f"/components/{quote(name, safe='')}/versions/{quote(version, safe='')}"
    created: dict[str, Any] = yield from read_json(workspace.arm("PUT", path, ASSETS, body=body))
    return created


def _parts(
    component: PipelineComponent,
) -> tuple[list[PipelineComponent], list[CommandComponent], list[str]]:
    """The nested pipelines, outer ones first; the command components; the ids and names of registered ones."""
    nested: dict[int, PipelineComponent] = {}
    leaves: dict[int, CommandComponent] = {}
    references: dict[str, None] = {}
    for step in _all_steps(component):
        used = step._component
        if isinstance(used, str):
            references[used] = None
        elif used.id:
            continue
        elif isinstance(used, PipelineComponent):
            # One that is used at several depths is registered before the outermost pipeline that needs it.
            nested.pop(id(used), None)
            nested[id(used)] = used
        else:
            leaves.setdefault(id(used), used)
    return list(nested.values()), list(leaves.values()), list(references)


def _all_steps(component: PipelineComponent) -> Iterator[Node]:
    layer = [component]
    while layer:
        below: list[PipelineComponent] = []
        for pipeline in layer:
            for step in pipeline.jobs.values():
                yield step
                if isinstance(step._component, PipelineComponent) and not step._component.id:
                    below.append(step._component)
        layer = below


def _code_place(component: CommandComponent) -> tuple[Path, str] | None:
    """The folder that a component's code starts from, and the code; one place for all that use the same folder."""
    code = code_reference(component.code)
    if code is None:
        return None
    local = Path(component.base_path, code)
    return (local.resolve().parent, local.resolve().name) if local.exists() else (Path(component.base_path), code)


def _environment_key(component: CommandComponent) -> str:
    return environment_reference(component.environment) or ""


def resolve_pipeline(
    workspace: Workspace, job: PipelineJob, body: dict[str, Any], on_upload: OnUpload
) -> Steps[dict[str, Any]]:
    """The body of a pipeline job with every reference resolved, after its components are registered.

    Parameters:
        workspace: where it will run.
        job: the job; it is not changed.
        body: its submission body.
        on_upload: called for each upload.

    Raises:
        ValidationException: a path does not exist, or an asset has no version.
        gateway.exceptions.ResourceNotFoundError: an asset of which the latest version is wanted does not exist.
    """
    properties = dict(body["properties"])
    if properties.get("computeId"):
        properties["computeId"] = _compute(workspace, properties["computeId"])
    settings = dict(properties.get("settings") or {})
    if settings.get("default_compute"):
        settings["default_compute"] = _compute(workspace, settings["default_compute"])
    if settings.get("default_datastore"):
        settings["default_datastore"] = _datastore(workspace, settings["default_datastore"])
    component = job.component
    if isinstance(component, str):
        properties["componentId"] = yield from component_reference_id(workspace, component)
    elif component._source == ComponentSource.YAML_COMPONENT:
        # A component's file as the whole job is registered, and the job has no steps of its own.
        properties["componentId"] = yield from Registered(workspace, on_upload).register_whole(component)
        properties["jobs"] = {}
        settings["_source"] = ComponentSource.WORKSPACE_JOB
    else:
        properties["jobs"] = yield from Registered(workspace, on_upload).register(component)
    properties["settings"] = settings
    inputs = {}
    for name, entry in (properties.get("inputs") or {}).items():
        store = getattr(job.inputs[name].data, "datastore", None) or INPUTS_DATASTORE
        inputs[name] = yield from input_entry(workspace, entry, Path(job.base_path), on_upload, store)
    if inputs:
        properties["inputs"] = inputs
    return {**body, "properties": properties}


def _compute(workspace: Workspace, name: str) -> str:
    return name if is_binding(name) else compute_id(workspace, name)


def _datastore(workspace: Workspace, name: str) -> str:
    name = name.removeprefix("azureml:")
    return name if name.startswith("/") else workspace.id.child("datastores", name)


def register(workspace: Workspace, component: Component, on_upload: OnUpload) -> Steps[dict[str, Any]]:
    """Register a component under its own name, the next version where it has none, and return its ARM document."""
    registered = Registered(workspace, on_upload)
    name = component.name or ANONYMOUS_COMPONENT
    if isinstance(component, PipelineComponent):
        body = component_body(component, (yield from registered.register(component)))
    else:
        code = code_reference(getattr(component, "code", None))
        environment: Any = getattr(component, "environment", None)
        body = component_body(
            component,
            code=code and (yield from code_reference_id(workspace, code, Path(component.base_path), on_upload)),
            environment=environment and (yield from registered._environment(environment)),
        )
    version = component.version
    if component._is_anonymous:
        version = anonymous_hash(body["properties"]["componentSpec"])
    elif version is None:
        version = yield from next_version(workspace, "components", name)
        body["properties"]["componentSpec"]["version"] = version
    return (yield from put_component(workspace, name, version, body))


def _made(document: dict[str, Any], name: str, version: str | None) -> Any:
    """A component, or of a name that has versions what is known of it."""
    if "componentSpec" in (document.get("properties") or {}):
        return component_from_arm(document, name, version)
    return component_container_from_arm(document, name)


COMPONENTS: AssetKind[Any] = AssetKind("components", _made, "Component", registered=register, label="latest")
