"""The supervisor runs with whatever Python a worker has: standard library only, Python 3.8 or newer."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
FILES = sorted((ROOT / "emulator" / "executors" / "supervisor").glob("*.py"))
OWN = "emulator.executors.supervisor."

#: Of what the standard library has since 3.9 or later, what is easily taken for older.
NEWER = {
    "removeprefix",
    "removesuffix",
    "pidfd_open",
    "pidfd_send_signal",
    "file_digest",
    "cache",
    "batched",
    "to_thread",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_module_is_of_python_3_8_and_imports_the_standard_library_only(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 8))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    foreign = [name for name in names if name.split(".")[0] not in sys.stdlib_module_names]
    assert all(name.startswith(OWN) for name in foreign)
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & NEWER
    if file.stem != "__init__":
        assert any(name == "__future__" for name in names), "its annotations are of a newer Python"
