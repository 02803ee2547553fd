"""What is raised when the service refuses or cannot be reached; imports azure-core, so it is itself imported only then.

The tree is drawn in `gateway.exceptions`. Each class is also an instance of the class of the same name in
`azure.core.exceptions`, so code written for the official SDK catches it.
"""

from __future__ import annotations

import re
from typing import Any

from azure.core import exceptions as azure

from gateway.transport.hints import hint_of
from gateway.transport.messages import ConnectionFault, Request, Response
from gateway.transport.retry import retry_after

_NEXT = "\n"  # what follows in a credential's error is an account of each way that was tried
_SIGN_IN_ERROR = re.compile(r"AADSTS\d+[^\r\n]*")
_XML_CODE = re.compile(r"<Code>([^<]*)</Code>")
_XML_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")


class _Described(Exception):
    """What every error of a request carries.

    Parameters:
        status: the HTTP status; None when no answer came.
        code: the error's code (`UserError`, `AuthorizationFailed` ...).
        target: what the error is about, where the service says.
        request_id: the service's id of the call.
        correlation_id: the client's id of it, sent as `x-ms-client-request-id`.
        hint: what to do about it, where that is known.
    """

    status: int | None = None
    code: str = ""
    target: str | None = None
    request_id: str | None = None
    correlation_id: str | None = None
    hint: str | None = None

    def describe(self, response: Response | None, request: Request | None, code: str, target: str | None) -> None:
        """Take over what an answer says; a traceback then shows hint and ids."""
        asked = (response.request if response else None) or request
        self.status = response.status if response else None
        self.code = code
        self.target = target
        self.request_id = response.request_id if response else None
        self.correlation_id = asked.correlation_id if asked else None
        for name, text in (("Request id", self.request_id), ("Correlation id", self.correlation_id)):
            if text:
                self.add_note(f"{name}: {text}")

    def advise(self, hint: str | None) -> None:
        """Say what to do about it; a traceback shows it too."""
        self.hint = hint
        if hint:
            self.add_note(f"Hint: {hint}")


class HttpResponseError(_Described, azure.HttpResponseError):
    """The service refused a request.

    Parameters:
        message: the service's text, already in the official SDK's layout.
        response: its answer.
        code: the error's code (`UserError`, `AuthorizationFailed` ...).
        target: what the error is about, where the service says.
    """

    def __init__(self, message: str, response: Response, *, code: str = "", target: str | None = None) -> None:
        super().__init__(message=message)
        self.describe(response, None, code, target)
        self.status_code = response.status
        asked = retry_after(response.headers) if response.status in (429, 503) else None
        patience = f"the service asks to wait {asked:.0f} s; repeat it then" if asked else None
        self.advise(patience or hint_of(response.status, code, message))


class ClientAuthenticationError(HttpResponseError, azure.ClientAuthenticationError):
    """The service did not accept the token, or the credential gave none."""


class ResourceNotFoundError(HttpResponseError, azure.ResourceNotFoundError):
    """What was asked for does not exist."""


class ResourceExistsError(HttpResponseError, azure.ResourceExistsError):
    """Something of that name exists already."""


class ServiceRequestError(_Described, azure.ServiceRequestError):
    """No answer came from the service.

    Parameters:
        message: what was asked, and what happened.
        request: the request.
        code: `NoAnswer`.
    """

    def __init__(self, message: str, request: Request | None = None, *, code: str = "NoAnswer") -> None:
        super().__init__(message)
        self.describe(None, request, code, None)


_BY_STATUS: dict[int, type[HttpResponseError]] = {
    401: ClientAuthenticationError,
    404: ResourceNotFoundError,
    409: ResourceExistsError,
}


def error_of(response: Response) -> HttpResponseError:
    """The exception for an answer that refuses; its text is laid out as the official SDK shows it."""
    code, message, target = _envelope(response)
    return _BY_STATUS.get(response.status, HttpResponseError)(
        _laid_out(code, message, target), response, code=code, target=target
    )


def operation_failed(response: Response, status: str) -> HttpResponseError:
    """The exception for a long-running operation that has failed or was canceled."""
    error = (response.json().get("error") or {}) if response.ok else {}
    code = str(error.get("code") or f"Operation{status.title()}")
    message = str(error.get("message") or f"the operation has ended as {status}")
    return HttpResponseError(_laid_out(code, message, None), response, code=code, target=error.get("target"))


def unreadable(response: Response, wanted: str = "JSON") -> HttpResponseError:
    """The exception for an answer that should have been a JSON or XML document."""
    asked = response.request.address if response.request else "the request"
    kind = response.headers.get("content-type", "no content type")
    start = response.text[:200]
    error = HttpResponseError(
        f"{asked} answered {response.status} with something that is not a document in {wanted} ({kind}): {start!r}",
        response,
        code="InvalidAnswer",
    )
    if "html" in kind or start.lstrip().startswith("<"):
        error.advise("something answered in the service's place, such as a proxy; check HTTPS_PROXY and NO_PROXY")
    return error


def unreachable(request: Request, fault: ConnectionFault, tries: int = 1) -> ServiceRequestError:
    """The exception for a request without an answer."""
    times = f" after {tries} tries" if tries > 1 else ""
    error = ServiceRequestError(f"no answer from {request.address}{times}: {fault}", request)
    if "certificate" in str(fault).lower():
        error.advise("the server's certificate is not trusted here: name your CA bundle in SSL_CERT_FILE")
    elif not fault.sent:
        error.advise("check the network, and HTTPS_PROXY and NO_PROXY")
    return error


def is_of_credential(error: Exception) -> bool:
    """Whether an error is one that credentials of Azure raise."""
    return isinstance(error, azure.AzureError)


def no_token(request: Request, audience: str, error: Exception) -> ClientAuthenticationError | None:
    """The exception for a credential that gave no token; None for an error that no credential of Azure raises."""
    if not is_of_credential(error):
        return None
    said = str(error)
    known = _SIGN_IN_ERROR.search(said)
    made = ClientAuthenticationError(
        f"no token for {audience}: {known[0] if known else said.partition(_NEXT)[0]}",
        Response(401, request=request),
        code="NoToken",
        target=audience,
    )
    made.advise(hint_of(401, "NoToken", said))
    return made


def _laid_out(code: str, message: str, target: str | None) -> str:
    return f"({code}) {message}\nCode: {code}\nMessage: {message}" + (f"\nTarget: {target}" if target else "")


def _envelope(response: Response) -> tuple[str, str, str | None]:
    """Code, message and target: of ARM and run history, of MLflow, of the blob service, or made from the status."""
    try:
        document: Any = response.json()
        if "error_code" in document:
            return str(document["error_code"]), str(document["message"]), None
        error = document["error"]
        return str(error["code"]), str(error["message"]), error.get("target")
    except (ValueError, KeyError, TypeError):
        pass
    code = response.headers.get("x-ms-error-code")
    found, message = _XML_CODE.search(response.text), _XML_MESSAGE.search(response.text)
    asked = f"{response.request.method} {response.request.address}" if response.request else "the request"
    detail = (message[1] if message else response.text).strip()[:500] or "no further explanation"
    return code or (found[1] if found else f"HTTP {response.status}"), f"{asked}: {detail}", None
