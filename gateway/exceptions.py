"""What the gateway raises, under the official SDK's names.

    MlException                     what the gateway itself finds wrong
      ValidationException           a job, or a part of one, that cannot be right
        UserErrorException          the same, for a single value
          UnexpectedKeywordError    a command that is called with an input it does not have
        UnknownInputError           a command that uses an input that its job does not have
        TooLarge                    more bytes than were allowed (gateway.operations.fetching)
      JobException                  a job in the wrong state, of an unknown kind, or whose name another job has
        JobParsingError             an answer of the service that is not a job
      AssetException                an asset that cannot be made or found
      ComponentException            a component that cannot be used
      EmptyDirectoryError           a folder that should hold something
      UnknownCloud                  a cloud that no setting describes (gateway.operations.cloud)
      UntrustedHost                 a token would have gone to a foreign host (gateway.transport.trust)
      CassetteError                 a file that is not a recording (gateway.transport.cassette)
      NotRecorded                   a request that a replayed session has no answer to (gateway.transport.replay)
    azure.core.exceptions.AzureError
      HttpResponseError             the service refused
        ClientAuthenticationError   401, or the credential gave no token: not signed in, wrong tenant
        ResourceNotFoundError       404
        ResourceExistsError         409: the name is taken
      ServiceRequestError           no answer came
    TimeoutError                    something goes on for longer than the caller wanted to wait

Every one of the first two branches carries `status` (HTTP; None when there was no answer), `code`, `message`, `target`,
`request_id` (the service's id of the call) and `hint` (what to do; None where that is not known). Those of requests
also carry `correlation_id`, the client's own id of the call. Hints and ids are shown by tracebacks and by `amlet`;
`str()` is the official SDK's text.

The classes of the second branch are those of `azure.core.exceptions`, too; they are loaded when one is first needed.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from gateway import _late as late

_HTTP = frozenset(
    {
        "ClientAuthenticationError",
        "HttpResponseError",
        "ResourceExistsError",
        "ResourceNotFoundError",
        "ServiceRequestError",
    }
)


class ValidationErrorType(Enum):
    """What kind of mistake a ValidationException reports."""

    INVALID_VALUE = "INVALID VALUE"
    UNKNOWN_FIELD = "UNKNOWN FIELD"
    MISSING_FIELD = "MISSING FIELD"
    FILE_OR_FOLDER_NOT_FOUND = "FILE OR FOLDER NOT FOUND"
    CANNOT_SERIALIZE = "CANNOT DUMP"
    CANNOT_PARSE = "CANNOT PARSE"
    RESOURCE_NOT_FOUND = "RESOURCE NOT FOUND"
    GENERIC = "GENERIC"


class ErrorCategory:
    """Whose mistake it was."""

    USER_ERROR = "UserError"
    SYSTEM_ERROR = "SystemError"
    UNKNOWN = "Unknown"


class ErrorTarget:
    """What an error is about."""

    JOB = "Job"
    COMMAND_JOB = "CommandJob"
    SWEEP_JOB = "SweepJob"
    COMPONENT = "Component"
    ENVIRONMENT = "Environment"
    IDENTITY = "Identity"
    CODE = "Code"
    DATA = "Data"
    ASSET = "Asset"
    PIPELINE = "Pipeline"
    GENERAL = "General"
    UNKNOWN = "Unknown"


class MlException(Exception):
    """Root of what the gateway raises by itself.

    Parameters:
        message: what is wrong and how to repair it.
        no_personal_data_message: the same without values; the message when left out.
        target: one of `ErrorTarget`.
        error_category: one of `ErrorCategory`.
        hint: what to do about it, where the message does not say.
    """

    status: int | None = None
    request_id: str | None = None

    def __init__(
        self,
        message: str,
        no_personal_data_message: str | None = None,
        *args: Any,
        target: str = ErrorTarget.UNKNOWN,
        error_category: str = ErrorCategory.UNKNOWN,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, *args)
        self.hint = hint
        self.message = message
        self.no_personal_data_message = no_personal_data_message or message
        self.target = target
        self.error_category = error_category

    @property
    def code(self) -> str:
        """The kind of error: the name of its class."""
        return type(self).__name__

    def __str__(self) -> str:
        return self.message


class ValidationException(MlException):
    """A job, or a part of one, that cannot be right.

    Parameters:
        message, no_personal_data_message, target, error_category: as in MlException.
        error_type: the kind of mistake.
    """

    def __init__(
        self,
        message: str,
        no_personal_data_message: str | None = None,
        *args: Any,
        error_type: ValidationErrorType = ValidationErrorType.INVALID_VALUE,
        target: str = ErrorTarget.JOB,
        error_category: str = ErrorCategory.USER_ERROR,
        hint: str | None = None,
    ) -> None:
        super().__init__(
            message, no_personal_data_message, *args, target=target, error_category=error_category, hint=hint
        )
        self.error_type = error_type


def invalid_value(field: str, value: object, remedy: str, *, target: str = ErrorTarget.JOB) -> ValidationException:
    """The error of a value of a type that its field cannot have: `limits: 3 is an int; give SweepJobLimits(...).`"""
    if is_official(value):
        return ValidationException(f"{field}: {kind_of(value)}", target=target)
    return ValidationException(f"{field}: {value!r} is of type {type(value).__name__}; give {remedy}.", target=target)


def kind_of(value: object) -> str:
    """What a value is, for a message; of one of azure.ai.ml also how to repair it, as its class is called like ours."""
    name = type(value).__name__
    return f"a {name} of azure.ai.ml (import {name} from gateway, like all of the job)" if is_official(value) else name


def is_official(value: object) -> bool:
    """Whether a value is an object of azure-ai-ml, also of a class that is derived from one of its."""
    return any(cls.__module__.startswith("azure.ai.ml") for cls in type(value).__mro__)


class UnknownInputError(ValidationException):
    """A command that uses an input that its job does not have; `hint` says what to write."""


class UserErrorException(ValidationException):
    """A value that cannot be right."""


class UnexpectedKeywordError(UserErrorException):
    """A command that is called with an input it does not have."""


class JobException(MlException):
    """A job in the wrong state, or of a kind that is not known here."""


class JobParsingError(JobException):
    """An answer of the service that cannot be read as a job."""


class AssetException(MlException):
    """An asset that cannot be made or found."""


class ComponentException(MlException):
    """A component that cannot be used."""


class EmptyDirectoryError(MlException):
    """A folder that should hold something."""


def __getattr__(name: str) -> Any:
    if name in _HTTP:
        return late.http_error(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
