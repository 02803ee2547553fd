from __future__ import annotations

from contracts.lifecycle import JobStatus
from emulator.engine.actions import Finish, StopCause
from emulator.engine.explain import ExplainedTrial, explain, explain_decision
from emulator.engine.objective import Goal, Objective
from emulator.engine.termination.bandit import Bandit
from emulator.engine.termination.base import Decision
from emulator.engine.termination.median_stopping import MedianStopping
from emulator.engine.termination.truncation_selection import TruncationSelection
from emulator.engine.trial import TrialOutcome

ACCURACY = Objective("accuracy", Goal.MAXIMIZE)
TAIL = ["Traceback", "KeyError: 1"]
NAMES = ["job_0", "job_1", "job_2"]


def last(policy: Bandit | MedianStopping | TruncationSelection, *values: float) -> Decision:
    decisions = [policy.observe(trial, value) for trial, value in enumerate(values)]
    assert decisions[-1] is not None
    return decisions[-1]


def test_each_policy_says_what_was_compared_with_what() -> None:
    assert explain_decision(last(Bandit(Goal.MAXIMIZE, slack_factor=0.25), 0.8, 0.5), ACCURACY, NAMES) == (
        "Bandit at interval 1: its best accuracy 0.5 is below 0.64, "
        "the slack allowed behind job_0 (0.8 at that interval)"
    )
    assert explain_decision(last(MedianStopping(Goal.MAXIMIZE), 0.4, 0.8, 0.6), ACCURACY, NAMES) == (
        "MedianStopping at interval 1: its best accuracy 0.6 is not below 0.6, "
        "the median of the running averages of 3 trials"
    )
    loss = Objective("loss", Goal.MINIMIZE)
    cut = last(TruncationSelection(Goal.MINIMIZE, truncation_percentage=50), 0.4, 0.8)
    assert explain_decision(cut, loss, NAMES) == (
        "TruncationSelection at interval 1: its best loss 0.8 is above 0.4, the worst value that stays among 2 trials"
    )
    assert explain_decision(last(Bandit(Goal.MAXIMIZE, slack_factor=0.25), 0.8), ACCURACY, NAMES) == (
        "Bandit at interval 1: its best accuracy 0.8 had nothing to be compared with"
    )


def test_the_story_of_a_sweep() -> None:
    decision = last(Bandit(Goal.MAXIMIZE, slack_amount=0.1), 0.9, 0.5)
    trials = [
        ExplainedTrial("job_0", TrialOutcome.completed(), best=0.9),
        ExplainedTrial("job_1", TrialOutcome.canceled(), 0.5, StopCause.EARLY_TERMINATION, decision),
        ExplainedTrial(
            "job_2", TrialOutcome.exited(2), metric_names=["loss", "acc"], log_tail=["Traceback", "KeyError: 1"]
        ),
        ExplainedTrial("job_3", TrialOutcome.canceled(), 0.1, StopCause.TRIAL_TIMEOUT),
    ]
    lines = explain(ACCURACY, trials, Finish(JobStatus.COMPLETED))
    assert lines[:2] == [
        "The sweep ended Completed; 4 trials: 1 Completed, 2 Canceled, 1 Failed.",
        "Best is job_0: 0.9 is the highest accuracy that any trial ever logged; next is job_1 with 0.5.",
    ]
    assert lines[2].startswith("job_1 Canceled: Bandit at interval 1: its best accuracy 0.5 is below 0.8, the slack")
    assert lines[3].startswith("job_2 Failed: The command exited with code 2. It did not log the primary metric")
    assert lines[3].endswith("logged were 'acc', 'loss'.")
    assert lines[4:] == ["    Traceback", "    KeyError: 1", "job_3 Canceled: Stopped by: trial timeout."]


def test_the_best_can_be_looked_for_among_completed_trials_only() -> None:
    trials = [
        ExplainedTrial("job_0", TrialOutcome.completed(), 0.5),
        ExplainedTrial("job_1", TrialOutcome.exited(1), 0.9),
    ]
    best = [explain(ACCURACY, trials, None, best_among=among)[1] for among in ("all", "completed")]
    assert best[0].startswith("Best is job_1: 0.9 is the highest accuracy that any trial ever logged")
    assert best[1] == "Best is job_0: 0.5 is the highest accuracy that any completed trial ever logged."


def test_a_sweep_that_goes_on_has_a_story_too() -> None:
    assert explain(ACCURACY, [ExplainedTrial("job_0")], None) == ["The sweep goes on; 1 trials: 1 not ended."]
    assert explain(ACCURACY, [], None) == ["The sweep goes on; 0 trials: none drawn."]


def test_the_message_of_the_ending_is_told() -> None:
    finish = Finish(JobStatus.FAILED, "UserError", "User errors were found in at least one of the child runs.")
    lines = explain(ACCURACY, [ExplainedTrial("job_0", TrialOutcome.exited(1))], finish)
    assert lines[:2] == ["The sweep ended Failed; 1 trials: 1 Failed.", finish.message]
