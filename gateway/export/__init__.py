"""A job in another form: the body that is submitted, its file, Python source, or a curl command."""

from __future__ import annotations

from gateway.export.arm import arm
from gateway.export.curl import curl
from gateway.export.python import python
from gateway.export.yaml import yaml

__all__ = ["arm", "curl", "python", "yaml"]
