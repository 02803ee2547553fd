"""A compute of the project file whose trials run on a cluster, which is reached by TLS; others run on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import distributed
import pytest
import trustme

from amlet.testing.served import ServedEmulator
from emulator.executors.base import Placement
from emulator.executors.dask import trouble_of
from emulator.executors.dask_scheduler import SchedulerAddress, is_adaptive
from gateway import load_job
from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.dask_jobs import State
from tests.emulator.executors.dask_programs import DaskPrograms
from tests.emulator.executors.killed_emulator import emulator_process, left_over

JOB = "type: command\ncommand: echo done\nenvironment: azureml:env:1\ncompute: azureml:{compute}\n"


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Files of an authority, of a certificate for both ends, and of its key."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    files = (tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem")
    authority.cert_pem.write_to_path(str(files[0]))
    issued.cert_chain_pems[0].write_to_path(str(files[1]))
    issued.private_key_pem.write_to_path(str(files[2]))
    return files


def test_a_compute_has_its_trials_run_on_its_own_cluster_by_tls(
    cluster: Callable[..., DaskPrograms], certificates: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    programs = cluster(1, tls=certificates)
    project = tmp_path / "amlet.yml"
    project.write_text(
        f"computes: [{{name: cluster, executor: dask, dask_address: '{programs.address}', "
        "dask_tls_ca: ca.pem, dask_tls_cert: cert.pem, dask_tls_key: key.pem}]\n"
    )
    hosts = {}
    with ServedEmulator(executor="process", project=project) as emulator, emulator.client() as client:
        state = State(emulator.emulator.place.state_dir)
        for compute in ("cluster", "cpu"):
            file = tmp_path / f"{compute}.yml"
            file.write_text(JOB.format(compute=compute))
            name = client.jobs.create_or_update(load_job(file)).name
            wait_until(lambda name=name: state.has_ended(name))  # type: ignore[misc]
            assert state.status(name) == "Completed"
            [(hosts[compute],)] = state.rows(
                "SELECT a.worker FROM attempts a JOIN jobs j ON j.id = a.job WHERE j.name = ?", name
            )
    assert hosts["cluster"].startswith("tls://127.0.0.1:")
    assert hosts["cpu"].startswith("process ")


@pytest.mark.nightly
def test_the_next_emulator_goes_on_with_what_a_compute_of_its_own_cluster_runs(
    cluster: Callable[..., DaskPrograms], tmp_path: Path
) -> None:
    programs, go, up = cluster(1), tmp_path / "go", tmp_path / "up"
    (tmp_path / "amlet.yml").write_text(
        f"computes: [{{name: far, executor: dask, dask_address: '{programs.address}'}}]\n"
    )
    wait = f"touch {up}; until [ -e {go} ]; do sleep 0.05; done"
    (tmp_path / "job.yml").write_text(JOB.format(compute="far").replace("echo done", wait))
    with emulator_process(tmp_path, None) as emulator:
        name = emulator.submit(tmp_path / "job.yml")
        wait_until(up.exists)
        emulator.kill()
        emulator.start()
        go.touch()
        wait_until(lambda: emulator.state.has_ended(name))
        assert emulator.state.status(name) == "Completed"
        [(job, _, _, ends)] = emulator.state.below(name)
        assert (ends, emulator.state.last_attempt(job)) == (1, 1)
        wait_until(lambda: not left_over(emulator.state, tmp_path))


@pytest.mark.parametrize(
    ("placement", "why"),
    [
        (Placement("dask"), "needs the address of a scheduler"),
        (Placement("dask", "tcp://h:1", "GPU"), "expected NAME=AMOUNT"),
        (Placement("dask", "tcp://h:1", "", ("a", "", "")), "dask_tls_ca: certificates are for an address with tls://"),
        (Placement("dask", "tls://h:1", "", ("", "/no/cert", "")), "dask_tls_cert names /no/cert, which is not there"),
    ],
)
def test_a_placement_that_cannot_be_used_is_explained(placement: Placement, why: str) -> None:
    assert why in str(trouble_of(placement))


def test_what_is_left_out_of_the_certificates_is_left_to_the_configuration_of_dask(
    certificates: tuple[Path, Path, Path],
) -> None:
    ca, _, _ = certificates
    assert trouble_of(Placement("dask", "tls://h:1", "", (str(ca), "", ""))) is None
    security = SchedulerAddress("tls://h:1", str(ca)).options["security"]
    assert (security.tls_ca_file, security.tls_client_cert) == (str(ca), None)
    assert SchedulerAddress("tcp://h:1").options == {"address": "tcp://h:1"}


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
def test_an_adaptive_cluster_is_told_from_one_whose_workers_stay() -> None:
    made: Any = distributed.LocalCluster
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "processes": False}
    with made(**options, protocol="tcp://") as local:
        assert not asyncio.run(_is_adaptive(local.scheduler_address))
        local.adapt(minimum=1, maximum=2, interval="50ms")
        wait_until(lambda: asyncio.run(_is_adaptive(local.scheduler_address)))


async def _is_adaptive(address: str) -> bool:
    made: Any = distributed.Client
    async with made(address, asynchronous=True, set_as_default=False) as client:
        return await is_adaptive(client)
