"""Computes, datastores and workspaces out of ARM documents, and the first two into them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.duration import format_duration, parse_duration
from gateway.entities.compute import AmlCompute, Compute, ComputeInstance
from gateway.entities.datastore import (
    AccountKeyConfiguration,
    AzureBlobDatastore,
    AzureDataLakeGen2Datastore,
    AzureFileDatastore,
    Credentials,
    Datastore,
    NoneCredentialConfiguration,
    SasTokenConfiguration,
)
from gateway.entities.workspace import Workspace
from gateway.exceptions import ErrorTarget, ValidationException
from gateway.serialization.arm.plain import present

Document = Mapping[str, Any]

#: Fields of the datastores by their names on the wire. Source: azure-ai-ml 1.35.2.
_DATASTORES: dict[type[Datastore], dict[str, str]] = {
    AzureBlobDatastore: {"account_name": "accountName", "container_name": "containerName"},
    AzureFileDatastore: {"account_name": "accountName", "file_share_name": "fileShareName"},
    AzureDataLakeGen2Datastore: {"account_name": "accountName", "filesystem": "filesystem"},
}

#: The size of machines that the official client asks for where none is said.
_DEFAULT_SIZE = "STANDARD_DS3_V2"
_TIERS = {"dedicated": "Dedicated", "low_priority": "LowPriority"}


def compute_from_arm(document: Document, name: str, version: str | None = None) -> Compute:
    """The compute of a document; of a type without a class of its own, what all types have."""
    properties = document.get("properties") or {}
    own = properties.get("properties") or {}
    errors = [error.get("error", {}).get("code") for error in properties.get("provisioningErrors") or []]
    common: dict[str, Any] = {
        "name": name,
        "id": document.get("id"),
        "description": properties.get("description"),
        "location": properties.get("computeLocation") or document.get("location"),
        "tags": document.get("tags"),
        "created_on": properties.get("createdOn"),
        "provisioning_state": properties.get("provisioningState"),
        "provisioning_errors": errors[0] if errors else None,
    }
    match properties.get("computeType"):
        case "AmlCompute":
            return AmlCompute(**common, **_cluster(own))
        case "ComputeInstance":
            said: dict[str, Any] = {"state": own.get("state"), "last_operation": own.get("lastOperation")}
            common["created_on"] = _created_on(common["created_on"])
            return ComputeInstance(**common, size=own.get("vmSize"), **said)
        case other:
            return Compute(**common, resource_id=properties.get("resourceId"), type=other)


def _created_on(text: str | None) -> str | None:
    """A time as the official SDK writes that of a compute instance."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S.%f%z") if text else None


def _cluster(own: Mapping[str, Any]) -> dict[str, Any]:
    scale = own.get("scaleSettings") or {}
    idle, tier = scale.get("nodeIdleTimeBeforeScaleDown"), own.get("vmPriority")
    public = own.get("enableNodePublicIp")
    return {
        "size": own.get("vmSize"),
        "tier": next((name for name, spelt in _TIERS.items() if spelt == tier), tier),
        "min_instances": scale.get("minNodeCount"),
        "max_instances": scale.get("maxNodeCount"),
        "idle_time_before_scale_down": parse_duration(idle) if idle else None,
        "ssh_public_access_enabled": own.get("remoteLoginPortPublicAccess") == "Enabled",
        "enable_node_public_ip": True if public is None else public,
    }


def compute_to_arm(compute: Compute) -> dict[str, Any]:
    """The body of a compute.

    Raises:
        ValidationException: a type that is only read here.
    """
    if not isinstance(compute, AmlCompute):
        raise ValidationException(
            f"compute {compute.name}: computes of type {compute.type or type(compute).__name__} are only read here; "
            "make it with azure-ai-ml, az ml or the portal",
            target=ErrorTarget.GENERAL,
        )
    access = {None: "NotSpecified", True: "Enabled", False: "Disabled"}[compute.ssh_public_access_enabled]
    idle = compute.idle_time_before_scale_down
    scale = {
        "maxNodeCount": compute.max_instances,
        "minNodeCount": compute.min_instances,
        "nodeIdleTimeBeforeScaleDown": format_duration(idle) if idle else None,
    }
    own = {
        "osType": "Linux",
        "vmSize": compute.size or _DEFAULT_SIZE,
        "vmPriority": _TIERS.get(compute.tier.lower(), compute.tier) if compute.tier else None,
        "scaleSettings": present(scale),
        "remoteLoginPortPublicAccess": access,
        "enableNodePublicIp": compute.enable_node_public_ip,
    }
    properties = {
        "computeType": "AmlCompute",
        "description": compute.description,
        "disableLocalAuth": True,
        "properties": present(own),
    }
    body = {"location": compute.location, "tags": compute.tags or None, "properties": present(properties)}
    return present(body)


