"""The many spellings of data in Azure, brought to one form in which a prefix is a prefix.

Sources: https://learn.microsoft.com/azure/machine-learning/how-to-read-write-data-v2 (data paths), and
https://learn.microsoft.com/azure/machine-learning/reference-yaml-core-syntax (asset references).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from contracts.resource_id import LONGEST_URI, ResourceId, WorkspaceId, is_arm_id

#: Stands for the version of `@latest`, `/labels/latest` and of names without a version.
LATEST = "@latest"

_REMOTE = re.compile(r"^(?P<scheme>[a-z][a-z0-9+.-]+):/", re.IGNORECASE)
_STORAGE_HOST = re.compile(r"^(?P<account>[^.]+)\.(?:blob|dfs)\.(?P<suffix>.+)$")
_WORKSPACE = r"subscriptions/[^/]+/resourceGroups/[^/]+(?:/providers/[^/]+)?/workspaces/[^/]+"
_AZUREML_ASSET = re.compile(
    rf"^(?:/(?P<workspace>{_WORKSPACE})|/registries/(?P<registry>[^/]+)|/locations/[^/]+/workspaces/[^/]+)?"
    r"/(?P<collection>data|models|environments|codes|components)/(?P<name>[^/]+)"
    r"(?:/(?:versions/(?P<version>[^/]+)|labels/(?P<label>[^/]+)))?/?$",
    re.IGNORECASE,
)
_AZUREML_STORE = re.compile(
    rf"^(?:/(?P<workspace>{_WORKSPACE}))?/datastores/(?P<store>[^/]+)(?:/paths(?P<path>/.*)?)?/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A place or asset.

    Parameters:
        steps: what it names, from the general to the special: equal for spellings that mean the same, and a prefix of
            the steps of what lies below it.
        workspace: the workspace it belongs to, lower case; None for the job's own, and for what belongs to none.
    """

    steps: tuple[str, ...]
    workspace: str | None = None

    @property
    def is_latest(self) -> bool:
        """Whether it means whatever version is the latest."""
        return self.steps[-1] == LATEST

    @property
    def name(self) -> str:
        """What it is called: the name of an asset, the last part of an address."""
        match self.steps:
            case ("data" | "models", name, *_) | ("registry", _, _, name, *_):
                return name
            case _:
                return self.steps[-1]


def reference_of(text: str, collection: str = "data") -> Reference:
    """The form in which a spelling is compared.

    Parameters:
        text: a URI (wasb, wasbs, abfs, abfss, http, https, azureml or any other scheme), an ARM id, `azureml:name:1`,
            `name@latest`, or a bare name.
        collection: `data` or `models`, for the spellings that do not say it.
    """
    text = text.strip()
    if len(text) > LONGEST_URI:
        return Reference(("other", text))
    if is_arm_id(text) and not text.startswith("azureml://"):
        return _of_arm_id(text.removeprefix("azureml:"))
    found = _REMOTE.match(text)
    if not found:
        return _of_name(text.removeprefix("azureml:"), collection)
    scheme = found["scheme"].lower()
    return _READERS.get(scheme, _of_other)(text)


def short_spelling(text: str, collection: str) -> str:
    """The spelling for a project file: without workspace, and without the signature of a blob's URL."""
    reference = reference_of(text, collection)
    match reference.steps:
        case ("data" | "models", name, version):
            return f"azureml:{name}" if reference.is_latest else f"azureml:{name}:{version}"
        case ("datastores", store, *path):
            return f"azureml://datastores/{store}/paths/{'/'.join(path)}"
        case ("blob", *_):
            return text.partition("?")[0]
        case _:
            return text


def is_remote(text: str) -> bool:
    """Whether a text is an address of any kind, and not a path or a name."""
    return _REMOTE.match(text) is not None


def _of_arm_id(text: str) -> Reference:
    if stored := _AZUREML_STORE.match(text):
        return _store(stored)
    if asset := _AZUREML_ASSET.match(text):
        return _asset(asset)
    try:
        identity = ResourceId.parse(text)
    except ValueError:
        return Reference(("other", *_segments(text)))
    workspace = _workspace(str(identity.workspace))
    version = (_version(identity.version),) if identity.version else ()
    return Reference((identity.collection.lower(), identity.name, *version), workspace)


def _of_name(text: str, collection: str) -> Reference:
    name, at, label = text.partition("@")
    if at:
        return Reference((collection, name, LATEST if label == "latest" else f"@{label}"))
    name, colon, version = text.partition(":")
    return Reference((collection, name, _version(version) if colon else LATEST))


def _of_azureml(text: str) -> Reference:
    path = "/" + text.split("://", 1)[1]
    if stored := _AZUREML_STORE.match(path):
        return _store(stored)
    asset = _AZUREML_ASSET.match(path)
    return _asset(asset) if asset else Reference(("azureml", *_segments(path)))


def _asset(asset: re.Match[str]) -> Reference:
    version = _version(asset["version"]) if asset["version"] else f"@{asset['label'] or 'latest'}"
    steps = (asset["collection"].lower(), asset["name"], version)
    if asset["registry"]:
        return Reference(("registry", asset["registry"].lower(), *steps))
    return Reference(steps, _workspace(asset["workspace"]) if asset["workspace"] else None)


def _of_hadoop(text: str) -> Reference:
    """`wasbs://container@account.blob.core.windows.net/path`, and the same with abfs."""
    parts = urlsplit(text)
    container, _, host = parts.netloc.rpartition("@")
    return _blob(host, container, _segments(parts.path)) or Reference(("http", parts.netloc, *_segments(parts.path)))


def _of_http(text: str) -> Reference:
    parts = urlsplit(text)
    host, path = parts.netloc.lower(), _segments(parts.path)
    blob = _blob(host, path[0], path[1:]) if path else None
    # The query of a blob is its signature; elsewhere it is part of the address.
    return blob or Reference(("http", host, *path, *([f"?{parts.query}"] if parts.query else [])))


def _of_other(text: str) -> Reference:
    scheme, _, rest = text.partition(":")
    return Reference((scheme.lower(), *_segments(rest)))


_READERS: dict[str, Callable[[str], Reference]] = {
    "wasb": _of_hadoop,
    "wasbs": _of_hadoop,
    "abfs": _of_hadoop,
    "abfss": _of_hadoop,
    "http": _of_http,
    "https": _of_http,
    "azureml": _of_azureml,
}


def _blob(host: str, container: str, path: tuple[str, ...]) -> Reference | None:
    found = _STORAGE_HOST.match(host.lower())
    if not found or not container:
        return None
    return Reference(("blob", f"{found['account']}.{found['suffix']}", container, *path))


def _store(found: re.Match[str]) -> Reference:
    steps = ("datastores", found["store"].lower(), *_segments(found["path"] or ""))
    return Reference(steps, _workspace(found["workspace"]) if found["workspace"] else None)


def _version(text: str) -> str:
    """A version; some clients write the label as if it were one."""
    return LATEST if text in ("latest", LATEST) else text


def _workspace(text: str) -> str:
    return str(WorkspaceId.parse(text)).lower()


def _segments(path: str) -> tuple[str, ...]:
    return tuple(unquote(segment) for segment in path.split("/") if segment not in ("", "."))
