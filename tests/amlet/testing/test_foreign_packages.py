"""A repository that has its own packages `gateway`, `emulator` or `contracts`, in an environment with amlet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.assertion.rewrite import AssertionRewriter

import amlet
import contracts
import emulator
import gateway

_NAMES = ("contracts", "gateway", "emulator")
_TESTS = """
import contracts, emulator, gateway

def test_the_packages_are_ours():
    assert {contracts.OWNER, emulator.OWNER, gateway.OWNER} == {"this repository"}
"""


@pytest.fixture(params=["root", "src"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository with such packages, at its root or in `src`, and a test of them."""
    folder = tmp_path / "src" if request.param == "src" else tmp_path
    for name in _NAMES:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("OWNER = 'this repository'\n")
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {folder}\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_packages.py").write_text(_TESTS)
    return tmp_path


def run_pytest(repository: Path, *arguments: str) -> tuple[int, str]:
    """Run pytest with its plugins as their entry points name them; its exit code and what it prints."""
    command = [sys.executable, "-m", "pytest", "-W", "error", "--strict-markers", "-p", "no:cacheprovider", *arguments]
    # With CI set, pytest repeats whole messages in its summary.
    environ = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST", "PYTHONPATH", "CI"))}
    done = subprocess.run(command, cwd=repository, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("options", [(), ("-p", "no:amlet"), ("--import-mode=importlib",)], ids=" ".join)
def test_its_own_tests_run_on_its_own_packages(repository: Path, options: tuple[str, ...]) -> None:
    code, output = run_pytest(repository, *options)
    assert (code, "1 passed" in output) == (0, True), output


def test_a_fixture_of_ours_fails_with_one_message_that_names_the_packages(repository: Path) -> None:
    (repository / "tests" / "test_ours.py").write_text("def test_it(amlet_client): ...\n")
    code, output = run_pytest(repository, "tests/test_ours.py")
    folder = next(repository.rglob("contracts"))
    assert code == 1
    assert output.count(f"Python finds another one first: {folder}.") == 1, output
    assert "Traceback" not in output


def test_importing_the_testing_kit_names_the_packages_too(repository: Path) -> None:
    (repository / "tests" / "test_ours.py").write_text("from amlet.testing import InProcessEmulator\n")
    _, output = run_pytest(repository, "tests/test_ours.py")
    assert f"Python finds another one first: {next(repository.rglob('contracts'))}." in output, output


def test_the_contract_suite_runs_there_or_names_the_package_in_its_way(repository: Path) -> None:
    suite = ("--pyargs", "amlet.testing.suite", "--target=emulator", "-k", "test_a_new_job_answers_201")
    code, output = run_pytest(repository, *suite)
    assert (code, "1 passed" in output) == (0, True), output
    code, output = run_pytest(repository, *suite, "--import-mode=importlib")
    assert code != 0
    assert f"Python finds another one first: {next(repository.rglob('contracts'))}." in output, output


def test_without_the_plugin_there_is_no_fixture_marker_or_option(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(amlet): ...\n")
    _, output = run_pytest(tmp_path, "-p", "no:amlet")
    assert "fixture 'amlet' not found" in output
    assert "amlet" not in run_pytest(tmp_path, "-p", "no:amlet", "--markers")[1]
    code, output = run_pytest(tmp_path, "-p", "no:amlet", "--pyargs", "amlet.testing.suite", "--target=emulator")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "unrecognized arguments: --target=emulator" in output


def test_loading_the_plugin_imports_nothing_of_the_emulator() -> None:
    program = (
        "import sys, pytest; before = set(sys.modules); import amlet.testing.plugin;"
        "print(sorted(name for name in set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = eval(done.stdout)
    ours = {name for name in loaded if name.partition(".")[0] in ("amlet", "contracts", "emulator", "gateway")}
    assert {name for name in ours if not name.startswith("amlet.testing.")} == {
        "amlet",
        "amlet._guard",
        "amlet.testing",
    }
    assert {name.removeprefix("amlet.testing.") for name in ours if name.startswith("amlet.testing.")} == {
        *("marks", "plugin", "suite", "suite.plugin")
    }
    assert not {name.partition(".")[0] for name in loaded} & {"starlette", "httpx", "pydantic", "numpy", "sqlite3"}


@pytest.fixture
def installed(repository: Path) -> Path:
    """The repository, in an environment whose metadata list the files of amlet as those of a wheel do."""
    folder = next(repository.rglob("gateway")).parent
    metadata = folder / "amlet-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: amlet-as-a-wheel\nVersion: 0\n")
    (metadata / "entry_points.txt").write_text("[pytest11]\namlet = amlet.testing.plugin\n")
    (metadata / "RECORD").write_text("".join(f"{name}/__init__.py,,\n" for name in _NAMES))
    return repository


#: Imports the packages of the repository first, and then runs pytest in the same process.
_PROGRAM = "import sys; sys.path.insert(0, {!r}); import gateway, pytest; sys.exit(pytest.main(sys.argv[1:]))"


def run_program(repository: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    """Run a program that has imported a package of the repository when it calls pytest."""
    program = _PROGRAM.format(str(next(repository.rglob("gateway")).parent))
    command = [sys.executable, "-c", program, "-p", "no:cacheprovider", *arguments]
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST", "PYTHONPATH", "CI"))}
    done = subprocess.run(command, cwd=repository, env={**kept, **environ}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("repository", ["root"], indirect=True)
def test_a_program_that_imported_its_own_package_first_names_the_plugin_and_gets_no_warning(installed: Path) -> None:
    """By itself pytest marks all packages of a distribution with a plugin, before any plugin can object."""
    assert "cannot be rewritten; gateway" in run_program(installed)[1]
    code, output = run_program(installed, "-W", "error", "-p", "amlet", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert (code, "rewritten" in output, "1 passed" in output) == (0, False, True), output


@pytest.mark.parametrize("package", [amlet, contracts, emulator, gateway], ids=lambda package: package.__name__)
def test_a_program_that_imported_the_package_calls_pytest_without_a_warning(package: ModuleType) -> None:
    assert AssertionRewriter.is_rewrite_disabled(package.__doc__ or "")
