"""The pages in a browser: each tab opened, each thing that can be pressed pressed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emulator.storage import events, jobs
from tests.emulator.studio import states
from tests.emulator.studio.site import Site
from tests.emulator.studio.states import HOSTILE, WORKSPACE

pytestmark = pytest.mark.slow


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect as wait_for

    wait_for.set_options(timeout=40_000)
    return wait_for(locator)


def rows(page: Any) -> Any:
    return page.locator("#trial-table tbody tr:not(.spacer)")


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Trials", "Filter"),
        ("Why", "How points are drawn"),
        ("Logs", "hyperdrive.txt"),
        ("Outputs", "best trial"),
        ("Timeline", "4 slots, 24 trials"),
        ("ARM document", '"jobType": "Sweep"'),
    ],
)
def test_a_tab_opens_in_place_and_stands_in_the_address(site: Site, page: Any, name: str, heading: str) -> None:
    page.goto(site.job("ended"))
    page.evaluate("window.same = true")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("#panel")).to_contain_text(heading)
    expect(page.locator(".tabs [aria-current]")).to_have_text(name)
    assert page.evaluate("window.same")
    page.reload()
    expect(page.locator("#panel")).to_contain_text(heading)


def test_the_way_back_leads_to_the_tab_before(site: Site, page: Any) -> None:
    page.goto(site.job("ended"))
    page.get_by_role("link", name="Timeline", exact=True).click()
    expect(page.locator("#panel")).to_contain_text("slots")
    page.go_back()
    expect(page.locator("#panel")).to_contain_text("Best trials")


def test_the_key_leaves_the_address(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=trials"))
    expect(rows(page).first).to_be_visible()
    assert "key=" not in page.url
    assert "wsid=/subscriptions/" in page.url


def test_trials_are_filtered_and_sorted_and_the_address_keeps_it(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=trials"))
    expect(page.locator("#trial-count")).to_have_text("24 trials")
    page.locator("#trial-filter").fill("status=Completed lr>0.001")
    expect(page.locator("#trial-count")).to_have_text(re.compile(r"^\d of 24 trials"))
    page.wait_for_url(re.compile("filter=status"))
    page.get_by_role("button", name="lr", exact=True).click()
    page.get_by_role("button", name="lr", exact=True).click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("lr")
    shown = rows(page).all_inner_texts()
    page.reload()
    expect(page.locator("#trial-filter")).to_have_value("status=Completed lr>0.001")
    expect(rows(page).first).to_be_visible()
    assert rows(page).all_inner_texts() == shown
    rates = [float(line.split("\t")[3]) for line in shown]
    assert rates == sorted(rates, reverse=True)
    assert min(rates) > 0.001


def test_the_csv_has_what_the_table_shows(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=trials"))
    page.locator("#trial-filter").fill("optimizer=adam")
    expect(page.locator("#trial-count")).to_contain_text("of 24")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("Trial,Status,accuracy (best),lr,batch_size,dropout,optimizer")
    assert len(lines) - 1 == rows(page).count()
    assert all(",adam," in line for line in lines[1:])


def test_a_trial_opens_from_the_table(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=trials"))
    page.get_by_role("link", name="3", exact=True).click()
    expect(page.locator("h1")).to_have_text("ended_3")


def test_a_trial_opens_from_the_timeline(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=timeline"))
    page.locator(".gantt rect").nth(2).click()
    expect(page.locator("h1")).to_have_text(re.compile(r"ended_\d"))


def test_charts_are_drawn_and_a_brush_filters_the_table(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=charts"))
    for chart in ("curves", "best", "scatter"):
        expect(page.locator(f"#chart-{chart} .main-svg").first).to_be_visible()
    brush = page.get_by_role("slider", name="Filter lr")
    brush.scroll_into_view_if_needed()
    box = brush.bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(middle, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    expect(page.locator("#trial-filter")).to_have_value(re.compile("lr>=.+ lr<="))
    expect(page.locator("#trial-count")).to_contain_text("of 24")
    page.wait_for_url(re.compile("filter=lr"))
    page.reload()
    expect(brush).to_have_attribute("aria-valuetext", re.compile(r">= .+ and <= "))
    brush.dblclick()
    expect(page.locator("#trial-count")).to_have_text("24 trials")


def test_a_brush_is_moved_by_keyboard(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=charts"))
    brush = page.get_by_role("slider", name="Filter optimizer")
    brush.focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#trial-filter")).to_have_value("optimizer=adam,adamw")
    page.keyboard.press("Escape")
    expect(page.locator("#trial-filter")).to_have_value("")


def test_a_line_of_the_parallel_coordinates_tells_its_trial_and_opens_it(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=charts&filter=trial%3D3"))
    expect(page.locator("#trial-count")).to_have_text("1 of 24 trials")
    canvas = page.locator("#chart-parallel canvas")
    expect(canvas).to_have_attribute("aria-label", re.compile("24 trials: lr"))
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for up in range(100):
        page.mouse.move(box["x"] + box["width"] * 0.13, box["y"] + box["height"] * up / 100)
        if page.locator("#chart-parallel .hint").is_visible():
            break
    expect(page.locator("#chart-parallel .hint")).to_have_text("trial 3")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("h1")).to_have_text("ended_3")


def test_the_scatter_shows_any_two_columns_and_a_point_opens_its_trial(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=charts"))
    expect(page.locator("#chart-scatter .main-svg").first).to_be_visible()
    page.get_by_label("Across").select_option("dropout")
    page.get_by_label("Up").select_option("loss")
    expect(page.locator("#chart-scatter .xtitle")).to_have_text("dropout")
    expect(page.locator("#chart-scatter .ytitle")).to_have_text("loss")
    assert "x=dropout" in page.url
    page.locator("#chart-scatter .point").first.hover(force=True)
    expect(page.locator("#chart-scatter .hovertext")).to_be_visible()
    point = page.locator("#chart-scatter .point").first.bounding_box()
    page.mouse.click(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    expect(page.locator("h1")).to_have_text(re.compile(r"ended_\d+"))


def test_an_answer_that_comes_after_another_choice_is_not_drawn(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=charts"))
    expect(page.locator("#chart-scatter .main-svg").first).to_be_visible()
    late: list[Any] = []
    page.route(re.compile("figures.*y=accuracy"), lambda route: late.append(route))
    page.get_by_label("Across").select_option("dropout")
    page.get_by_label("Up").select_option("loss")
    expect(page.locator("#chart-scatter .ytitle")).to_have_text("loss")
    with page.expect_response(re.compile("figures.*y=accuracy")), page.expect_response(re.compile("figures.*y=loss")):
        late[0].continue_()
    expect(page.get_by_label("Up")).to_have_value("loss")
    expect(page.locator("#chart-scatter .ytitle")).to_have_text("loss")


def test_curves_run_along_intervals_or_steps(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=charts"))
    expect(page.locator("#chart-curves .xtitle")).to_have_text("interval (values logged)")
    page.get_by_label("over").select_option("steps")
    expect(page.locator("#chart-curves .xtitle")).to_have_text("step")
    page.reload()
    expect(page.locator("#chart-curves .xtitle")).to_have_text("step")


def test_a_chart_that_cannot_be_drawn_says_so(site: Site, page: Any) -> None:
    page.route("**/plotly-*.js", lambda route: route.fulfill(status=404))
    page.goto(site.job("ended", "&tab=charts"))
    for chart in ("curves", "best", "scatter"):
        expect(page.locator(f"#chart-{chart}")).to_have_attribute("data-trouble", re.compile("Reload the page"))
    expect(page.locator("#trial-count")).to_have_text("24 trials")


def test_the_metrics_of_a_trial_are_drawn(site: Site, page: Any) -> None:
    page.goto(site.job("ended_1", "&tab=metrics"))
    expect(page.locator("[data-metric=accuracy] .main-svg").first).to_be_visible()
    expect(page.locator("[data-metric=loss] .main-svg").first).to_be_visible()


def test_a_log_is_searched_by_words_and_from_one_place_to_the_next(site: Site, page: Any) -> None:
    page.goto(site.job("ended_1", "&tab=logs"))
    page.get_by_label("Find").fill("epoch 199")
    expect(page.locator("#log-found")).to_have_text(re.compile(r"\d+ of 11"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#log-found")).to_have_text(re.compile(r"2 of 11"))
    assert "find=epoch" in page.url
    page.get_by_label("Find").fill("no such words")
    expect(page.locator("#log-found")).to_have_text("nothing found")


def test_a_log_that_grows_is_followed(site: Site, page: Any) -> None:
    log = states.log(site.artifacts("under-way_11"), "begun\n")
    page.goto(site.job("under-way_11", "&tab=logs"))
    expect(page.locator("#log")).to_have_text("begun\n")
    with log.open("a") as file:
        file.write("half of a ch")
        file.flush()
        expect(page.locator("#log")).to_contain_text("half of a ch")
        file.write("aracter: é<b>\n")
    expect(page.locator("#log")).to_have_text("begun\nhalf of a character: é<b>\n")


def test_outputs_are_listed_and_saved(site: Site, page: Any) -> None:
    page.goto(site.job("ended_1", "&tab=outputs"))
    with page.expect_download() as download:
        page.get_by_role("link", name="outputs/model/weights.bin").click()
    assert download.value.path().read_text() == "weights"


def test_the_document_is_copied(site: Site, page: Any) -> None:
    page.goto(site.job("ended", "&tab=definition"))
    page.locator("[data-copy-from=arm]").click()
    expect(page.locator("#notice")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#arm").inner_text()


def test_the_buttons_do_what_they_say(site: Site, page: Any) -> None:
    site.write(states.sweep, "short-lived", site.emulator.clock.now(), trials=4, running=2)
    page.goto(site.job("short-lived"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("button", name="Restore")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Archive")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#head .status").first).to_have_text("CancelRequested")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_a_page_whose_token_is_too_old_says_so(site: Site, page: Any) -> None:
    page.goto(site.job("ended"))
    page.evaluate("document.body.dataset.token = '1.0'")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.get_by_role("button", name="Archive").click()
    assert answer.value.status == 403
    expect(page.locator("#notice")).to_contain_text("reload it")


def test_jobs_are_filtered_while_one_types(site: Site, page: Any) -> None:
    page.goto(site.home())
    page.get_by_label("Name", exact=True).fill("ob-0000")
    expect(page.locator("table.jobs tbody tr")).to_have_count(10)
    page.get_by_label("Tag").fill("batch=3")
    expect(page.locator("table.jobs tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("table.jobs tbody tr")).to_have_count(1)
    page.get_by_label("Name", exact=True).fill("nothing is called that")
    expect(page.locator("#list .empty")).to_contain_text("No job is like that")
    page.get_by_role("link", name="show all jobs").click()
    expect(page.locator("table.jobs tbody tr")).to_have_count(50)


def test_jobs_are_paged_in_any_order(site: Site, page: Any) -> None:
    page.goto(site.home("&sort=name&type=Command"))
    seen: list[str] = []
    for _ in range(3):
        seen += page.locator("table.jobs .name").all_inner_texts()
        if page.get_by_role("link", name="Next page").count():
            page.get_by_role("link", name="Next page").click()
            expect(page.locator("table.jobs .name").first).not_to_have_text(seen[-50])
    assert seen == [f"job-{number:05d}" for number in range(120)]
    page.get_by_role("link", name="First page").click()
    expect(page.locator("table.jobs .name").first).to_have_text("job-00000")


def test_the_list_shows_a_new_job_and_its_ending_by_itself(site: Site, page: Any) -> None:
    page.goto(site.home("&q=newcomer"))
    expect(page.locator("#live")).to_have_text("live")
    one = site.write(states.job, "newcomer", site.emulator.clock.now())
    expect(page.get_by_role("link", name="newcomer")).to_be_visible()
    site.write(events.move, one, states.JobStatus.CANCELED, site.emulator.clock.now())
    expect(page.locator("table.jobs .status")).to_have_text("Canceled")


def test_a_sweep_under_way_is_updated_by_itself(site: Site, page: Any) -> None:
    page.goto(site.job("under-way", "&tab=trials"))
    expect(page.locator("#live")).to_have_text("live")
    last = page.locator("#trial-table tbody tr", has=page.get_by_role("link", name="11", exact=True))
    expect(last).to_contain_text("Running")
    child = jobs.find(site.emulator.store.reader(), WORKSPACE, "under-way_11")
    assert child is not None
    site.write(states.metrics.append, child.id, [("accuracy", states.Point(0.999, 1.0, 99))])
    expect(last).to_contain_text("0.999")
    site.write(events.move, child.id, states.JobStatus.CANCELED, site.emulator.clock.now())
    expect(last).to_contain_text("Canceled")
    expect(page.locator(".legend")).to_contain_text("canceled")


def test_a_page_that_lost_its_server_says_so_and_catches_up(site: Site, page: Any) -> None:
    job = site.write(states.sweep, "patient", site.emulator.clock.now(), trials=4, running=2)
    page.goto(site.job("patient"))
    expect(page.locator("#live")).to_have_text("live")
    page.evaluate("window.same = true")
    page.route("**/events?*", lambda route: route.abort())
    site.end_streams()
    expect(page.locator("#live")).to_have_text("connection lost, trying again")
    site.write(events.move, job, states.JobStatus.CANCEL_REQUESTED, site.emulator.clock.now())
    page.unroute("**/events?*")
    site.allow_streams()
    expect(page.locator("#head .status").first).to_have_text("CancelRequested")
    expect(page.locator("#live")).to_have_text("live")
    assert page.evaluate("window.same")


def test_hostile_texts_stay_texts(site: Site, page: Any) -> None:
    for address in (
        site.home(),
        *(site.job("hostile", f"&tab={tab}") for tab in ("overview", "trials", "charts", "why", "logs", "timeline")),
        *(site.job("hostile_1", f"&tab={tab}") for tab in ("overview", "metrics", "why", "definition")),
    ):
        page.goto(address)
        if "charts" in address:
            expect(page.locator("#chart-parallel .axis-name").first).to_have_text(HOSTILE)
            expect(page.locator("#chart-scatter .ytitle")).to_have_text(HOSTILE)
        if "metrics" in address:
            expect(page.locator("[data-metric] .ytitle")).to_have_text(HOSTILE)
        if "tab=trials" in address:
            expect(rows(page)).to_have_count(3)
            page.locator("#trial-filter").fill('"' + HOSTILE.replace('"', '\\"') + '"!=x')
            expect(page.locator("#trial-count")).to_have_text("3 trials")
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main script").count() == 0


def test_a_page_that_is_not_there_says_what_to_do(site: Site, page: Any) -> None:
    page.goto(site.job("ended"))
    answer = page.request.get(site.job("nobody"))
    assert answer.status == 404
    assert "Nothing of that name" in answer.text()


@pytest.mark.parametrize(
    ("link", "leads_to"), [("#/experiments/1/runs/ended", "/runs/ended?wsid="), ("", "/?wsid=")], ids=["run", "none"]
)
def test_a_link_of_mlflow_leads_to_the_page_of_the_run(site: Site, page: Any, link: str, leads_to: str) -> None:
    page.goto(site.job("ended"))  # the session that the key of this link begins
    origin = re.match(r"https?://[^/]+", page.url)[0]
    page.goto(f"{origin}/mlflow/v1.0{WORKSPACE}/{link}")
    page.wait_for_url(lambda url: leads_to in url)
    expect(page.locator("h1").first).to_be_visible()
