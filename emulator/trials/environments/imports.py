"""What the code of a job imports, as far as its text says: of the scripts that its command starts, and of theirs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

_WORDS = re.compile(r"""[^\s;&|()<>'"`=]+""")
_MODULE = re.compile(r"\s-m\s+([\w.]+)")

#: Files of a command that start programs which its text does not name.
_STARTERS = frozenset({".sh", ".bash", ".zsh", ".ipynb", ".mk", ".r"})


def imports_of(code: Path, command: str = "") -> set[str]:
    """The names that a job imports, with dots; those caught with ImportError are left out.

    Parameters:
        code: its folder.
        command: where it names scripts of the folder, only these and the files of the folder that they import count;
            else all files do.
    """
    entries = _entries(code, command)
    if entries:
        return _reached(code, entries)
    return {name for file in code.rglob("*.py") for name, level in _imports_in(file) if not level}


def _entries(code: Path, command: str) -> list[Path]:
    """The scripts that a command starts; none when it may start others that it does not name."""
    named = [code / word for word in _WORDS.findall(command)]
    files = [file for file in named if file.is_file() and file.resolve().is_relative_to(code.resolve())]
    if any(file.suffix.lower() in _STARTERS for file in files):
        return []
    modules = [found for name in _MODULE.findall(command) for found in _files_of([code], name)]
    return [*(file for file in files if file.suffix == ".py"), *modules]


def _reached(code: Path, entries: list[Path]) -> set[str]:
    found: set[str] = set()
    seen: set[Path] = set()
    left = list(entries)
    places = list(dict.fromkeys([*(entry.parent for entry in entries), code]))
    while left:
        file = left.pop()
        if file in seen:
            continue
        seen.add(file)
        for name, level in _imports_in(file):
            found |= {name} if not level else set()
            base = [file.parents[level - 1]] if 0 < level <= len(file.parents) else places
            left += _files_of(base, name)
    return found


def _files_of(places: Iterable[Path], name: str) -> Iterator[Path]:
    """The files in which a module, or the packages around it, are in the first place that has them."""
    for place in places:
        steps = [place.joinpath(*name.split(".")[: depth + 1]) for depth in range(len(name.split(".")))]
        candidates = ((step.with_suffix(".py"), step / "__init__.py", step / "__main__.py") for step in steps)
        if files := [file for group in candidates for file in group if file.is_file()]:
            yield from files
            return


#: One thread at a time: CPython keeps the depth of a parse for all threads; two at once may fail with a SystemError.
_PARSING = Lock()


def _imports_in(file: Path) -> set[tuple[str, int]]:
    """The names that a file imports, each with the number of its leading dots."""
    try:
        text = file.read_bytes()
        with _PARSING:
            tree = ast.parse(text)
        return _imports(tree)
    except (OSError, SyntaxError, ValueError):
        return set()


def _imports(node: ast.AST) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import(names=names):
                found |= {(alias.name, 0) for alias in names}
            case ast.ImportFrom(module=module, level=level, names=names):
                own = {(f"{module}.{alias.name}" if module else alias.name, level) for alias in names}
                found |= own | ({(module, level)} if module else set())
            # The code can do without what is imported there.
            case ast.Try(handlers=handlers) if any(_catches_import_error(handler) for handler in handlers):
                pass
            case _:
                found |= _imports(child)
    return found


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError", "Exception"})
