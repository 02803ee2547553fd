"""What each type of job is checked for beyond what every job is; `contracts.job_types` names these."""

from __future__ import annotations

from contracts.rules.bindings import check_bindings, check_use
from contracts.rules.finding import Node
from contracts.rules.inputs import check_places
from contracts.rules.objective import check_objective
from contracts.rules.sampling import check_sampling
from contracts.rules.search_space import check_search_space
from contracts.rules.shell_use import check_shell_use
from contracts.rules.termination import check_termination
from contracts.rules.trial import check_resources, check_trial


def check_sweep(properties: Node) -> None:
    """The search of a sweep job, and its trial."""
    check_search_space(properties["searchSpace"])
    check_sampling(properties)
    check_termination(properties)
    check_objective(properties["objective"])
    check_places(properties["outputs"])
    trial = properties["trial"]
    check_resources(trial["resources"])
    check_use(trial["command"], properties["searchSpace"])
    check_trial(trial)
    check_bindings(trial["command"], properties)
    check_shell_use(trial["command"], properties)


def check_command(properties: Node) -> None:
    """A command job, which is its own trial."""
    check_trial(properties)
    check_bindings(properties["command"], properties)
    check_shell_use(properties["command"], properties)
