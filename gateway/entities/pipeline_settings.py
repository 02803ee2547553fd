"""Settings of a pipeline job."""

from __future__ import annotations

from typing import Any

from gateway.exceptions import ErrorTarget, invalid_value


class PipelineJobSettings:
    """Settings of a pipeline job; others than these travel as they are given.

    Parameters:
        default_datastore: where outputs go that have no path.
        default_compute: where steps run that have no compute.
        continue_on_step_failure: whether steps go on that do not need a step that failed.
        force_rerun: whether steps run although equal ones have run.
        on_init, on_finalize: names of the steps that run first and last (keyword arguments).
    """

    def __init__(
        self,
        default_datastore: str | None = None,
        default_compute: str | None = None,
        continue_on_step_failure: bool | None = None,
        force_rerun: bool | None = None,
        **kwargs: Any,
    ) -> None:
        self.default_compute = default_compute
        self.default_datastore = default_datastore
        self.continue_on_step_failure = continue_on_step_failure
        self.force_rerun = force_rerun
        self.on_init = kwargs.pop("on_init", None)
        self.on_finalize = kwargs.pop("on_finalize", None)
        for name, value in kwargs.items():
            setattr(self, name, value)

    def given(self) -> dict[str, Any]:
        """The settings that are not None, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def __bool__(self) -> bool:
        return bool(self.given())

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if isinstance(other, PipelineJobSettings) else NotImplemented

    def __repr__(self) -> str:
        return f"PipelineJobSettings({', '.join(f'{name}={value!r}' for name, value in self.given().items())})"


def settings_of(value: Any) -> PipelineJobSettings:
    """The settings that a mapping, or None, means.

    Raises:
        ValidationException: neither a mapping nor settings.
    """
    if value is None:
        return PipelineJobSettings()
    if isinstance(value, PipelineJobSettings):
        return value
    if isinstance(value, dict):
        return PipelineJobSettings(**value)
    raise invalid_value("settings", value, "PipelineJobSettings(...) or a dict", target=ErrorTarget.PIPELINE)
