"""`@pipeline`: a function whose steps make a pipeline."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from gateway.builders import scope
from gateway.builders.group import is_group
from gateway.builders.pipeline import Pipeline
from gateway.builders.pipeline_arguments import (
    call_values,
    declared_inputs,
    declared_outputs,
    described_arguments,
    input_values,
)
from gateway.builders.pipeline_job import PipelineJob
from gateway.builders.ports import NodeInputs, NodeOutput, PipelineInput, PipelineOutput
from gateway.builders.step_names import named_steps
from gateway.entities.component import ComponentSource
from gateway.entities.job_io import Input, Output
from gateway.entities.pipeline_component import PipelineComponent
from gateway.entities.pipeline_settings import PipelineJobSettings
from gateway.entities.resource import copied
from gateway.exceptions import UserErrorException

_LOG = logging.getLogger("gateway")
_SETTINGS = (
    "default_datastore",
    "continue_on_step_failure",
    "force_rerun",
    "default_compute",
    "on_init",
    "on_finalize",
)
_OTHER = ("compute", "default_compute_target", "non_pipeline_inputs", "non_pipeline_parameters")


def pipeline(
    func: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    version: str | None = None,
    display_name: str | None = None,
    description: str | None = None,
    experiment_name: str | None = None,
    tags: dict[str, str] | None = None,
    **kwargs: Any,
) -> Any:
    """Make a function build a pipeline of the steps that are made while it runs.

    Called at the top, the function returns a PipelineJob; called within another pipeline's function, a step of it.
    Steps are named after the function's variables; what the function returns, a dict of outputs, is the pipeline's.

    Parameters:
        func: the function.
        name: name of the pipeline component; the function's name when left out.
        version: version of the pipeline component.
        display_name: what Studio shows; the name when left out.
        description: what it is for; the function's docstring when left out.
        experiment_name: the experiment it belongs to.
        tags: tags by name.
        kwargs: `compute`; the settings of PipelineJobSettings; `non_pipeline_inputs`, the parameters whose values the
            function gets as they are.

    Raises:
        UserErrorException: what is decorated is not a function, or a parameter of it cannot be an input.

    Example:
        @pipeline(default_compute="cpu-cluster")
        def train(data: Input):
            prepared = prepare(raw=data)
            fitted = fit(data=prepared.outputs.clean)
            return {"model": fitted.outputs.model}
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., PipelineJob | Pipeline]:
        if not callable(function):
            raise UserErrorException(f"Dsl pipeline decorator accept only function type, got {type(function)}.")
        definition = _Definition(function, name, version, display_name, description, tags, kwargs)

        @wraps(function)
        def call(*args: Any, **values: Any) -> PipelineJob | Pipeline:
            given = call_values(function, args, values, definition.plain_parameters)
            component, inputs, chosen = definition.build(given)
            settings = definition.settings | chosen
            if scope.current() is not None:
                return definition.step(component, inputs, settings)
            return PipelineJob(
                component=component,
                inputs=inputs,
                compute=kwargs.get("compute"),
                settings=PipelineJobSettings(**settings),
                experiment_name=experiment_name,
                tags=tags,
            )

        call._is_dsl_func = True  # type: ignore[attr-defined]
        return call

    return decorate if func is None else decorate(func)


