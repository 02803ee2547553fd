"""Which workspace is meant: from arguments, the environment, a `config.json`, the defaults of `az`; in this order."""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from contracts.resource_id import WorkspaceId
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException

#: Environment variables in order; the last of each is what the service sets inside a job.
_VARIABLES = {
    "subscription_id": ("AZURE_SUBSCRIPTION_ID", "AZUREML_ARM_SUBSCRIPTION"),
    "resource_group": ("AZURE_DEFAULTS_GROUP", "AZUREML_ARM_RESOURCEGROUP"),
    "workspace_name": ("AZURE_DEFAULTS_WORKSPACE", "AZUREML_ARM_WORKSPACE_NAME"),
}
_FLAGS = {
    "subscription_id": "--subscription",
    "resource_group": "--resource-group",
    "workspace_name": "--workspace-name",
}

#: Where the official client looks, in its order; each place upwards before the next one.
_CONFIG_FOLDERS = (".azureml", "aml_config", "")
_CONFIG_FILES = ("config.json", "project.json")


class Found(NamedTuple):
    """A value and where it came from."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """The three names of a workspace as far as they are known, each with its source."""

    subscription_id: Found | None = None
    resource_group: Found | None = None
    workspace_name: Found | None = None

    @property
    def missing(self) -> list[str]:
        """The flags that would give what is not known."""
        return [flag for name, flag in _FLAGS.items() if getattr(self, name) is None]

    def workspace(self) -> WorkspaceId:
        """The workspace.

        Raises:
            ValidationException: part of its name is not known.
        """
        if not (self.subscription_id and self.resource_group and self.workspace_name):
            raise ValidationException(
                f"no workspace is configured: {', '.join(self.missing)} not given. Give them (in Python as arguments "
                f"of MLClient), set {', '.join(_VARIABLES[name][0] for name in _VARIABLES)}, or download the "
                "workspace's config.json; or go to the emulator by MLClient.emulator() or AMLET_TARGET=emulator",
                target=ErrorTarget.GENERAL,
                error_type=ValidationErrorType.MISSING_FIELD,
            )
        return WorkspaceId(self.subscription_id.value, self.resource_group.value, self.workspace_name.value)


def find(
    explicit: Mapping[str, str | None],
    environ: Mapping[str, str],
    folder: Path,
    az_folder: Path | None = None,
) -> WorkspaceSettings:
    """Look for the names of a workspace.

    Parameters:
        explicit: `subscription_id`, `resource_group`, `workspace_name` as far as they are given.
        environ: environment variables.
        folder: where the search for `config.json` begins; it goes upwards.
        az_folder: the Azure CLI's configuration; by default `AZURE_CONFIG_DIR`, else `~/.azure`.
    """
    path = config_file(folder)
    file = read_config(path) if path else {}
    defaults = _az_defaults(az_folder or Path(environ.get("AZURE_CONFIG_DIR") or Path.home() / ".azure"))

    def one(name: str) -> Found | None:
        value = explicit.get(name)
        if value:
            return Found(value, "argument")
        for variable in _VARIABLES[name]:
            if environ.get(variable):
                return Found(environ[variable], variable)
        if path and file.get(name):
            return Found(file[name], str(path))
        return defaults.get(name)

    return WorkspaceSettings(one("subscription_id"), one("resource_group"), one("workspace_name"))


def config_file(folder: Path, file_name: str | None = None) -> Path | None:
    """The `config.json` of a workspace that the official client would find from a folder upwards.

    It prefers `.azureml/` and `aml_config/` of any folder above to a plain file.

    Parameters:
        folder: where the search begins.
        file_name: what the file is called; by default `config.json` or `project.json`.
    """
    above = (folder.absolute(), *folder.absolute().parents)
    names = [file_name] if file_name else _CONFIG_FILES
    candidates = (parent / place / name for place in _CONFIG_FOLDERS for name in names for parent in above)
    return next(filter(_is_workspace_config, candidates), None)


def read_config(path: Path) -> dict[str, str]:
    """The names in a workspace's `config.json`.

    Raises:
        ValidationException: the file does not exist or names no workspace.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        if document.get("Scope"):
            scope = WorkspaceId.parse(document["Scope"])
            return dict(zip(_VARIABLES, (scope.subscription, scope.resource_group, scope.name), strict=True))
        return {name: str(document[name]) for name in _VARIABLES}
    except FileNotFoundError:
        raise ValidationException(
            f"there is no {path.name} in {path.parent.absolute()} or above it (nor in .azureml/ or aml_config/ there); "
            "download it from the workspace's page, or name subscription, resource group and workspace",
            target=ErrorTarget.GENERAL,
            error_type=ValidationErrorType.FILE_OR_FOLDER_NOT_FOUND,
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValidationException(
            f"{path} is not a workspace configuration ({type(error).__name__}: {error}); "
            f"it needs {', '.join(_VARIABLES)}",
            target=ErrorTarget.GENERAL,
        ) from error


def _is_workspace_config(path: Path) -> bool:
    """Plenty of folders have a config.json of another kind."""
    try:
        return path.is_file() and not json.loads(path.read_text(encoding="utf-8-sig")).keys().isdisjoint(
            ("workspace_name", "Scope")
        )
    except (OSError, ValueError, AttributeError):
        return False


def _az_defaults(folder: Path) -> dict[str, Found]:
    found: dict[str, Found] = {}
    config = configparser.ConfigParser(interpolation=None)
    try:
        config.read(folder / "config", encoding="utf-8")
    except (configparser.Error, OSError):
        return found
    for name, key in (("resource_group", "group"), ("workspace_name", "workspace")):
        if config.has_option("defaults", key):
            found[name] = Found(config.get("defaults", key), f"{folder / 'config'} [defaults]")
    profile = folder / "azureProfile.json"
    try:
        subscriptions = json.loads(profile.read_text(encoding="utf-8-sig"))["subscriptions"]
        default = next((entry["id"] for entry in subscriptions if entry.get("isDefault")), None)
    except (OSError, ValueError, KeyError, TypeError):
        default = None
    if default:
        found["subscription_id"] = Found(default, str(profile))
    return found
