"""Early checks of what is given to commands and components."""

from __future__ import annotations

from os import PathLike
from typing import Any

from gateway.entities.environment import Environment
from gateway.entities.job_limits import CommandJobLimits
from gateway.entities.job_resource_configuration import JobResourceConfiguration
from gateway.exceptions import ErrorTarget, ValidationException

_ALLOWED: dict[str, tuple[type, ...]] = {
    "code": (str, PathLike),
    "environment": (str, Environment),
    "environment_variables": (dict,),
    "limits": (dict, CommandJobLimits),
    "resources": (dict, JobResourceConfiguration),
}


def check_types(**values: Any) -> None:
    """Check the types of parameters by their names; None is always allowed.

    Raises:
        ValidationException: a value of another type.
    """
    for name, value in values.items():
        if value is not None and not isinstance(value, _ALLOWED[name]):
            expected = " or ".join(cls.__name__ for cls in _ALLOWED[name])
            raise ValidationException(
                f"{name} must be {expected}, got {type(value).__name__}: {value!r}.", target=ErrorTarget.GENERAL
            )
