"""The bodies of control requests: checked by a model, every mistake told with its key and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from starlette.requests import Request

from emulator.api.bodies import read_json
from emulator.services.refusal import Refusal

if TYPE_CHECKING:
    from pydantic import BaseModel

    M = TypeVar("M", bound=BaseModel)

_LARGEST = 1 << 20


async def read_model(request: Request, model: type[M], limit: int = _LARGEST) -> M:
    """The body of a request.

    Parameters:
        model: what it has to be; an empty body is an empty object.
        limit: bytes that it may have.

    Raises:
        Refusal: 400, with all mistakes.
    """
    from pydantic import ValidationError

    from contracts.diagnostics.model_errors import of_types
    from contracts.diagnostics.yaml_text import dotted

    body = await read_json(request, limit)
    try:
        return model.model_validate({} if body is None else body)
    except ValidationError as error:
        found = [f"{dotted(one.path) or 'body'}: {one.message}" for one in of_types(error.errors(), model)]
        raise bad_request("; ".join(found)) from None


def bad_request(message: str) -> Refusal:
    """400: what was asked cannot be; the message says why, and what to do."""
    return Refusal(400, "InvalidRequestContent", message)
