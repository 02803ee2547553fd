"""The studio for tests: asked within the process, or served on plain HTTP to a browser."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from contracts.lifecycle import JobStatus
from contracts.local_choices import SIMULATED
from contracts.studio import job_url
from emulator.app import app_of
from emulator.services.context import Emulator
from tests.emulator.studio import states
from tests.emulator.studio.site import CHROMIUM, FLAGS, Site, serving


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    return make_emulator()


@pytest.fixture
def get(emulator: Emulator, ask: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
    """Ask the whole application for a page."""
    app: Starlette = app_of(emulator)
    return lambda url, method="GET", **options: ask(app, method, url, **options)


@pytest.fixture
def url_of(emulator: Emulator) -> Callable[..., str]:
    """The address of a job's page, with its key: `url_of("calm_fox", "&tab=logs")`."""
    return lambda name, more="": f"{job_url('', states.WORKSPACE, name)}{more}&key={emulator.secrets.page_key}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One studio for all browser tests: a sweep that ended, one that runs, a hostile one, many jobs, logs, outputs."""
    with serving(tmp_path_factory.mktemp("studio")) as served:
        fill(served, time.time())
        yield served


def fill(site: Site, now: float) -> None:
    """Store what the browser tests look at."""
    site.write(states.job_list, 120, now - 6000)
    site.write(states.hostile, now - 5500)
    site.write(states.sweep, "ended", now - 4000)
    site.write(states.sweep, "under-way", now - 60, trials=12, running=3)
    done, failed = JobStatus.COMPLETED, JobStatus.FAILED
    night = {"load": done, "sweep": done, "judge": failed, "register": None}
    site.write(states.pipeline, "night", now - 3000, night, properties={SIMULATED: "true"})
    site.write(states.pipeline, "wide", now - 2900, {f"step_{number}": done for number in range(200)})
    lines = "".join(f"epoch {number} done\n" for number in range(2000))
    states.log(site.artifacts("ended_1"), lines)
    states.log(site.artifacts("ended_1"), "weights", "outputs/model/weights.bin")
    states.log(site.artifacts("ended_2"), "epoch,loss\n1,0.5\n", "outputs/scores.csv")
    states.log(
        site.artifacts("ended"), "[2026-01-01T00:00:00][API][INFO]Experiment created\n", "azureml-logs/hyperdrive.txt"
    )
    states.log(site.artifacts("hostile"), states.HOSTILE)
    states.log(site.artifacts("hostile"), "x", "outputs/<b>x.html")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser, shared by the tests of a module: its driver keeps an event loop, beside which others cannot run.

    It is Debian's, not one that playwright would download; `.ci/run` installs it, and there a missing one is a failure.
    """
    if CHROMIUM is None:
        assert os.environ.get("AMLET_ORACLES") != "required", "chromium is missing: scripts/browser installs it"
        pytest.skip("chromium is not installed; scripts/browser installs it where there is a package manager")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page in a context of its own; an error of a script, or a message of the browser about one, fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.set_default_timeout(40_000)
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
    yield opened
    context.close()
    # Plotly brings the style of its maps along, which the policy keeps out; a refusal is what some tests provoke.
    harmless = ("Applying inline style", "status of 403", "status of 404")
    assert not [trouble for trouble in troubles if not any(known in trouble for known in harmless)]
