"""Writes docs/contract-scenarios.md: every scenario of the contract suite, its rule and the evidence for it.

python docs/contract_scenarios.py > docs/contract-scenarios.md
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contracts.suite.scenario import Rule, Scenarios, rules_of
from contracts.suite.scenarios import ALL


def document() -> str:
    """The page."""
    rules = {one: list(rules_of(one)) for one in ALL}
    evidence = Counter(rule.evidence for found in rules.values() for _, rule in found)
    counted = ", ".join(f"{evidence[kind]} {kind}" for kind in ("documented", "recorded", "inferred"))
    lines = [
        "# The scenarios of the contract suite",
        "",
        "Written by `docs/contract_scenarios.py` from `contracts/suite/scenarios/`; how to run them:",
        "[contract-suite.md](contract-suite.md).",
        f"{sum(evidence.values())} scenarios: {counted}. The words mean what they mean in [fidelity.md](fidelity.md).",
    ]
    for one, found in rules.items():
        lines += ["", *_section(one, found)]
    return "\n".join(lines) + "\n"


def _section(one: type[Scenarios], rules: list[tuple[str, Rule]]) -> list[str]:
    about = " ".join((one.__doc__ or "").split())
    rows = [f"| {rule.text} | {rule.evidence}: {rule.source} |" for _, rule in rules]
    return [f"## {one.__name__}", about, "", "| rule | evidence |", "|---|---|", *rows]


if __name__ == "__main__":
    sys.stdout.write(document())
