"""The kinds of assets and resources that have commands, and the verbs of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind.

    Parameters:
        name: as it is typed, and in messages.
        plural: in help texts.
        operations: the attribute of MLClient.
        verbs: the commands.
        load: the function of `gateway` that reads its YAML file; None where it has none.
        columns: what lists show to people.
    """

    name: str
    plural: str
    operations: str
    verbs: tuple[str, ...]
    load: str | None = None
    columns: tuple[str, ...] = ("name", "latest_version", "version", "type", "description")

    @property
    def has_versions(self) -> bool:
        """Whether a name has versions."""
        return "archive" in self.verbs


_VERSIONED = ("list", "show", "create", "archive", "restore")

#: By the name of the group.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("model", "models", "models", (*_VERSIONED, "download"), "load_model"),
        Kind("environment", "environments", "environments", _VERSIONED, "load_environment"),
        Kind("data", "data assets", "data", _VERSIONED, "load_data"),
        Kind("component", "components", "components", _VERSIONED, "load_component"),
        Kind(
            "compute",
            "computes",
            "compute",
            ("list", "show", "delete", "start", "stop"),
            columns=("name", "type", "size", "provisioning_state"),
        ),
        Kind(
            "datastore",
            "datastores",
            "datastores",
            ("list", "show", "delete"),
            columns=("name", "type", "account_name", "container_name", "file_share_name", "filesystem"),
        ),
    )
}
