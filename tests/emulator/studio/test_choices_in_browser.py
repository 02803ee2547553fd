"""What people choose on the pages: scales, parameters, jobs to compare, names and tags."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.emulator.studio import states
from tests.emulator.studio.site import Site
from tests.emulator.studio.test_in_browser import expect, rows

pytestmark = pytest.mark.slow


def test_the_scales_of_the_parallel_coordinates_are_switched_and_the_address_keeps_it(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=charts"))
    middle = page.locator("#chart-parallel .axis").first.locator(".tick").nth(2)
    expect(middle).to_have_text("0.00343")
    page.get_by_label("number scales").select_option("linear")
    expect(middle).to_have_text("0.0438")
    page.reload()
    expect(middle).to_have_text("0.0438")
    expect(page.get_by_label("number scales")).to_have_value("linear")


def test_the_parameters_are_drawn_and_the_contour_takes_any_two(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=parameters"))
    for chart in ("#chart-importance", "#slices [data-parameter=lr]", "#chart-contour"):
        expect(page.locator(f"{chart} .main-svg").first).to_be_visible()
    page.get_by_label("Up").select_option("dropout")
    expect(page.locator("#chart-contour .ytitle")).to_have_text("dropout")
    page.reload()
    expect(page.locator("#chart-contour .ytitle")).to_have_text("dropout")
    point = page.locator("#slices [data-parameter=lr] .point").first.bounding_box()
    page.mouse.click(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    expect(page.locator("h1")).to_have_text(re.compile(r"ended_\d+"))


def test_ticked_jobs_and_trials_are_compared(site: Site, page: Any) -> None:
    page.goto(site.home())
    for name in ("ended", "under-way"):
        page.locator(f"input[form=compare][value={name}]").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("Compare 2 jobs")
    expect(page.locator("#charts .main-svg").first).to_be_visible()
    expect(page.locator("table.compare").last.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("table.compare").last).to_contain_text("gpu-cluster")
    page.goto(site.job("ended", "&tab=trials"))
    for place in (0, 1):
        rows(page).nth(place).locator("input").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("Compare 2 jobs")
    expect(page.locator("table.compare").first).to_contain_text("ended_0")


def test_name_and_tags_are_edited_and_a_job_that_has_ended_is_deleted(site: Site, page: Any) -> None:
    site.write(states.sweep, "to-edit", site.emulator.clock.now() - 500, trials=4)
    page.goto(site.job("to-edit"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_text("Edit name, description and tags").click()
    page.get_by_label("Description").fill("what it was for")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".description")).to_have_text("what it was for")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("h1")).to_have_text("research")
    expect(page.locator("table.jobs")).not_to_contain_text("to-edit")
