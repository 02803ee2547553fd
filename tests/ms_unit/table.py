"""The results as a page: how many passed, which failed, and why the others cannot pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.ms_e2e.run import Result
from tests.ms_e2e.sources import VERSION
from tests.ms_unit.scope import SUITES, reason


def failures(results: Sequence[Result]) -> list[str]:
    """The failures within scope."""
    wrong = (one for one in results if one.outcome == "failed" and reason(one) is None)
    return [f"{one.suite}: {one.name} failed: {one.reason}" for one in wrong]


def page(results: Sequence[Result]) -> str:
    """docs/ms-unit.md."""
    lines = [
        "# Microsoft's unit tests",
        "",
        f"The unit tests of pipelines of azure-ai-ml {VERSION}, run by `scripts/ms-unit`, which writes this page,",
        "with the root of their imports renamed: what they import from `azure.ai.ml` comes from `gateway`. Bodies",
        "are wrapped in the official models, as the tests compare them there. A test that uses a name which",
        "gateway does not have is skipped, and counted here. The tests come from the sdist on PyPI; nothing of",
        "them is kept here.",
        "",
        "| suite | passed | failed | out of scope | skipped by Microsoft |",
        "|---|---|---|---|---|",
    ]
    for suite in SUITES:
        own = [one for one in results if one.suite == suite]
        counts = Counter("outside" if reason(one) else one.outcome for one in own)
        cells = [str(counts[name]) for name in ("passed", "failed", "outside", "skipped")]
        lines.append(f"| {suite} | {' | '.join(cells)} |")
    lines += ["", "## Failed", *([f"* {line}" for line in failures(results)] or ["None."])]
    reasons = Counter(why for one in results if (why := reason(one)))
    lines += ["", "## Out of scope", "| reason | tests |", "|---|---|"]
    lines += [f"| {why} | {count} |" for why, count in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))]
    return "\n".join(lines) + "\n"
