"""Writes docs/img/studio-*.png: the main pages of the studio, light and dark, with a state that never ran.

python docs/screenshots.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright

from tests.emulator.studio import states
from tests.emulator.studio.site import CHROMIUM, FLAGS, Site, serving

_FOLDER = ROOT / "docs" / "img"
_MINUTE = 60.0

#: Name of the picture, job, what the address ends with, what has to be there first.
_PAGES = (
    ("jobs", "", "", "table.jobs"),
    ("overview", "patient_heron_4f81", "", ".facts"),
    ("trials", "patient_heron_4f81", "&tab=trials&sort=accuracy~down", "#trial-table .name"),
    ("charts", "patient_heron_4f81", "&tab=charts&filter=optimizer%3Dadam%2Cadamw", "#chart-scatter .main-svg"),
    ("timeline", "patient_heron_4f81", "&tab=timeline", ".gantt rect"),
    ("trial", "patient_heron_4f81_21", "&tab=metrics", "[data-metric=loss] .main-svg"),
)


def fill(site: Site) -> None:
    """A workspace as it may look in the middle of a day."""
    now = time.time()
    site.write(states.job_list, 40, now - 200 * _MINUTE)
    for number, name in enumerate(("brave_owl_77tq", "mellow_fig_20ab", "proud_elm_9c3d")):
        site.write(states.sweep, name, now - (190 - 50 * number) * _MINUTE, trials=16 + 8 * number)
    site.write(states.sweep, "patient_heron_4f81", now - 25 * _MINUTE, trials=48, steps=30)
    site.write(states.sweep, "swift_wren_e5a0", now - 40, trials=32, steps=12, running=4)


def take(page: Page, site: Site, scheme: str) -> None:
    """One picture of each page."""
    for name, job, more, ready in _PAGES:
        page.goto(site.job(job, more) if job else site.home(more))
        page.locator(ready).first.wait_for(state="attached")
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(500)  # the last chart settles
        page.screenshot(path=_FOLDER / f"studio-{name}-{scheme}.png")


def main() -> None:
    """Take them all."""
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as site, sync_playwright() as driver:
        fill(site)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
            take(context.new_page(), site, scheme)
        browser.close()


if __name__ == "__main__":
    main()
