"""Names that are imported on first use (PEP 562), so that importing a package costs little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_exports(
    package: str, modules: Mapping[str, str], elsewhere: str = ""
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package whose public names are defined in other modules.

    Parameters:
        package: `__name__` of the package.
        modules: the names of each module, separated by spaces.
        elsewhere: the attribute of `gateway._elsewhere` that lists what only the official package has. Such a name
            raises ImportError, as of an AttributeError `from ... import` would not show the text.
    """
    module_of = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        module = module_of.get(name)
        if module is None and elsewhere and not name.startswith("_"):
            from gateway import _elsewhere

            if name in getattr(_elsewhere, elsewhere).split():
                raise ImportError(_elsewhere.sentence(package, name), name=package)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(module), name)
        setattr(import_module(package), name, value)
        return value

    return find, lambda: sorted(module_of)
