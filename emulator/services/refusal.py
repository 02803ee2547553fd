"""How an operation refuses a request; the routes turn it into their own envelope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A request that is not carried out.

    Parameters:
        status: HTTP status.
        code: the service's error code: `UserError`, `NotFound`, `ResourceNotFound` ...
        message: what is wrong and what to do, for people.
        target: the field or resource it is about.
        details: further refusals of the same request.
        inner: the service's chain of inner codes: `("Immutable", "JobPropertyImmutable")`.
        message_format: the message with names in braces in place of values, where the service tells it.
        parameters: the values by these names.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str | None = None,
        details: Sequence[Refusal] = (),
        inner: Sequence[str] = (),
        message_format: str | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.target, self.details, self.inner = target, details, inner
        self.message_format, self.parameters = message_format, parameters


def user_error(message: str, *, target: str | None = None, inner: Sequence[str] = ()) -> Refusal:
    """400: the request asks for something that cannot be."""
    return Refusal(400, "UserError", message, target=target, inner=inner)


def not_found(message: str, *, code: str = "UserError", inner: Sequence[str] = ()) -> Refusal:
    """404; the service's code for jobs, runs and assets is `UserError` as well."""
    return Refusal(404, code, message, inner=inner)


def job_not_found(name: str) -> Refusal:
    """404 for a job. Source: recorded."""
    return Refusal(
        404,
        "UserError",
        f"Job {name} not found.",
        inner=("NotFound", "JobNotFound"),
        message_format="Job {jobId} not found.",
        parameters={"jobId": name},
    )
