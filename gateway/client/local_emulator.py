"""The emulator on this machine, as clients in Python find it: by the variables of `amlet emulator env`.

The client knows nothing of how an emulator works. Where the variables are not in its own environment, it asks the
command for them, which starts an emulator where none runs.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from contracts.home_folder import target_file
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from gateway.client import workspace_settings
from gateway.exceptions import ErrorTarget, MlException, ValidationException
from gateway.transport.auth import AccessToken
from gateway.transport.messages import Request, Transport

#: Says where clients go that name neither an address nor a transport: `emulator` or `workspace`.
TARGET = "AMLET_TARGET"

_TARGETS = ("emulator", "workspace")
_CLOUD = ("AZUREML_CURRENT_CLOUD", "ARM_CLOUD_METADATA_URL")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_COMMAND = Path(__file__).parents[2] / "amlet" / "_guard.py"


class EmulatorUnavailable(MlException):
    """No emulator could be found or started; the message says why."""


def is_target(environ: Mapping[str, str]) -> bool:
    """Whether clients that name neither an address nor a transport go to the emulator.

    In order: AMLET_TARGET; a cloud that the environment names, as it does in a trial; `amlet target use`.

    Raises:
        ValidationException: AMLET_TARGET is neither of its values; nothing is sent anywhere then.
    """
    target = environ.get(TARGET)
    if target and target not in _TARGETS:
        raise ValidationException(
            f"{TARGET} is {target!r}; expected {' or '.join(_TARGETS)}", target=ErrorTarget.GENERAL
        )
    if not target and not any(map(environ.get, _CLOUD)):
        target = stored_target(environ)
    return target == "emulator"


def stored_target(environ: Mapping[str, str]) -> str | None:
    """What `amlet target use` stored, if it did.

    Raises:
        ValidationException: its file is damaged; nothing is sent anywhere then.
    """
    path = target_file(environ)
    try:
        found = str(json.loads(path.read_text(encoding="utf-8"))["target"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        found = ""
    if found not in _TARGETS:
        raise ValidationException(f"{path} is damaged; run: amlet target use emulator", target=ErrorTarget.GENERAL)
    return found


def workspace_of(explicit: Mapping[str, str | None], environ: Mapping[str, str], folder: Path) -> WorkspaceId:
    """The workspace on the emulator: the one that is configured, else the emulator's own.

    Parameters:
        explicit, environ, folder: as in `workspace_settings.find`.
    """
    settings = workspace_settings.find(explicit, environ, folder)
    return LOCAL_WORKSPACE if settings.missing and not any(explicit.values()) else settings.workspace()


@dataclass(frozen=True, slots=True)
class LocalEmulator:
    """Where an emulator answers, and what a client needs to be answered.

    Parameters:
        origin: of its control plane.
        bundle: file of the authorities to trust.
        identity_endpoint, identity_header: where it gives tokens, and what it wants to be told there.
    """

    origin: str
    bundle: str
    identity_endpoint: str
    identity_header: str = field(repr=False)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self | None:
        """The emulator of an environment that `amlet run` or `amlet emulator env` has made; None of any other."""
        try:
            metadata = urlsplit(environ["ARM_CLOUD_METADATA_URL"])
            told = environ["SSL_CERT_FILE"], environ["IDENTITY_ENDPOINT"], environ["IDENTITY_HEADER"]
        except KeyError:
            return None
        # Only of this machine: neither jobs nor tokens go to an address that another tool left in these variables.
        here = {metadata.hostname, urlsplit(told[1]).hostname} <= set(_LOOPBACK)
        return cls(f"{metadata.scheme}://{metadata.netloc}", *told) if here and "AMLET_STATE_DIR" in environ else None

    @classmethod
    def found(cls, environ: Mapping[str, str], state_dir: str | os.PathLike[str] | None = None) -> Self:
        """The emulator that is meant; it is started where it does not run, and goes on running.

        Parameters:
            environ: of this process; of its variables those of an emulator count first.
            state_dir: the emulator with this state directory; by default that of AMLET_STATE_DIR, else the default one.

        Raises:
            EmulatorUnavailable: it cannot be started, as the extra `emulator` is not installed.
        """
        import subprocess

        known = None if state_dir else cls.of(environ)
        if known:
            return known
        place = ["--state-dir", os.fspath(Path(state_dir).absolute())] if state_dir else []
        # -P: a folder of the caller's own that is called like one of ours is not imported in its place.
        command = [sys.executable, "-P", str(_COMMAND), "emulator", "env", "--start", "--format", "json", *place]
        asked = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(environ))
        made = cls.of(json.loads(asked.stdout)) if asked.returncode == 0 else None
        if made is None:
            raise EmulatorUnavailable(f"no emulator could be started: {asked.stderr.strip()}")
        return made

    @property
    def pages(self) -> str:
        """The plain origin of its pages, of which no browser warns."""
        return self.identity_endpoint.removesuffix(urlsplit(self.identity_endpoint).path)

    @property
    def transport(self) -> Transport:
        """A transport that trusts it."""
        from gateway.transport.choice import recorded
        from gateway.transport.network import NetworkTransport

        return recorded(NetworkTransport(self.bundle), os.environ)

    def credential(self, transport: Transport) -> EmulatorCredential:
        """Where tokens for it come from.

        Parameters:
            transport: where requests go.
        """
        return EmulatorCredential(self.identity_endpoint, self.identity_header, transport)


@dataclass(frozen=True, slots=True)
class _Token:
    token: str
    expires_on: int


@dataclass(frozen=True, slots=True)
class EmulatorCredential:
    """Fetches tokens from an emulator's endpoint of managed identities.

    Parameters:
        endpoint: its address.
        header: what it wants to be told.
        transport: where requests go.
    """

    endpoint: str
    header: str = field(repr=False)
    transport: Transport

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the audience of a scope (`https://127.0.0.1:8443/.default`).

        Raises:
            EmulatorUnavailable: it gives none.
        """
        query = {"api-version": "2019-08-01", "resource": scopes[0].removesuffix("/.default")}
        answer = self.transport.send(Request("GET", self.endpoint, query, {"X-IDENTITY-HEADER": self.header}))
        if not answer.ok:
            raise EmulatorUnavailable(f"the emulator gave no token: {answer.status} {answer.text[:200]}")
        document = answer.json()
        return _Token(document["access_token"], int(document["expires_on"]))
