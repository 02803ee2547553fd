"""Rules of the layout that import-linter and ruff cannot express."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.folders import LATE_BOUND, SMALL, Folders

ROOT = Path(__file__).parents[1]
PACKAGES = ("amlet", "contracts", "gateway", "emulator")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def public(tree: ast.Module) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        named = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if named and not node.name.startswith("_"):  # type: ignore[attr-defined]
            yield node  # type: ignore[misc]


def names(files: list[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]


def test_only_the_program_that_compares_and_the_fixture_for_its_users_import_the_official_sdk() -> None:
    importing = [file for file in FILES if any(name.startswith("azure.ai") for name in imported(file))]
    assert sorted(names(importing)) == [
        "amlet/cli/sdk_submission.py",
        "amlet/testing/official_client.py",
        "amlet/testing/plugin.py",  # for its types alone
    ]
    assert not names([file for file in FILES if "amlet.cli.sdk_submission" in imported(file)])


def test_the_gateway_imports_httpx_in_its_transport_only() -> None:
    files = [file for file in FILES if "httpx" in {name.split(".")[0] for name in imported(file)}]
    outside = [
        file
        for file in files
        if not file.is_relative_to(ROOT / "gateway" / "transport") and "testing" not in file.parts
    ]
    assert not names(outside)


def test_only_the_clock_reads_the_wall_clock_in_the_emulator() -> None:
    forbidden = ("time.time(", "datetime.now(", "datetime.utcnow(")
    guilty = [
        file
        for file in FILES
        if file.is_relative_to(ROOT / "emulator")
        and file.name != "clock.py"
        and any(call in file.read_text() for call in forbidden)
    ]
    assert not names(guilty)


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "bench"])
def test_no_file_is_longer_than_400_lines(folder: str) -> None:
    assert not names([f for f in sorted((ROOT / folder).rglob("*.py")) if len(f.read_text().splitlines()) > 400])


def test_no_folders_import_each_other() -> None:
    """Counting imports in functions and for types alone too."""
    folders = Folders(ROOT, PACKAGES)
    assert not folders.cycles(without=LATE_BOUND)


def test_every_late_bound_import_is_needed() -> None:
    folders = Folders(ROOT, PACKAGES)
    assert not LATE_BOUND - folders.imports, "take these lines out of LATE_BOUND in tests/folders.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_holds_more_than_25_modules(package: str) -> None:
    large = [
        folder
        for folder in (ROOT / package, *sorted((ROOT / package).rglob("*/")))
        if len([file for file in folder.glob("*.py") if file.name != "__init__.py"]) > 25
    ]
    assert not names(large)


def test_a_module_of_few_lines_has_a_reason() -> None:
    small = [
        name
        for file, name in zip(FILES, names(FILES), strict=True)
        if file.name != "__init__.py" and len(file.read_text().splitlines()) < 60
    ]
    assert not [name for name in small if not any(f"{name}/".startswith(f"{one}/") for one in SMALL)]


def test_every_reason_for_a_small_module_is_of_one_that_exists() -> None:
    assert not [name for name in SMALL if not (ROOT / name).exists()]


def test_every_public_name_has_a_docstring() -> None:
    missing = [
        f"{file.relative_to(ROOT)}: {node.name}"
        for file in FILES
        for node in public(ast.parse(file.read_text()))
        if not ast.get_docstring(node)
    ]
    assert not missing


def test_the_scripts_are_short() -> None:
    assert not names([file for file in sorted((ROOT / "scripts").iterdir()) if len(file.read_text().splitlines()) > 15])


def test_ids_and_chance_come_from_one_place_in_the_emulator() -> None:
    """But for what no client ever sees: the record of a process, the mark of its trials."""
    private = {"process.py", "state_identity.py"}
    guilty = [
        file
        for file in FILES
        if file.is_relative_to(ROOT / "emulator")
        and file.name not in {"ids.py", *private}
        and any(call in file.read_text() for call in ("uuid4(", "uuid1(", "randbelow(", "import random"))
    ]
    assert not names(guilty)
