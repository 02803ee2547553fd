"""Who may knock where: the one table of what is reached without a bearer token, and of what plain HTTP serves."""

from __future__ import annotations

import re

_OPEN = re.compile(
    # nothing secret: health, and what a client reads before it can have a token
    r"/_amlet/(health|ready)|/metadata/endpoints|/discovery|/common/discovery/instance"
    r"|(/adfs)?/[^/]+((/v2\.0)?/\.well-known/openid-configuration|/discovery/v2\.0/keys)"
    # checked there: a client's secret, or the emulator's identity header
    r"|(/adfs)?/[^/]+/oauth2(/v2\.0)?/token|/msi/token"
    # checked there: shared-access or shared-key signatures
    r"|/([a-z0-9]+\.blob\.core\.windows\.net|azureml-[^/]+)(/.*)?",
    re.DOTALL,
)
_PAGE = re.compile(r"/|/favicon\.ico|/{1,2}runs/.*|/experiments/.*|/_amlet/studio/.*", re.DOTALL)
#: Checked there: the token and the cookie of the job's own page.
_PAGE_ACTION = re.compile(r"/_amlet/studio/jobs/[^/]+/(cancel|archive|restore)")
_SEARCH = re.compile(r"/(mlflow|history)/.*/(search|rundata)", re.DOTALL)
_PLAIN = re.compile(r"/_amlet/health|/metadata/.*|/msi/token|/mlflow/.*", re.DOTALL)


def needs_token(method: str, path: str) -> bool:
    """Whether the gate wants a bearer token; what is not listed here is behind one.

    Pages check their own key, which stands in every studio URL.
    """
    if path.startswith("/subscriptions/"):
        return True
    if _OPEN.fullmatch(path) or (method in {"GET", "HEAD"} and _PAGE.fullmatch(path)):
        return False
    return not (method == "POST" and _PAGE_ACTION.fullmatch(path))


def is_look(method: str, path: str) -> bool:
    """Whether a request asks what has become of jobs; virtual time may pass before it is answered."""
    return not path.startswith("/_amlet/") and (method in {"GET", "HEAD"} or bool(_SEARCH.fullmatch(path)))


def is_plain(path: str) -> bool:
    """Whether the plain HTTP listener serves that path: pages, metadata, managed identity, MLflow and health."""
    return bool(_PLAIN.fullmatch(path) or _PAGE.fullmatch(path))
