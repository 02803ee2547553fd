"""What to do about an error of the service, where its code or text says enough. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from contracts.diagnostics.shortening import listed
from contracts.diagnostics.suggestions import closest

_SIGN_IN = "sign in: az login, or set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET"
_TENANT = "the token is of another tenant: az login --tenant TENANT"
_ROLE = "your identity lacks a role on the workspace; AzureML Data Scientist is enough to run jobs"
_STORAGE_ROLE = (
    "your identity lacks a role on the workspace's storage account: Storage Blob Data Contributor to upload, Storage "
    "Blob Data Reader to download; a new role counts after some minutes"
)
_NETWORK = "the storage account's firewall refuses this machine; work from its network, or allow this address"
_QUOTA = "the quota is used up: ask for more in the portal (Usage + quotas), or take a smaller compute or fewer nodes"
_NAME = "the name is taken: choose another with --name, or leave it out to have one made up"

#: By the error's code, in lower case. Source: the error references of Azure Resource Manager and Azure Storage.
_BY_CODE = {
    "invalidauthenticationtokentenant": _TENANT,
    "invalidauthenticationtoken": "the token is not valid here; " + _SIGN_IN,
    "expiredauthenticationtoken": "the token has expired; check this machine's clock, then " + _SIGN_IN,
    "authorizationfailed": _ROLE,
    "linkedauthorizationfailed": _ROLE,
    "resourcegroupnotfound": "check --resource-group and --subscription",
    "resourcenotfound": "check --workspace-name, --resource-group and --subscription",
    "subscriptionnotfound": "check --subscription, and that you are signed in to its tenant: az account list",
    "invalidsubscriptionid": "check --subscription: it is a GUID (az account show)",
    "authorizationpermissionmismatch": _STORAGE_ROLE,
    "authorizationfailure": _NETWORK,
    "keybasedauthenticationnotpermitted": _STORAGE_ROLE,
    "publicaccessnotpermitted": "the storage account allows no anonymous access; " + _SIGN_IN,
    "quotaexceeded": _QUOTA,
    "resourcequotaexceeded": _QUOTA,
    "operationnotallowed": _QUOTA,
    "clustercorequotareached": _QUOTA,
    "conflict": _NAME,
    "resourceexists": _NAME,
}
#: Errors of the sign-in service about an account or application that the tenant does not know.
_OTHER_TENANT = ("aadsts50020", "aadsts90072", "aadsts700016", "aadsts90002")

#: What the service says where a job is not known: ARM, and run history.
_NO_JOB = re.compile(r"(?:\(UserError\) )?(?:Job|Run) \S+ (?:was )?not found\b")

_BY_STATUS = {
    401: _SIGN_IN,
    403: _ROLE,
    409: _NAME,
    429: "the service throttles; wait a little and repeat",
}


def hint_of(status: int, code: str, message: str) -> str | None:
    """What to do about a refusal, if that is known.

    Parameters:
        status: HTTP status.
        code: the error's code.
        message: the error's text.
    """
    by_code = _BY_CODE.get(code.lower())
    if by_code:
        return by_code
    lowered = message.lower()
    if any(number in lowered for number in _OTHER_TENANT):
        return _TENANT
    if "quota" in lowered and status in (400, 403, 409):
        return _QUOTA
    if status == 401 and "tenant" in lowered and ("match" in lowered or "wrong" in lowered):
        return _TENANT
    if "a job with this name already exists" in lowered:
        return _NAME
    if status == 404 and _NO_JOB.match(message):
        return "the names of jobs: amlet job list, or client.jobs.list()"
    return _BY_STATUS.get(status)


def nearest(wanted: str, known: Iterable[str], what: str) -> str:
    """A hint for a name that does not exist: those that do and look like it.

    Parameters:
        wanted: the name.
        known: the names there are.
        what: `compute`, `datastore` ...

    >>> nearest("cpu-clutser", ["gpu", "cpu-cluster"], "compute")
    "there is no compute 'cpu-clutser'; did you mean 'cpu-cluster'? There are: cpu-cluster, gpu"
    """
    names = sorted(known)
    by_lower = {name.lower(): name for name in reversed(names)}
    meant = by_lower.get(closest(wanted.lower(), by_lower) or "")
    question = f"; did you mean {meant!r}?" if meant else "."
    return f"there is no {what} {wanted!r}{question} There are: {listed(names) or 'none'}"
