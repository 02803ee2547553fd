"""The security headers of every answer of the studio, since pages show what users' jobs contain."""

from __future__ import annotations

from collections.abc import Mapping

#: Of everything: taken for what it says it is, and used by no other site.
SAFE: Mapping[str, str] = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

#: Of pages and data: nothing but what the emulator serves, and nothing inline. Plotly keeps to it without WebGL.
PAGE: Mapping[str, str] = {
    **SAFE,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

#: Of HTML of jobs in a frame of a page: no script, no form, no origin, nothing that is loaded.
SANDBOXED: Mapping[str, str] = {
    **SAFE,
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'",
    "Cache-Control": "no-store",
}

#: Of files of jobs: should a browser show one after all, it is in a sandbox and can load nothing.
FILE: Mapping[str, str] = {
    **SAFE,
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
