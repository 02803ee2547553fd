"""The studio with 1,000 trials of 200 steps and 10,000 jobs, in the page's own clock; and what an open page costs.

    python bench/studio.py [--trials 1000] [--steps 200] [--jobs 10000] [--seconds 20]

A server in a process of its own shows a state that never ran. A browser opens its pages; times are medians of
`performance.now()` in the page: until the first content, until the charts stand, and of one interaction until the next
frame. Then a point is logged twenty times a second, and the CPU time of the server (Linux only) and of the page's main
thread is taken with the page open, less that of the server without it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import CDPSession, Page, sync_playwright  # noqa: E402
from rows import Row, add_option, write  # noqa: E402

from emulator.storage import jobs, metrics  # noqa: E402
from tests.emulator.studio import states  # noqa: E402
from tests.emulator.studio.site import CHROMIUM, FLAGS, Site, serving  # noqa: E402

_TICK = os.sysconf("SC_CLK_TCK")
_PAUSE = 0.05

_FIRST_CONTENT = """new Promise((done) => new PerformanceObserver((list) => {
  const [paint] = list.getEntriesByName("first-contentful-paint");
  if (paint) done(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""


def serve(options: argparse.Namespace) -> None:
    """The server's process: prints its pages' addresses, then logs points when it is told to on stdin."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as site:
        now = time.time()
        site.write(states.job_list, options.jobs, now)
        site.write(
            states.sweep,
            "vast",
            now - 900,
            trials=options.trials,
            steps=options.steps,
            slots=20,
            running=20,
            policy=False,
        )
        print(site.home(), site.job("vast"), flush=True)
        sys.stdin.readline()
        threading.Thread(target=log_points, args=(site, options.trials), daemon=True).start()
        sys.stdin.readline()


def log_points(site: Site, trials: int) -> None:
    """A value of one of the running trials, again and again."""
    conn = site.emulator.store.reader()
    sweep = jobs.find(conn, states.WORKSPACE, "vast")
    assert sweep is not None
    running = [job.id for job in jobs.children(conn, sweep.id)][-20:]
    for number in range(10**6):
        point = metrics.Point(0.5 + number * 1e-6, time.time(), 1000 + number)
        site.write(metrics.append, running[number % 20], [("accuracy", point)])
        time.sleep(_PAUSE)


def median(measure: Callable[[], float], times: int = 5) -> float:
    """The median of so many measurements."""
    return statistics.median(measure() for _ in range(times))


def first_content(page: Page, address: str) -> float:
    """Milliseconds from the start of the navigation to the first content."""
    page.goto(address)
    return float(page.evaluate(_FIRST_CONTENT))


def until(page: Page, address: str, selector: str) -> float:
    """Milliseconds from the start of the navigation until something is in the document."""
    page.goto(address)
    page.locator(selector).first.wait_for(state="attached")
    return float(page.evaluate("performance.now()"))


def interact(page: Page, script: str) -> float:
    """Milliseconds of one interaction, until the next frame."""
    timed = f"""async () => {{
      const began = performance.now();
      await ({script})();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - began;
    }}"""
    return float(page.evaluate(timed))


def cpu_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def busy_seconds(session: CDPSession) -> float:
    """What the page's main thread has worked so far."""
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"])


def typed(field: str, text: str) -> str:
    """A script that types a text into a field."""
    return (
        f"() => {{ const field = document.querySelector('{field}'); field.value = '{text}'; "
        "field.dispatchEvent(new Event('input', { bubbles: true })); }"
    )


def answered(field: str, text: str) -> str:
    """As `typed`, and the list has changed."""
    changed = (
        "await new Promise((done) => new MutationObserver((_, own) => { own.disconnect(); done(); })"
        ".observe(document.querySelector('#list'), { subtree: true, childList: true, characterData: true }));"
    )
    return f"async () => {{ ({typed(field, text)})(); {changed} }}"


def pages(page: Page, home: str, job: str) -> None:
    """How quick the pages are."""
    tabs = {name: f"{job}&tab={name}" for name in ("overview", "trials", "charts")}
    for name, address in {"jobs": home, **tabs}.items():
        tell(f"{name}: first content", median(lambda address=address: first_content(page, address)))
    tell("charts: those in sight drawn", median(lambda: until(page, tabs["charts"], "#chart-best .main-svg"), 3))
    tell("charts: all four drawn", median(lambda: until(page, tabs["charts"], "#chart-scatter .main-svg"), 3))
    page.locator("#chart-parallel").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)  # the last chart settles
    fresh = itertools.count(10)
    tell("charts: brush", median(lambda: interact(page, typed("#trial-filter", f"lr>=0.00{next(fresh)}"))))
    until(page, tabs["trials"], "#trial-table .name")
    tell("trials: filter", median(lambda: interact(page, typed("#trial-filter", f"lr>0.00{next(fresh)}"))))
    tell("trials: sort", median(lambda: interact(page, "() => document.querySelector('[data-key=lr]').click()")))
    scroll = (
        "() => { const frame = document.querySelector('#trial-table'); frame.scrollTop = frame.scrollTop ? 0 : 9000; }"
    )
    tell("trials: scroll to the middle", median(lambda: interact(page, scroll)))
    page.goto(home)
    tell("jobs: filter by name", median(lambda: interact(page, answered("[name=q]", f"job-00{next(fresh)}"))))
    tell("jobs: next page", median(lambda: first_content(page, f"{home}&after=~{next(fresh) * 90}")))


_ROWS: list[Row] = []


def tell(name: str, milliseconds: float) -> None:
    """One line of the table."""
    _ROWS.append(Row(f"studio, {name}", "", milliseconds, less=True, unit="ms"))
    print(f"{name:36} {milliseconds:8.0f} ms", flush=True)


def cost(page: Page, job: str, server: subprocess.Popen[str], seconds: float) -> None:
    """What an open page costs while points are logged."""
    assert server.stdin is not None
    page.goto("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # CPU time, whatever else runs
    print("log", file=server.stdin, flush=True)

    def spent() -> float:
        before = cpu_seconds(server.pid)
        page.wait_for_timeout(seconds * 1000)
        return (cpu_seconds(server.pid) - before) / seconds

    alone = spent()
    for tab in ("overview", "trials", "charts"):
        page.goto(f"{job}&tab={tab}")
        page.wait_for_timeout(4000)
        before = busy_seconds(session)
        with_page = spent()
        own = (busy_seconds(session) - before) / seconds
        print(f"{tab + ': open, 20 values a second':36} {(with_page - alone) * 100:8.1f} % of a core in the server, "
              f"{own * 100:.1f} % in the page")  # fmt: skip


def main() -> None:
    """Serve in another process, and measure in this one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="for which an open page is watched")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    add_option(parser)
    options = parser.parse_args()
    if options.serve:
        serve(options)
        return
    command = [sys.executable, __file__, "--serve", *sys.argv[1:]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        home, job = server.stdout.readline().split()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            pages(page, home, job)
            cost(page, job, server, options.seconds)
            browser.close()
        server.terminate()
    write(_ROWS, options.json)


if __name__ == "__main__":
    main()
