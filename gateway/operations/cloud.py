"""Which cloud a client talks to: a public one by name, or one that describes itself in ARM metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.studio import Cloud
from gateway.exceptions import MlException
from gateway.transport.calls import read_json
from gateway.transport.messages import Request
from gateway.transport.steps import Steps


class UnknownCloud(MlException, ValueError):
    """A cloud that is not one of the public ones and that no setting describes."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a cloud's services are.

    Parameters:
        name: the cloud's name.
        resource_manager: origin of the control plane, without a slash at the end; also the audience of tokens.
        studio: origin of the studio pages.
        storage_suffix: what follows `<account>.blob.` in the address of a blob account.
        user_audience: whom a token is for with which a job acts as its user.
        authority: where users sign in; None leaves it to the credential.
    """

    name: str
    resource_manager: str
    studio: str
    storage_suffix: str = "core.windows.net"
    user_audience: str = Cloud.AZURE.studio
    authority: str | None = None

    @classmethod
    def of(cls, cloud: Cloud) -> Endpoints:
        """The endpoints of a public cloud."""
        return cls(cloud.label, cloud.resource_manager, cloud.studio, cloud.storage_suffix, cloud.studio)

    @classmethod
    def at(cls, base_url: str, studio: str | None = None) -> Endpoints:
        """The endpoints of a control plane that is known by its address only, such as an emulator's.

        Parameters:
            base_url: its origin.
            studio: origin of its pages, where that is another one.
        """
        origin = base_url.rstrip("/")
        return cls("custom", origin, studio or origin)

    def page(self, address: str) -> str:
        """The address of a page as people open it: of an emulator the plain one, of which no browser warns.

        Parameters:
            address: as the service has it, on the origin of the control plane or elsewhere.
        """
        is_here = address.startswith(f"{self.resource_manager}/")
        return self.studio + address.removeprefix(self.resource_manager) if is_here else address


def endpoints(
    cloud: Cloud | str | None, base_url: str | None, environ: Mapping[str, str], studio: str | None = None
) -> Steps[Endpoints]:
    """Where to go: an address counts first, then a named cloud, then the environment, else the public cloud.

    The environment is read as the official SDK reads it: `AZUREML_CURRENT_CLOUD` names the cloud, and one that is none
    of the public ones is described at `ARM_CLOUD_METADATA_URL`.

    Parameters:
        cloud, base_url, environ: as in `MLClient`.
        studio: origin of the pages at `base_url`, where that is another one.

    Raises:
        UnknownCloud: no setting describes the cloud; nothing is ever sent to the public cloud instead.
    """
    if base_url:
        return Endpoints.at(base_url, studio)
    if isinstance(cloud, Cloud):
        return Endpoints.of(cloud)
    name = cloud or environ.get("AZUREML_CURRENT_CLOUD")
    metadata = environ.get("ARM_CLOUD_METADATA_URL")
    public = {known.label.lower(): known for known in Cloud}
    if name and name.lower() in public:
        return Endpoints.of(public[name.lower()])
    if metadata:
        return (yield from _described(metadata, name))
    if name:
        raise UnknownCloud(
            f"unknown cloud {name!r}; known are {', '.join(cloud.label for cloud in Cloud)}. "
            "ARM_CLOUD_METADATA_URL is where any other one is described"
        )
    return Endpoints.of(Cloud.AZURE)


def _described(url: str, name: str | None) -> Steps[Endpoints]:
    document = yield from read_json(Request("GET", url))
    described = document if isinstance(document, list) else [document]
    try:
        for entry in described:
            if name is None or entry["name"].lower() == name.lower():
                return _endpoints(entry)
        known = ", ".join(entry["name"] for entry in described)
    except (KeyError, TypeError, AttributeError) as error:
        raise UnknownCloud(f"{url} describes no clouds ({type(error).__name__}: {error})") from None
    raise UnknownCloud(f"{url} describes no cloud named {name!r}, only {known}")


def _endpoints(entry: Mapping[str, Any]) -> Endpoints:
    """The endpoints in a description of ARM's metadata endpoint (api-version 2019-05-01 and later)."""
    studio = entry.get("portal", "").rstrip("/").replace("//portal.azure.", "//ml.azure.")
    return Endpoints(
        entry["name"],
        entry["resourceManager"].rstrip("/"),
        studio,
        entry.get("suffixes", {}).get("storage", "core.windows.net"),
        studio or Cloud.AZURE.studio,
        entry.get("authentication", {}).get("loginEndpoint") or None,
    )
