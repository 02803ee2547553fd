"""Studio URLs: one shape for every cloud and for an emulator's origin.

Shapes as the service returned them in recorded answers: lower-case `resourcegroups`, no provider segment, no tenant.
"""

from __future__ import annotations

from enum import Enum

from contracts.resource_id import WorkspaceId


class Cloud(Enum):
    """The public clouds: ARM origin, sign-in origin, studio origin and storage suffix of each.

    Source: the official SDK's table of Azure environments.
    """

    AZURE = (
        "AzureCloud",
        "https://management.azure.com",
        "https://login.microsoftonline.com",
        "https://ml.azure.com",
        "core.windows.net",
    )
    CHINA = (
        "AzureChinaCloud",
        "https://management.chinacloudapi.cn",
        "https://login.chinacloudapi.cn",
        "https://ml.azure.cn",
        "core.chinacloudapi.cn",
    )
    US_GOVERNMENT = (
        "AzureUSGovernment",
        "https://management.usgovcloudapi.net",
        "https://login.microsoftonline.us",
        "https://ml.azure.us",
        "core.usgovcloudapi.net",
    )

    def __init__(self, label: str, resource_manager: str, authority: str, studio: str, storage_suffix: str) -> None:
        self.label = label
        self.resource_manager = resource_manager
        self.authority = authority
        self.studio = studio
        self.storage_suffix = storage_suffix

    @classmethod
    def named(cls, label: str) -> Cloud:
        """The cloud of that name, as in `AZUREML_CURRENT_CLOUD`.

        Raises:
            ValueError: no public cloud has that name.
        """
        for cloud in cls:
            if cloud.label.lower() == label.lower():
                return cloud
        raise ValueError(f"unknown cloud {label!r}; known are {', '.join(cloud.label for cloud in cls)}")


def _wsid(workspace: WorkspaceId) -> str:
    return (
        f"/subscriptions/{workspace.subscription}/resourcegroups/{workspace.resource_group}/workspaces/{workspace.name}"
    )


def job_url(origin: str, workspace: WorkspaceId, job: str) -> str:
    """The page of a job.

    Parameters:
        origin: `Cloud.AZURE.studio`, or the emulator's own origin.
        workspace: the job's workspace.
        job: name of the job.
    """
    return f"{origin.rstrip('/')}/runs/{job}?wsid={_wsid(workspace)}"


def workspace_url(origin: str, workspace: WorkspaceId) -> str:
    """The home page of a workspace."""
    return f"{origin.rstrip('/')}?wsid={_wsid(workspace)}"


def experiment_url(origin: str, workspace: WorkspaceId, experiment: str) -> str:
    """The page of an experiment."""
    return f"{origin.rstrip('/')}/experiments/{experiment}?wsid={_wsid(workspace)}"
