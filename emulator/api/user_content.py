"""The headers of answers with what users and trials wrote, so that no browser runs it on the emulator's origin.

Azure keeps such content apart by serving it from other hosts; here all planes share one origin.
"""

from __future__ import annotations

#: Of every such answer: taken for what it says it is, and shown, if at all, in a sandbox without scripts and forms.
SANDBOXED = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}

#: What a browser may show: it holds no script.
_SHOWN = frozenset({"text/plain", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})


def sandboxed(content_type: str, disposition: str | None = None) -> dict[str, str]:
    """The headers that keep a browser from running an answer.

    Parameters:
        content_type: of the content, as its writer gave it.
        disposition: the `Content-Disposition` that its writer gave it.
    """
    headers = dict(SANDBOXED)
    if content_type.partition(";")[0].strip().lower() in _SHOWN:
        return headers | ({"content-disposition": disposition} if disposition else {})
    kind, sign, parameters = (disposition or "").partition(";")
    saved = kind.strip().lower() == "attachment"
    headers["content-disposition"] = str(disposition) if saved else f"attachment{sign}{parameters}"
    return headers
