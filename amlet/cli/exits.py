"""The exit codes of `amlet`, and which error has which."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


class Exit(IntEnum):
    """The meaning of each exit code."""

    OK = 0
    ERROR = 1
    USAGE = 2
    FAILED = 3
    CANCELED = 4
    REFUSED = 5
    UNREACHABLE = 6
    DETACHED = 130


EPILOG = (
    "Exit codes: 0 done, and a streamed job Completed; 1 unexpected error; 2 wrong usage; 3 the streamed job Failed; "
    "4 it was Canceled; 5 refused: bad input, or the service refuses; 6 the service cannot be reached or does not "
    "accept your sign-in; 130 interrupted, the job goes on."
)


class Refusal(Exception):
    """Something the user can repair; shown as one message, without a traceback.

    Parameters:
        message: what is wrong and how to repair it.
        code: the exit code.
    """

    def __init__(self, message: str, code: Exit = Exit.REFUSED) -> None:
        super().__init__(message)
        self.code = code


def of_status(status: str) -> Exit:
    """The exit code for the last status of a streamed job."""
    return {"Completed": Exit.OK, "Canceled": Exit.CANCELED}.get(status, Exit.FAILED)


def explain(error: Exception, *, verbose: bool = False) -> tuple[str, Exit] | None:
    """The message and exit code of an error that needs no traceback, or None for a mistake of ours.

    Parameters:
        error: what was raised.
        verbose: whether to tell also what it came from.
    """
    from gateway.exceptions import MlException

    if isinstance(error, Refusal):
        return str(error), error.code
    if isinstance(error, MlException | FileNotFoundError | FileExistsError | PermissionError):
        return _with_hint(error, None), Exit.REFUSED
    return _of_azure(error, verbose)


def _of_azure(error: Exception, verbose: bool) -> tuple[str, Exit] | None:
    import sys

    if "azure.core.exceptions" not in sys.modules:
        return None
    from azure.core import exceptions as azure

    from gateway.transport.hints import hint_of

    if isinstance(error, azure.ClientAuthenticationError):
        hint = hint_of(401, "", str(error))
        if error.__cause__:  # nothing was sent, so that no id could be looked up
            more = str(error.__cause__) if verbose else "--verbose shows what was tried"
            return f"{_with_hint(error, hint, ids=False)}\n{more}", Exit.UNREACHABLE
        return _with_hint(error, hint), Exit.UNREACHABLE
    if isinstance(error, azure.HttpResponseError):
        return _with_hint(error, None), Exit.REFUSED
    if isinstance(error, azure.AzureError):
        return _with_hint(error, None), Exit.UNREACHABLE
    return None


def _told(error: Exception) -> str:
    """The text of an error; of one of the operating system without its number."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _with_hint(error: Exception, otherwise: str | None, *, ids: bool = True) -> str:
    text = _told(error).split("\nCode: ")[0]
    hint = getattr(error, "hint", None) or otherwise
    named = {"Hint": hint, "Request id": getattr(error, "request_id", None) if ids else None}
    if ids and not named["Request id"]:
        named["Correlation id"] = getattr(error, "correlation_id", None)
    return text + "".join(f"\n{name}: {said}" for name, said in named.items() if said)


def stop(code: Exit) -> typer.Exit:
    """To raise: leave with this exit code."""
    import typer

    return typer.Exit(int(code))
