"""The pages of pipelines in a browser: the graph, the list of its steps, when they ran, on a phone, with 200 steps."""

from __future__ import annotations

import time
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import events, jobs
from tests.emulator.studio import states
from tests.emulator.studio.site import Site
from tests.emulator.studio.test_in_browser import expect

pytestmark = pytest.mark.slow


def test_the_graph_leads_to_its_steps(site: Site, page: Any) -> None:
    page.goto(site.job("night"))
    boxes = page.locator(".graph .step")
    expect(boxes).to_have_count(4)
    page.locator(".graph a").nth(2).click()
    expect(page.locator("h1")).to_have_text("judge")
    page.get_by_role("link", name="night", exact=True).first.click()
    expect(boxes).to_have_count(4)


def test_the_list_of_steps_says_why_one_did_not_run_and_leads_to_trials(site: Site, page: Any) -> None:
    page.goto(site.job("night"))
    steps = page.get_by_role("region", name="List of steps").locator("tbody tr")
    expect(steps.nth(3)).to_contain_text("a step that it needs did not complete: judge")
    steps.nth(1).get_by_role("link", name="3 trials").click()
    expect(page.locator("#trial-count")).to_have_text("3 trials")


def test_the_steps_are_reached_by_the_keyboard(site: Site, page: Any) -> None:
    page.goto(site.job("night"))
    page.get_by_role("region", name="List of steps").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "load"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("load")


def test_the_timeline_shows_when_each_step_ran(site: Site, page: Any) -> None:
    page.goto(site.job("night", "&tab=timeline"))
    lanes = page.get_by_role("region", name="When each step ran").locator("tbody tr")
    expect(lanes).to_have_count(3)
    starts = [lane.locator(".lane rect").last.bounding_box()["x"] for lane in lanes.all()]
    assert starts == sorted(starts)
    assert len(set(starts)) == 3


@pytest.mark.parametrize("name", ["night", "night-0", "night-1"])
def test_a_simulated_pipeline_says_so_on_every_page(site: Site, page: Any, name: str) -> None:
    page.goto(site.job(name))
    expect(page.locator("#head .simulated")).to_have_text("simulated")


@pytest.mark.parametrize("more", ["", "&tab=timeline", "&tab=overview"])
@pytest.mark.parametrize("name", ["night", "wide"])
def test_nothing_of_a_page_is_cut_on_a_phone(site: Site, page: Any, name: str, more: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.job(name, more))
    expect(page.locator("#panel h2").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_two_hundred_steps_are_there_at_once(site: Site, page: Any) -> None:
    page.goto(site.job("wide"))
    expect(page.locator(".graph .step")).to_have_count(200)
    page.get_by_role("link", name="Timeline", exact=True).click()
    expect(page.locator(".lanes tbody tr")).to_have_count(200)
    took = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    assert took < 10_000, "milliseconds; it takes some hundred on an idle machine"


def test_a_step_that_ends_is_seen_without_loading_the_page_again(site: Site, page: Any) -> None:
    running = {"load": JobStatus.COMPLETED, "fit": JobStatus.RUNNING}
    site.write(states.pipeline, "live", time.time() - 20, running)
    page.goto(site.job("live"))
    fit = page.locator(".graph .step").nth(1)
    expect(fit).to_contain_text("Running")
    run = jobs.find(site.emulator.store.reader(), states.WORKSPACE, "live-1")
    assert run is not None
    site.write(events.move, run.id, JobStatus.FAILED, time.time())
    expect(fit).to_contain_text("Failed")
