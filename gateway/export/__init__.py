"""A job in another form: the body that is submitted, its file, Python source, or a curl command."""

from __future__ import annotations

from gateway.export.job_text import arm, curl, yaml
from gateway.export.python import python

__all__ = ["arm", "curl", "python", "yaml"]
