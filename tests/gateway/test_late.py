"""The references that point upwards in the layers."""

from __future__ import annotations

from importlib import import_module

from gateway import _late


def test_every_name_that_is_looked_up_late_exists() -> None:
    for name, module in _late.UPWARDS.items():
        assert hasattr(import_module(module), name) or name == "http_error"
    assert issubclass(_late.http_error("HttpResponseError"), Exception)