class _Definition:
    """A pipeline function with what its decorator says."""

    def __init__(
        self,
        function: Callable[..., Any],
        name: str | None,
        version: str | None,
        display_name: str | None,
        description: str | None,
        tags: dict[str, str] | None,
        options: Mapping[str, Any],
    ) -> None:
        for option in options.keys() - {*_SETTINGS, *_OTHER}:
            _LOG.warning("@pipeline does not know %r; it is passed over, as by the official client.", option)
        self.function = function
        self.name = name if name is not None else function.__name__
        self.version = version
        self.display_name = display_name or self.name
        self.description = description or function.__doc__
        self.tags = tags
        settings = {setting: options.get(setting) for setting in _SETTINGS}
        settings["default_compute"] = settings["default_compute"] or options.get("default_compute_target")
        self.settings = {setting: value for setting, value in settings.items() if value is not None}
        self.plain_parameters: list[str] = (
            options.get("non_pipeline_inputs") or options.get("non_pipeline_parameters") or []
        )
        self.descriptions = described_arguments(function.__doc__)
        self.inputs: dict[str, Input] = declared_inputs(function, self.plain_parameters, self.descriptions)
        self.annotated_outputs = declared_outputs(function)

    def build(self, given: Mapping[str, Any]) -> tuple[PipelineComponent, dict[str, Any], dict[str, Any]]:
        """The component that the function makes with these values, its inputs' values, and the settings it set."""
        inputs = input_values(
            self.inputs, {name: value for name, value in given.items() if name not in self.plain_parameters}
        )
        ports = NodeInputs({name: PipelineInput(name, None, inputs.get(name)) for name in self.inputs})
        parameters = dict.fromkeys(name.partition(".")[0] for name in self.inputs)
        values: dict[str, Any] = {name: ports[name] for name in parameters}
        # As they are, and not as bindings: the function may loop or branch over them.
        values |= {name: value for name, value in given.items() if name in self.plain_parameters}
        entered = scope.Scope(self.name, getattr(self.function, "__code__", None))
        with scope.entered(entered):
            returned = self.function(**values)
        steps = named_steps(self.name, entered.steps, entered.take_variables())
        outputs, bound = self._outputs({} if returned is None else returned)
        component = PipelineComponent(
            name=self.name,
            version=self.version,
            display_name=self.display_name,
            description=self.description,
            inputs=copied(self.inputs),
            outputs=outputs,
            bound_outputs=bound,
            jobs=steps,
            tags=self.tags,
            source=ComponentSource.DSL,
        )
        names = {id(step): name for name, step in steps.items()}
        return component, inputs, {key: names.get(id(step), step) for key, step in entered.settings.items()}

    def step(self, component: PipelineComponent, inputs: dict[str, Any], settings: dict[str, Any]) -> Pipeline:
        """The pipeline as a step of the one whose function is running.

        Raises:
            UserErrorException: it has steps that run first or last, which only a job can have.
        """
        if settings.get("on_init") is not None or settings.get("on_finalize") is not None:
            raise UserErrorException("On_init/on_finalize is not supported for pipeline component.")
        if settings:
            _LOG.warning(
                "Job settings %s on pipeline function %r are ignored when using inside PipelineJob.",
                settings,
                self.function.__name__,
            )
        node = Pipeline(component=component, inputs=inputs, tags=self.tags)
        scope.register(node)
        return node

    def _outputs(self, returned: Any) -> tuple[dict[str, Output], dict[str, PipelineOutput]]:
        """The pipeline's outputs as it declares them, and as its steps are bound to them."""
        wrong = (
            "The return type of dsl.pipeline decorated function should be a mapping from output name to "
            "azure.ai.ml.Output with owner."
        )
        if is_group(returned):
            returned = {name: value for name, value in vars(returned).items() if value is not None}
        if not isinstance(returned, dict):
            raise UserErrorException(wrong)
        declared: dict[str, Output] = {}
        bound: dict[str, PipelineOutput] = {}
        for name, value in returned.items():
            if not isinstance(name, str) or not isinstance(value, NodeOutput) or value.owner is None:
                raise UserErrorException(wrong)
            own = value.meta or Output(type=value.type, mode=value.mode, description=value.description)
            port = value.owner.outputs[value.port_name]
            given = port.data.data if isinstance(port.data, PipelineOutput) else port.data
            meta = Output(type=own.type, mode=own.mode, description=own.description)
            port.data = bound[name] = PipelineOutput(name, meta, copied(given) if given else None)
            declared[name] = Output(type=own.type, description=self.descriptions.get(name))
        self._check_outputs(declared, bound)
        return declared, bound

    def _check_outputs(self, declared: Mapping[str, Output], bound: Mapping[str, PipelineOutput]) -> None:
        expected = self.annotated_outputs
        if not expected:
            return
        wrong = "Unmatched outputs between actual pipeline output and output in annotation"
        if declared.keys() != expected.keys():
            raise UserErrorException(
                f"{wrong}: actual pipeline component outputs: {list(declared)}, annotation outputs: {list(expected)}"
            )
        for name, annotation in expected.items():
            if annotation.type != declared[name].type:
                made, wanted = {"type": declared[name].type}, {"type": annotation.type}
                raise UserErrorException(
                    f"{wrong}: {name}: pipeline component output: {made} != annotation output {wanted}"
                )
            for output in (declared[name], bound[name].meta):
                if output is not None:
                    output.description = annotation.description or output.description
                    output.mode = annotation.mode or output.mode
