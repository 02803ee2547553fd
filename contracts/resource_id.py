"""ARM resource ids of a workspace and of what it contains, parsed and built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

PROVIDER = "Microsoft.MachineLearningServices"

#: Characters of the address of an input, an output or an asset; longer than any that a storage account can have.
LONGEST_URI = 8_192

_WORKSPACE = re.compile(
    r"^/?subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"(?:/providers/Microsoft\.MachineLearningServices)?/workspaces/(?P<name>[^/]+)(?P<rest>/.*)?$",
    re.IGNORECASE,
)
_CHILD = re.compile(r"^/(?P<collection>[A-Za-z]+)/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+))?/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WorkspaceId:
    """One workspace: `str()` gives its ARM id.

    Parameters:
        subscription: subscription id (a GUID in the cloud; any text for the emulator).
        resource_group: name of the resource group.
        name: name of the workspace.
    """

    subscription: str
    resource_group: str
    name: str

    def __str__(self) -> str:
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
            f"/providers/{PROVIDER}/workspaces/{self.name}"
        )

    def child(self, collection: str, name: str, version: str | None = None) -> str:
        """The ARM id of something in the workspace: `ws.child("codes", "c", "1")`."""
        return f"{self}/{collection}/{name}" + (f"/versions/{version}" if version else "")

    @classmethod
    def parse(cls, text: str) -> WorkspaceId:
        """The workspace that an ARM id (its own, or that of something in it) names.

        Raises:
            ValueError: the text is not such an id.
        """
        found = _WORKSPACE.match(text)
        if not found:
            raise ValueError(
                f"{text!r} is not the ARM id of a workspace; expected "
                f"/subscriptions/SUB/resourceGroups/GROUP/providers/{PROVIDER}/workspaces/NAME"
            )
        return cls(found["subscription"], found["group"], found["name"])


#: The workspace on an emulator when none is configured; any name would do.
LOCAL_WORKSPACE = WorkspaceId("00000000-0000-0000-0000-000000000000", "amlet", "amlet")


@dataclass(frozen=True, slots=True)
class ResourceId:
    """Something in a workspace: a job, a compute, an asset version.

    Parameters:
        workspace: that contains it.
        collection: `jobs`, `computes`, `codes`, `environments`, `data`, `models`, `datastores` ...
        name: its name.
        version: of an asset, else None.
    """

    workspace: WorkspaceId
    collection: str
    name: str
    version: str | None = None

    def __str__(self) -> str:
        return self.workspace.child(self.collection, self.name, self.version)

    @classmethod
    def parse(cls, text: str) -> ResourceId:
        """Take an ARM id apart; `azureml:` may lead it, or its name, where the official client leaves it.

        Raises:
            ValueError: the text is not the id of something in a workspace.
        """
        text = text.removeprefix("azureml:")
        found = _WORKSPACE.match(text)
        child = _CHILD.match(found["rest"] or "") if found else None
        if not found or not child:
            raise ValueError(f"{text!r} is not the ARM id of something in a workspace")
        workspace = WorkspaceId(found["subscription"], found["group"], found["name"])
        return cls(workspace, child["collection"], child["name"].removeprefix("azureml:"), child["version"])


def is_arm_id(text: str) -> bool:
    """Whether a text is a full ARM id (with or without `azureml:` before it)."""
    return _WORKSPACE.match(text.removeprefix("azureml:")) is not None


@lru_cache(maxsize=256)  # each job names its compute, and there are few
def short_name(text: str) -> str:
    """The last name in an ARM id, or the text itself without `azureml:` when it is none.

    >>> short_name("azureml:cpu-cluster")
    'cpu-cluster'
    """
    text = text.removeprefix("azureml:")
    try:
        return ResourceId.parse(text).name
    except ValueError:
        return text
