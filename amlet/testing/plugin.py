"""The pytest plugin `amlet`: fixtures, a marker, the last requests in failure reports, options of the contract suite.

Every pytest of an environment that has amlet loads it, also in repositories that have a package `gateway`, `emulator`
or `contracts` of their own. So it imports none of those until one of its fixtures is used.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from amlet._guard import guard
from amlet.testing.marks import MARKER, options_of
from amlet.testing.suite.plugin import pytest_load_initial_conftests as pytest_load_initial_conftests

if TYPE_CHECKING:
    from azure.ai.ml import MLClient as OfficialClient

    from amlet.testing.handle import EmulatorHandle
    from amlet.testing.in_process import InProcessEmulator
    from amlet.testing.served import ServedEmulator
    from amlet.testing.servers import Servers
    from emulator.faults.plan import Faults
    from emulator.services.journal import Journal
    from emulator.simulation.time_control import TimeControl
    from gateway.client.ml_client import MLClient

#: The emulators that a test uses.
_IN_USE = pytest.StashKey["list[EmulatorHandle]"]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


def pytest_unconfigure() -> None:
    """Remove temporary folders here, as worker processes of pytest-xdist run no exit handlers."""
    if folders := sys.modules.get("amlet.testing.folders"):
        folders.remove_all()


@pytest.fixture
def amlet(request: pytest.FixtureRequest) -> Iterator[InProcessEmulator]:
    """An emulator of the test's own, in this process: no port, virtual time. The marker `amlet` configures it."""
    _require_own_packages()
    from amlet.testing.in_process import InProcessEmulator

    options = options_of(request.node)
    curves = options.pop("curves", None)
    with InProcessEmulator(**options) as emulator:
        if curves is not None:
            emulator.set_curves(curves)
        _use(request.node, emulator)
        yield emulator


@pytest.fixture
def amlet_client(amlet: InProcessEmulator) -> Iterator[MLClient]:
    """A gateway client of `amlet`; while it waits, virtual time passes."""
    with amlet.client() as client:
        yield client


@pytest.fixture
def amlet_ml_client(amlet: InProcessEmulator) -> Iterator[OfficialClient]:
    """The official SDK's `MLClient` on `amlet`: unmodified, in this process, without a port; virtual time passes."""
    from amlet.testing.official_client import official_client

    with official_client(amlet) as client:
        yield client


@pytest.fixture
def amlet_clock(amlet: InProcessEmulator) -> TimeControl:
    """The clock of `amlet`: `freeze()`, `advance(seconds)`, `run_until_settled()`, `thaw()`."""
    return amlet.time


@pytest.fixture
def amlet_faults(amlet: InProcessEmulator) -> Faults:
    """The faults of `amlet`: `plan(match="GET jobs/*", status=503)`; one that never fires fails the test."""
    return amlet.faults


@pytest.fixture
def amlet_journal(amlet: InProcessEmulator) -> Journal:
    """The requests to `amlet` so far: `find(method="PUT", status="4xx")`."""
    return amlet.journal


@pytest.fixture(scope="session")
def _amlet_servers() -> Iterator[Servers]:
    """The real servers of this session, one for each configuration that tests ask for."""
    _require_own_packages()
    from amlet.testing.servers import Servers

    with closing(Servers()) as servers:
        yield servers


@pytest.fixture
def amlet_server(request: pytest.FixtureRequest, _amlet_servers: Servers) -> Iterator[ServedEmulator]:
    """A real server over TLS, shared by the session, with a fresh workspace. The marker `amlet` configures it."""
    with _amlet_servers.lent(options_of(request.node)) as emulator:
        _use(request.node, emulator)
        yield emulator


@pytest.fixture
def amlet_sdk_env(amlet_server: ServedEmulator, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment in which the official SDK, MLflow and azure-identity find `amlet_server`; set for the test."""
    one = amlet_server.workspace
    variables = {
        **amlet_server.environ(only_here=True),
        "AZURE_SUBSCRIPTION_ID": one.subscription,
        "AZUREML_ARM_SUBSCRIPTION": one.subscription,
        "AZUREML_ARM_RESOURCEGROUP": one.resource_group,
        "AZUREML_ARM_WORKSPACE_NAME": one.name,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed although a fault it planned never fired, or a trial it scripted never ran."""
    result = yield
    for emulator in item.stash.get(_IN_USE, []):
        emulator.faults.verify()
        emulator.emulator.script.verify()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the last requests and the ends of the trials' logs to the report of a test that failed."""
    report = yield
    if report.failed and report.when == "call":
        for emulator in item.stash.get(_IN_USE, []):
            from amlet.testing.report import sections_of

            report.sections += sections_of(emulator)
    return report


def _require_own_packages() -> None:
    """Fail the test with one message where another package shadows one of ours."""
    foreign = None
    try:
        guard("contracts", "gateway", "emulator")
    except ImportError as error:
        foreign = str(error)
    if foreign:
        pytest.fail(foreign, pytrace=False)


def _use(node: pytest.Item, emulator: EmulatorHandle) -> None:
    node.stash.setdefault(_IN_USE, []).append(emulator)
