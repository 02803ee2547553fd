"""What ends a sweep or a trial before its time: limits and early termination."""

from __future__ import annotations

from typing import Any

from contracts.suite import sources
from contracts.suite.answer import Unexpected, expect
from contracts.suite.bodies import Json, sweep, waiting_sweep
from contracts.suite.difference import Difference
from contracts.suite.scenario import Scenarios, scenario
from contracts.suite.target import Feature
from contracts.suite.workspace import Workspace

_BANDIT = {"policyType": "Bandit", "slackFactor": 0.1, "evaluationInterval": 1, "delayEvaluation": 0}


class Limits(Scenarios):
    """Limits of number and time."""

    @scenario("documented", sources.TUNING)
    def test_no_more_than_so_many_run_at_a_time(self, workspace: Workspace) -> None:
        """Never more trials run at once than maxConcurrentTrials says."""
        name = workspace.name()
        space = {"play": ["choice", [["0.1,w0.2", "0.2,w0.2", "0.3,w0.2", "0.4,w0.2"]]]}
        workspace.made(name, sweep(workspace.surroundings, space, limits={"maxConcurrentTrials": 2}))
        workspace.until_status(name, "Completed")
        runs = workspace.trials(name)
        moments = [(run["startTimeUtc"], 1) for run in runs] + [(run["endTimeUtc"], -1) for run in runs]
        running = most = 0
        for _, change in sorted(moments):
            running += change
            most = max(most, running)
        if not 1 <= most <= 2:
            raise Unexpected([Difference("$", "1 or 2 trials at once", most)], f"the times of the trials of {name}")
        expect(4, len(runs), f"the number of trials of {name}")

    @scenario("documented", sources.SWEEP_YAML, needs=(Feature.LONG_WAITS,))
    def test_the_timeout_cancels_the_sweep(self, workspace: Workspace) -> None:
        """When its timeout is over a sweep is Canceled, and so are its trials."""
        name = workspace.name()
        limits = {"jobLimitsType": "Sweep", "maxTotalTrials": 2, "maxConcurrentTrials": 1, "timeout": "PT1M"}
        workspace.made(name, waiting_sweep(workspace.surroundings, limits=limits))
        workspace.until_status(name, "Canceled")
        expect(["Canceled"], sorted({run["status"] for run in workspace.trials(name)}), workspace.last)

    @scenario("documented", sources.SWEEP_YAML, needs=(Feature.LONG_WAITS,))
    def test_the_trial_timeout_cancels_the_trial(self, workspace: Workspace) -> None:
        """When its timeout is over a trial is Canceled, and the sweep goes on to its end."""
        name = workspace.name()
        limits = {"maxTotalTrials": 2, "maxConcurrentTrials": 1, "trialTimeout": "PT1M"}
        space = {"play": ["choice", [["0.2,w3000", "0.2"]]]}
        workspace.made(name, sweep(workspace.surroundings, space, limits=limits))
        workspace.until_status(name, "Completed")
        expect(["Canceled", "Completed"], _statuses(workspace, name), workspace.last)


class EarlyTermination(Scenarios):
    """Policies, told apart by one trial that is stopped and one that is not."""

    @scenario("documented", sources.TUNING)
    def test_bandit_cancels_a_trial_beyond_the_slack(self, workspace: Workspace) -> None:
        """Bandit cancels a trial that is worse than the best one by more than the slack; the sweep is Completed."""
        name = _swept(workspace, ["0.9", "0.1,w600"], _BANDIT)
        expect(["Completed", "Canceled"], _statuses(workspace, name), workspace.last)
        best = {"best_child_run_id": f"{name}_0"}
        expect(best, workspace.job(name).json["properties"]["properties"], workspace.last)

    @scenario("documented", sources.TUNING)
    def test_bandit_leaves_a_trial_within_the_slack(self, workspace: Workspace) -> None:
        """Bandit leaves a trial alone that is within the slack, and every trial before delayEvaluation."""
        name = _swept(workspace, ["0.9", "0.85,w0.5"], _BANDIT)
        expect(["Completed", "Completed"], _statuses(workspace, name), workspace.last)
        delayed = _swept(workspace, ["0.9,0.9", "0.1,0.1,w0.5"], _BANDIT | {"delayEvaluation": 5}, "delayed")
        expect(["Completed", "Completed"], _statuses(workspace, delayed), workspace.last)

    @scenario("documented", sources.TUNING)
    def test_median_stopping_cancels_a_trial_below_the_median(self, workspace: Workspace) -> None:
        """Median stopping cancels a trial whose best value is worse than the median of the averages."""
        policy = {"policyType": "MedianStopping", "evaluationInterval": 1, "delayEvaluation": 0}
        name = _swept(workspace, ["0.8", "0.9", "0.1,w600"], policy)
        expect(["Completed", "Completed", "Canceled"], _statuses(workspace, name), workspace.last)

    @scenario("documented", sources.TUNING)
    def test_truncation_cancels_the_lowest(self, workspace: Workspace) -> None:
        """Truncation selection cancels the given percentage of trials with the lowest values."""
        policy = {
            "policyType": "TruncationSelection",
            "truncationPercentage": 50,
            "evaluationInterval": 1,
            "delayEvaluation": 0,
        }
        name = _swept(workspace, ["0.9", "0.1,w600"], policy)
        expect(["Completed", "Canceled"], _statuses(workspace, name), workspace.last)

    @scenario("documented", sources.TUNING)
    def test_without_a_policy_all_run_to_completion(self, workspace: Workspace) -> None:
        """Without a policy every trial runs to its end, however bad."""
        name = _swept(workspace, ["0.9", "0.1,w0.5"], None)
        expect(["Completed", "Completed"], _statuses(workspace, name), workspace.last)


def _swept(workspace: Workspace, plays: list[str], policy: Json | None, suffix: str = "") -> str:
    """The name of a finished sweep, one trial after the other."""
    name = workspace.name(suffix)
    space: dict[str, Any] = {"play": ["choice", [plays]]}
    limits = {"maxTotalTrials": len(plays), "maxConcurrentTrials": 1}
    body = sweep(workspace.surroundings, space, limits=limits, earlyTermination=policy)
    workspace.made(name, body)
    workspace.until_status(name, "Completed")
    return name


def _statuses(workspace: Workspace, name: str) -> list[str]:
    return [run["status"] for run in workspace.trials(name)]
