"""A plugin for pytest, loaded where Microsoft's unit tests run: `renamed`, and the private methods that judge bodies.

The tests reach bodies by private methods of the official entities. These are given to those of gateway here, and do
what gateway's public functions do; bodies are wrapped in the official models, so that the tests read them as they do.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import yaml

from gateway.findings import ValidationResult
from gateway.serialization.validation import file_path
from tests.ms_unit import renamed

renamed.install()


def _install_methods() -> None:
    from azure.ai.ml._restclient.arm_ml_service.models import ComponentVersion, JobBase

    from gateway import from_arm, to_arm
    from gateway.builders.node import Node
    from gateway.entities import Component, PipelineComponent, PipelineJobSettings
    from gateway.entities.job import Job
    from gateway.serialization.arm.component import component_body
    from gateway.serialization.arm.pipeline_job import UnregisteredIds, steps_to_arm
    from gateway.serialization.arm.step import step_to_arm
    from gateway.serialization.validation import validate

    def job_body(self: Any) -> Any:
        return JobBase(to_arm(self))

    def step_body(self: Any) -> Any:
        return step_to_arm(self, UnregisteredIds())

    def registered(self: Any) -> Any:
        steps = steps_to_arm(self, UnregisteredIds()) if isinstance(self, PipelineComponent) else None
        return ComponentVersion(component_body(self, steps))

    def as_dict(self: Any) -> Any:
        text = StringIO()
        self.dump(text)
        return _with_paths(yaml.safe_load(text.getvalue()))

    def found(self: Any, raise_error: bool = False) -> Any:
        from gateway.exceptions import ValidationException

        result = _Found(validate(self))
        if raise_error and not result.passed:
            raise ValidationException(repr(result))
        return result

    made: dict[type, dict[str, Any]] = {
        Job: {"_to_rest_object": job_body, "_to_dict": as_dict, "_validate": found, "_customized_validate": found},
        Node: {"_to_rest_object": step_body},
        Component: {"_to_rest_object": registered, "_to_dict": as_dict},
        PipelineJobSettings: {"_to_dict": lambda self: self.given()},
    }
    for cls, methods in made.items():
        for name, method in methods.items():
            if name not in vars(cls):
                setattr(cls, name, method)
    Job._from_rest_object = staticmethod(lambda body: from_arm(body.as_dict()))  # type: ignore[attr-defined]


def _with_paths(content: Any) -> Any:
    """What is dumped, where bindings of steps' inputs are mappings, as the official client writes them."""
    for step in (content.get("jobs") or {}).values():
        for name, value in (step.get("inputs") or {}).items():
            if isinstance(value, str) and value.startswith("${{parent."):
                step["inputs"][name] = {"path": value}
        if isinstance(step.get("component"), dict):
            _with_paths(step["component"])
    return content


class _Found(ValidationResult):
    """What was found, by the paths of files, and without remedies."""

    @property
    def error_messages(self) -> dict[str, str]:
        """The texts of the errors by the field they are about."""
        return {".".join(map(str, file_path(one.path))): one.message for one in self._errors()}

    def _errors(self) -> list[Any]:
        return [one.finding for one in self.findings if one.finding.severity.value == "error"]


_install_methods()


@pytest.fixture
def mock_machinelearning_client() -> Any:
    """A client: the tests that use it patch the official one's private parts."""
    return renamed.Private("MLClient, whose private parts are patched")


@pytest.fixture
def client() -> Any:
    """A client of a service."""
    return renamed.Private("MLClient")


def _nothing() -> None:
    """A feature of the official client that is always there in gateway, or never."""


for _name in (
    "enable_pipeline_private_preview_features",
    "enable_private_preview_schema_features",
    "enable_private_preview_pipeline_node_types",
    "enable_internal_components",
    "disable_internal_components",
    "mock_code_hash",
    "mock_asset_name",
    "mock_component_hash",
    "mock_set_headers_with_user_aml_token",
    "mock_anon_component_version",
    "remove_git_props",
    "enable_environment_id_arm_expansion",
    "use_python_amlignore_during_upload",
    "skip_sleep_for_playback",
):
    globals()[_name] = pytest.fixture(_nothing, name=_name)
