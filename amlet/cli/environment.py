"""The environment in which official clients, unchanged, talk to an emulator."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from amlet.cli.emulators import credential

if TYPE_CHECKING:
    from contracts.resource_id import WorkspaceId
    from emulator.server.home import Record

_HERE = ("127.0.0.1", "localhost")


class EnvFormat(StrEnum):
    """Who reads the variables."""

    SHELL = "shell"
    JSON = "json"
    DOTENV = "dotenv"
    GITHUB = "github"
    IPYNB = "ipynb"


#: With the system's authorities, and without.
_BUNDLES = ("ca-bundle.pem", "ca-bundle-here.pem")


def variables(
    record: Record, workspace: WorkspaceId, environ: Mapping[str, str], *, only_here: bool = False
) -> dict[str, str]:
    """Names and values: the cloud and its metadata, a CA bundle, sign-in, workspace, MLflow, no proxy for this machine.

    Parameters:
        record: the emulator.
        workspace: the workspace that clients use which name none, and that MLflow logs to.
        environ: the environment as it is; its proxies' exceptions and CA bundles are kept.
        only_here: whether no other server is trusted than the emulator, and those of the user's own bundles.
    """
    from emulator.identity.cloud import ADFS, cloud_variables, trust_variables, write_bundle
    from emulator.identity.tokens import PRINCIPAL
    from gateway.transport.network import NetworkTransport

    file = Path(record.state_dir) / _BUNDLES[only_here]
    bundle = str(write_bundle(file, Path(record.ca), _without_ours(environ), system=not only_here))
    transport = NetworkTransport(record.ca)
    token = credential(record, transport).get_token(f"{record.origin}/.default").token
    transport.close()
    no_proxy = ",".join(
        dict.fromkeys([*_HERE, *filter(None, environ.get("NO_PROXY", environ.get("no_proxy", "")).split(","))])
    )
    return {
        **cloud_variables(record.origin, record.http_origin, record.identity_header),
        **trust_variables(bundle),
        "AZURE_CLIENT_ID": PRINCIPAL,
        "AZURE_TENANT_ID": ADFS,  # of this tenant msal asks no public cloud, whichever authority a client gives it
        "AZURE_CLIENT_SECRET": record.client_secret,
        "AMLET_TARGET": "emulator",
        "AMLET_STATE_DIR": record.state_dir,
        "AZURE_SUBSCRIPTION_ID": workspace.subscription,
        "AZURE_DEFAULTS_GROUP": workspace.resource_group,
        "AZURE_DEFAULTS_WORKSPACE": workspace.name,
        "MLFLOW_TRACKING_URI": f"{record.http_origin}/mlflow/v1.0{workspace}",
        "MLFLOW_TRACKING_TOKEN": token,
        # Both, as programs differ in which of them they read.
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def _without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without bundles that an emulator wrote earlier: only the user's own are put behind its CA."""
    return {name: text for name, text in environ.items() if Path(text).name not in _BUNDLES}


def render(names: Mapping[str, str], format: EnvFormat) -> str:  # noqa: A002
    """The variables as one of the readers wants them."""
    match format:
        case EnvFormat.JSON:
            return json.dumps(names, indent=2)
        case EnvFormat.SHELL:
            return "\n".join(f"export {name}={shlex.quote(text)}" for name, text in names.items())
        case EnvFormat.DOTENV:
            return "\n".join(f"{name}={json.dumps(text)}" for name, text in names.items())
        case EnvFormat.GITHUB:
            return "\n".join(f"{name}={text}" for name, text in names.items())
        case EnvFormat.IPYNB:
            return "\n".join(["import os", *(f"os.environ[{name!r}] = {text!r}" for name, text in names.items())])