def datastore_from_arm(document: Document, name: str, version: str | None = None) -> Datastore:
    """The datastore of a document, without its secrets; of a type without a class, what all types have."""
    properties = document.get("properties") or {}
    common: dict[str, Any] = {
        "name": name,
        "id": document.get("id"),
        "description": properties.get("description"),
        "tags": properties.get("tags"),
        "properties": properties.get("properties"),
        "credentials": credentials_from_arm(properties.get("credentials") or {}, {}),
    }
    for cls, fields in _DATASTORES.items():
        if properties.get("datastoreType") == cls.TYPE:
            own = {field: properties.get(key) for field, key in fields.items()}
            places = {key: properties[key] for key in ("endpoint", "protocol") if properties.get(key)}
            return cls(**common, **own, **places)
    return Datastore(**common)


def credentials_from_arm(credentials: Mapping[str, Any], secrets: Mapping[str, Any]) -> Credentials:
    """How a workspace signs in to a datastore.

    Parameters:
        credentials: as the datastore's document has them.
        secrets: what `listSecrets` answers.
    """
    match credentials.get("credentialsType"):
        case "AccountKey":
            return AccountKeyConfiguration(account_key=secrets.get("key"))
        case "Sas":
            return SasTokenConfiguration(sas_token=secrets.get("sasToken"))
        case _:
            return NoneCredentialConfiguration()


def datastore_to_arm(datastore: Datastore) -> dict[str, Any]:
    """The body of a datastore.

    Raises:
        ValidationException: a type without a class.
    """
    fields = _DATASTORES.get(type(datastore))
    if fields is None:
        known = ", ".join(cls.__name__ for cls in _DATASTORES)
        raise ValidationException(
            f"datastore {datastore.name}: give one of {known}, not a {type(datastore).__name__}",
            target=ErrorTarget.GENERAL,
        )
    properties = {key: getattr(datastore, field) for field, key in fields.items()}
    places = {key: getattr(datastore, key) for key in ("endpoint", "protocol")}
    common = {"description": datastore.description, "tags": datastore.tags, "properties": datastore.properties or None}
    credentials = _credentials_to_arm(datastore.credentials)
    kind = {"datastoreType": datastore.TYPE, "credentials": credentials}
    return {"properties": present({**properties, **places, **common, **kind})}


def _credentials_to_arm(credentials: Credentials) -> dict[str, Any]:
    match credentials:
        case AccountKeyConfiguration():
            secrets = present({"secretsType": "AccountKey", "key": credentials.account_key})
            return {"credentialsType": "AccountKey", "secrets": secrets}
        case SasTokenConfiguration():
            secrets = present({"secretsType": "Sas", "sasToken": credentials.sas_token})
            return {"credentialsType": "Sas", "secrets": secrets}
        case _:
            return {"credentialsType": "None"}


def workspace_from_arm(document: Document) -> Workspace:
    """The workspace of a document."""
    properties = document.get("properties") or {}
    group = str(document.get("id") or "").partition("/resourceGroups/")[2].partition("/")[0]
    return Workspace(
        name=str(document["name"]),
        id=document.get("id"),
        description=properties.get("description"),
        tags=document.get("tags"),
        display_name=properties.get("friendlyName"),
        location=document.get("location"),
        resource_group=group or None,
        storage_account=properties.get("storageAccount"),
        key_vault=properties.get("keyVault"),
        application_insights=properties.get("applicationInsights"),
        container_registry=properties.get("containerRegistry"),
        discovery_url=properties.get("discoveryUrl"),
        mlflow_tracking_uri=properties.get("mlFlowTrackingUri"),
        public_network_access=properties.get("publicNetworkAccess"),
        image_build_compute=properties.get("imageBuildCompute"),
        hbi_workspace=properties.get("hbiWorkspace"),
        primary_user_assigned_identity=properties.get("primaryUserAssignedIdentity"),
        system_datastores_auth_mode=properties.get("systemDatastoresAuthMode"),
        enable_data_isolation=bool(properties.get("enableDataIsolation")),
        allow_roleassignment_on_rg=properties.get("allowRoleAssignmentOnRG"),
    )
