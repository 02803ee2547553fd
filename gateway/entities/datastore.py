"""Datastores: storage that a workspace knows by name, and how it signs in there."""

from __future__ import annotations

from typing import Any, ClassVar

from gateway.entities.resource import DictMixin, Resource
from gateway.exceptions import ErrorTarget, invalid_value

_ENDPOINT = "core.windows.net"


class NoneCredentialConfiguration(DictMixin):
    """The workspace signs in as the caller."""

    @property
    def type(self) -> str:
        """Its kind."""
        return "None"


class AccountKeyConfiguration(DictMixin):
    """The workspace signs in with the storage account's key.

    Parameters:
        account_key: the key; what is read from the service has none unless secrets are asked for.
    """

    def __init__(self, *, account_key: str | None) -> None:
        self.account_key = account_key

    @property
    def type(self) -> str:
        """Its kind."""
        return "account_key"


class SasTokenConfiguration(DictMixin):
    """The workspace signs in with a shared access signature.

    Parameters:
        sas_token: the signature; what is read from the service has none unless secrets are asked for.
    """

    def __init__(self, *, sas_token: str | None) -> None:
        self.sas_token = sas_token

    @property
    def type(self) -> str:
        """Its kind."""
        return "sas"


Credentials = NoneCredentialConfiguration | AccountKeyConfiguration | SasTokenConfiguration


class Datastore(Resource):
    """Base of the datastores.

    Parameters:
        credentials: how the workspace signs in; as the caller, when left out.
        name, description, tags, properties: as in Resource.

    Raises:
        ValidationException: credentials of another type.
    """

    #: `datastoreType` of its body, as the service spells it.
    TYPE: ClassVar[str] = ""

    def __init__(
        self,
        credentials: Credentials | None = None,
        name: str | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("type", None)
        super().__init__(name, description, tags, properties, **kwargs)
        given: object = credentials
        if not isinstance(given, Credentials | None):
            remedy = "AccountKeyConfiguration(account_key=...), SasTokenConfiguration(sas_token=...), or nothing"
            raise invalid_value("credentials", credentials, remedy, target=ErrorTarget.GENERAL)
        self.credentials: Credentials = credentials or NoneCredentialConfiguration()

    @property
    def type(self) -> str:
        """Its type: `AzureBlob`."""
        return self.TYPE


class AzureBlobDatastore(Datastore):
    """A container of a blob storage account.

    Parameters:
        name, description, tags, properties, credentials: as in Datastore.
        account_name, container_name: the account and its container.
        endpoint: the cloud's domain of storage accounts.
        protocol: `https`.
    """

    TYPE = "AzureBlob"

    def __init__(
        self,
        *,
        name: str,
        account_name: str,
        container_name: str,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        endpoint: str | None = None,
        protocol: str = "https",
        properties: dict[str, Any] | None = None,
        credentials: Credentials | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(credentials, name, description, tags, properties, **kwargs)
        self.account_name = account_name
        self.container_name = container_name
        self.endpoint = endpoint or _ENDPOINT
        self.protocol = protocol


class AzureFileDatastore(Datastore):
    """A file share of a storage account.

    Parameters:
        name, description, tags, properties, credentials, account_name, endpoint, protocol: as in AzureBlobDatastore.
        file_share_name: the share.
    """

    TYPE = "AzureFile"

    def __init__(
        self,
        *,
        name: str,
        account_name: str,
        file_share_name: str,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        endpoint: str = _ENDPOINT,
        protocol: str = "https",
        properties: dict[str, Any] | None = None,
        credentials: Credentials | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(credentials, name, description, tags, properties, **kwargs)
        self.account_name = account_name
        self.file_share_name = file_share_name
        self.endpoint = endpoint
        self.protocol = protocol


class AzureDataLakeGen2Datastore(Datastore):
    """A file system of a data lake.

    Parameters:
        name, description, tags, properties, credentials, account_name, endpoint, protocol: as in AzureBlobDatastore.
        filesystem: the file system.
    """

    TYPE = "AzureDataLakeGen2"

    def __init__(
        self,
        *,
        name: str,
        account_name: str,
        filesystem: str,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        endpoint: str = _ENDPOINT,
        protocol: str = "https",
        properties: dict[str, Any] | None = None,
        credentials: Credentials | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(credentials, name, description, tags, properties, **kwargs)
        self.account_name = account_name
        self.filesystem = filesystem
        self.endpoint = endpoint
        self.protocol = protocol
