"""What is raised when the service refuses or cannot be reached; imports azure-core, so it is itself imported only then.

    HttpResponseError              the service refused; carries status_code, code, target, request_id and a hint
      ClientAuthenticationError    401: no valid token
      ResourceNotFoundError        404
      ResourceExistsError          409
    ServiceRequestError            no answer came

Each is also an instance of the class of the same name in `azure.core.exceptions`, so code written for the official SDK
catches it.
"""

from __future__ import annotations

from azure.core import exceptions as azure

from gateway.transport.messages import ConnectionFault, Request, Response

_HINTS = {
    "InvalidAuthenticationTokenTenant": "the token is of another tenant: az login --tenant TENANT",
    "AuthorizationFailed": "your identity lacks a role on the workspace; AzureML Data Scientist is enough to run jobs",
    "ResourceGroupNotFound": "check --resource-group and --subscription",
    "ResourceNotFound": "check --workspace-name, --resource-group and --subscription",
    "SubscriptionNotFound": "check --subscription, and that you are signed in to its tenant: az account list",
}
_STATUS_HINTS = {
    401: "sign in again: az login",
    403: _HINTS["AuthorizationFailed"],
    429: "the service throttles; wait a little and repeat",
}


class HttpResponseError(azure.HttpResponseError):
    """The service refused a request.

    Parameters:
        message: the service's text, already in the official SDK's layout.
        response: its answer.
        code: the error's code (`UserError`, `AuthorizationFailed` ...).
        target: what the error is about, where the service says.
    """

    def __init__(self, message: str, response: Response, *, code: str = "", target: str | None = None) -> None:
        super().__init__(message=message)
        self.status_code = response.status
        self.code = code
        self.target = target
        self.request_id = response.headers.get("x-ms-request-id") or response.headers.get("x-ms-correlation-request-id")
        self.hint = _HINTS.get(code) or _STATUS_HINTS.get(response.status)


class ClientAuthenticationError(HttpResponseError, azure.ClientAuthenticationError):
    """The service did not accept the token."""


class ResourceNotFoundError(HttpResponseError, azure.ResourceNotFoundError):
    """What was asked for does not exist."""


class ResourceExistsError(HttpResponseError, azure.ResourceExistsError):
    """Something of that name exists already."""


class ServiceRequestError(azure.ServiceRequestError):
    """No answer came from the service."""


_BY_STATUS: dict[int, type[HttpResponseError]] = {
    401: ClientAuthenticationError,
    404: ResourceNotFoundError,
    409: ResourceExistsError,
}


def error_of(response: Response) -> HttpResponseError:
    """The exception for an answer that refuses; its text is laid out as the official SDK shows it."""
    code, message, target = _envelope(response)
    text = f"({code}) {message}\nCode: {code}\nMessage: {message}" + (f"\nTarget: {target}" if target else "")
    return _BY_STATUS.get(response.status, HttpResponseError)(text, response, code=code, target=target)


def not_json(response: Response) -> HttpResponseError:
    """The exception for an answer that should have been JSON."""
    asked = response.request.address if response.request else "the request"
    start = response.text[:200]
    return HttpResponseError(f"{asked} answered {response.status} with something that is no JSON: {start!r}", response)


def unreachable(request: Request, fault: ConnectionFault) -> ServiceRequestError:
    """The exception for a request that nobody answered."""
    return ServiceRequestError(f"no answer from {request.address}: {fault}")


def _envelope(response: Response) -> tuple[str, str, str | None]:
    try:
        error = response.json()["error"]
        return str(error["code"]), str(error["message"]), error.get("target")
    except (ValueError, KeyError, TypeError):
        asked = f"{response.request.method} {response.request.address}" if response.request else "the request"
        detail = response.text.strip()[:500] or "no further explanation"
        return response.headers.get("x-ms-error-code", f"HTTP {response.status}"), f"{asked}: {detail}", None
