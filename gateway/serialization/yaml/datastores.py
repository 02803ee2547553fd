"""Datastores: a storage account's container, share or file system, and how the workspace signs in there."""

from __future__ import annotations

from typing import Any

from gateway.entities.datastore import (
    AccountKeyConfiguration,
    AzureBlobDatastore,
    AzureDataLakeGen2Datastore,
    AzureFileDatastore,
    Credentials,
    Datastore,
    SasTokenConfiguration,
)
from gateway.exceptions import ErrorTarget, ValidationException
from gateway.serialization.yaml.fields import ANY, TEXT, Codec, Field, enum, mapping_of
from gateway.serialization.yaml.problems import Invalid, Problem, missing, not_one_of, wrong
from gateway.serialization.yaml.schema import ObjectSchema

_SECRETS: dict[str, Any] = {"account_key": AccountKeyConfiguration, "sas_token": SasTokenConfiguration}
_CREDENTIALS = ObjectSchema(dict, dict.fromkeys(_SECRETS, TEXT))


def _read_credentials(value: Any, folder: str) -> Credentials:
    if isinstance(value, dict) and "client_secret" in value:
        remedy = "Use an account_key or a sas_token, or leave credentials out to sign in as the caller."
        raise Invalid([Problem(("client_secret",), "service principals are not served here.", remedy)])
    found = _CREDENTIALS.read(value, folder)
    if len(found) != 1:
        raise wrong(value, "one kind of credentials", "Give an account_key or a sas_token, or leave it out.")
    [(name, secret)] = found.items()
    credentials: Credentials = _SECRETS[name](**{name: secret})
    return credentials


def _secrets_stay(value: Any, _: str) -> Any:
    raise ValidationException("credentials are not written to files", target=ErrorTarget.GENERAL)


def _schema(kind: type[Datastore], container: str) -> ObjectSchema:
    fields: dict[str, Codec] = {
        "name": TEXT,
        "type": ANY,
        "description": TEXT,
        "tags": mapping_of(ANY),
        "properties": mapping_of(ANY),
        "account_name": TEXT,
        container: TEXT,
        "endpoint": TEXT,
        "protocol": enum("https", "http", fold=str),
        "credentials": Field(_read_credentials, _secrets_stay),
    }
    return ObjectSchema(kind, fields, required=("name", "account_name", container), ignored=("$schema", "id"))


#: By `type` of the file. Source: the official schemas of datastores.
SCHEMAS = {
    "azure_blob": _schema(AzureBlobDatastore, "container_name"),
    "azure_file": _schema(AzureFileDatastore, "file_share_name"),
    "azure_data_lake_gen2": _schema(AzureDataLakeGen2Datastore, "filesystem"),
}


def read_datastore(value: Any, folder: str) -> Datastore:
    """The datastore of a file's mapping.

    Raises:
        Invalid: unknown, missing or wrong fields, or a type that is not served.
    """
    if not isinstance(value, dict):
        raise wrong(value, "a mapping", f"Its type is one of {', '.join(SCHEMAS)}.")
    if "type" not in value:
        raise Invalid([missing("type", f"Write one of {', '.join(SCHEMAS)}.")])
    if value["type"] not in SCHEMAS:
        raise Invalid(not_one_of(value["type"], SCHEMAS).below("type"))
    store: Datastore = SCHEMAS[value["type"]].read(value, folder)
    return store
