"""Workspaces: GET and list; and what a request below one says: its workspace, its command's choices, its project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.local_choices import LocalChoices
from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.api.bodies import Json
from emulator.services import workspaces
from emulator.services.context import Emulator
from emulator.services.refusal import user_error

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile

#: The path of a workspace; the paths of what it contains begin with it.
WORKSPACE = f"/subscriptions/{{subscription}}/resourceGroups/{{group}}/providers/{PROVIDER}/workspaces/{{workspace}}"

_CHOICE = b"x-amlet-"
_NO_CHOICES = LocalChoices()

_SUBSCRIPTION = f"/subscriptions/{{subscription}}/providers/{PROVIDER}/workspaces"
_GROUP = f"/subscriptions/{{subscription}}/resourceGroups/{{group}}/providers/{PROVIDER}/workspaces"


def workspace_of(request: Request) -> WorkspaceId:
    """The workspace in the path of a request whose route begins with `WORKSPACE`."""
    return workspace_in(request.path_params)


def workspace_in(params: Mapping[str, str]) -> WorkspaceId:
    """As `workspace_of`, by the names in the path."""
    return _workspace(params["subscription"], params["group"], params["workspace"])


_workspace = lru_cache(maxsize=256)(WorkspaceId)


def choices_of(request: Request) -> LocalChoices:
    """The choices of the command that sent a request."""
    return LocalChoices.of_headers(request.headers)


def choices_in(headers: Iterable[tuple[bytes, bytes]]) -> LocalChoices:
    """As `choices_of`, by the headers as they came."""
    found = {name.decode("latin-1"): text.decode("latin-1") for name, text in headers if name.startswith(_CHOICE)}
    return LocalChoices.of_headers(found) if found else _NO_CHOICES


def project_of(emulator: Emulator, request: Request) -> ProjectFile:
    """The project file of a request: that of its command, else that of the emulator's start.

    Raises:
        Refusal: the project file cannot be used.
    """
    try:
        return emulator.project_files.of(choices_of(request).project)
    except ValueError as error:
        raise user_error(str(error)) from None


def routes(emulator: Emulator) -> list[BaseRoute]:
    """GET of one and its keys, list of a resource group, list of a subscription."""
    known = workspaces.KnownWorkspaces(emulator)

    async def get(request: Request) -> Response:
        workspace = workspace_of(request)
        await known.remember(workspace)
        return Json(workspaces.document(emulator, workspace))

    async def keys(request: Request) -> Response:
        return Json(workspaces.keys(emulator, workspace_of(request)))

    async def storage_keys(request: Request) -> Response:
        return Json({"userStorageKey": emulator.secrets.account_key})

    async def listing(request: Request) -> Response:
        params = request.path_params
        return Json({"value": known.documents(params["subscription"], params.get("group"))})

    return [
        Route(WORKSPACE, get, methods=["GET"]),
        Route(_GROUP, listing, methods=["GET"]),
        Route(_SUBSCRIPTION, listing, methods=["GET"]),
        Route(f"{WORKSPACE}/listKeys", keys, methods=["POST"]),
        Route(f"{WORKSPACE}/listStorageAccountKeys", storage_keys, methods=["POST"]),
    ]
