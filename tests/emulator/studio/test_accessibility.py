"""Every page, light and dark, as axe-core sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.studio.site import Site

pytestmark = pytest.mark.slow

_PAGES = {
    "home": ("", ""),
    "no jobs": ("", "&q=nothing-is-called-that"),
    "no such job": ("nobody", ""),
    **{
        tab: ("ended", f"&tab={tab}")
        for tab in ("overview", "trials", "charts", "parameters", "why", "logs", "timeline", "definition")
    },
    "outputs": ("ended_1", "&tab=outputs"),
    "running": ("under-way", ""),
    "trial": ("ended_1", "&tab=metrics"),
    "why a trial": ("ended_9", "&tab=why"),
    "log": ("ended_1", "&tab=logs&find=epoch"),
    "failed": ("hostile_1", ""),
    "graph": ("night", ""),
    "steps over time": ("night", "&tab=timeline"),
    "sweep step": ("night-1", ""),
    "wide graph": ("wide", ""),
    "compare": ("", "compare"),
    "preview": ("ended_2", "&tab=outputs&file=outputs/scores.csv"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", _PAGES)
def test_axe_finds_nothing_serious(site: Site, page: Any, name: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    job, more = _PAGES[name]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(
        site.compare("ended", "under-way") if more == "compare" else site.job(job, more) if job else site.home(more)
    )
    if name in ("charts", "trial", "parameters", "compare"):
        page.locator(".main-svg").last.wait_for(state="attached")
    if name in ("charts", "trials"):
        page.locator("#trial-table tbody .name").first.wait_for()
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    told = [f"{one['id']}: {one['help']}\n  {node['html'][:200]}" for one in grave for node in one["nodes"][:3]]
    assert not told, "\n".join(told)
