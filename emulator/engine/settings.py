"""What the documentation leaves open, as named settings: each with its default, its evidence and its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Evidence: TypeAlias = Literal["documented", "recorded", "inferred"]


def setting(default: Any, evidence: Evidence, about: str, form: tuple[str, str] | None = None) -> Any:
    """A field of a settings class.

    Parameters:
        default: its value where none is given.
        evidence: for the default.
        about: what it means.
        form: of a text: the regular expression that it matches, and how that is told to people.
    """
    return field(default=default, metadata={"evidence": evidence, "about": about, "form": form})


@dataclass(frozen=True, slots=True)
class StateDurations:
    """How long a job stays in the states before Running, in seconds.

    Parameters:
        starting: until the run exists.
        provisioning: while nodes of the compute come up.
        preparing: while the environment is built or pulled.
        queued: at least so long, also when a node is free.
    """

    starting: float = 0.0
    provisioning: float = 0.0
    preparing: float = 0.0
    queued: float = 0.0


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """The engine's choices where Azure does not say."""

    max_total_trials: int = setting(1000, "documented", "trials of a sweep without max_total_trials")
    timeout: float = setting(5_184_000.0, "documented", "seconds a sweep without a timeout may take (60 days)")
    short_timeouts: Literal["honour", "sixty_days"] = setting(
        "honour",
        "documented",
        "timeouts under 60 s: taken as they are, or as 60 days, as a remark in the official SDK says the service does",
    )
    timeout_status: Literal["Canceled", "Completed", "Failed"] = setting(
        "Canceled", "inferred", "last status of a sweep that reached its timeout; documented: it is canceled"
    )
    sample_ahead: Literal["concurrency", "nodes"] = setting(
        "concurrency",
        "recorded",
        "how many trials are drawn at a time: as many as may be concurrent (those without a node are Queued), or as "
        "many as there are free nodes, which lets Bayesian sampling learn more",
    )
    initial_failures: int = setting(
        3,
        "inferred",
        "a sweep fails at once when the first so many trials (at most one batch) all fail; 0 never gives up early",
    )
    best_among: Literal["all", "completed"] = setting(
        "all", "documented", "which trials can be best: also failed and canceled ones (v1 default), or completed only"
    )
    repeat_points: bool = setting(False, "inferred", "whether random sampling may draw a point of a finite space twice")
    nested_choice: Literal["flatten", "keep"] = setting(
        "flatten", "inferred", "keys of a chosen nested space: parameters of their own beside the outer name, or not"
    )
    fixed_outputs: Literal["separate", "shared"] = setting(
        "separate",
        "inferred",
        "outputs of a sweep whose path has no ${{name}}: a folder for each trial below it, or one place for all",
    )
    bayesian_optimiser: Literal["gp", "tpe", "egobox"] = setting(
        "gp",
        "inferred",
        "model of Bayesian sampling: gp (Gaussian process), tpe (Parzen estimator of Optuna), or egobox (Gaussian "
        "process of that library), which needs `amlet[egobox]`; without it tpe is used and the sweep's log says so",
    )
    bayesian_warm_up: int = setting(10, "recorded", "random trials before Bayesian sampling uses its model")
    bandit_slack: Literal["mirrored", "literal"] = setting(
        "mirrored",
        "inferred",
        "slack_factor with negative metrics: mirrored widens the slack whatever the sign (best / (1 + factor) or "
        "best * (1 + factor), the more tolerant one), literal uses the documented formula as it stands",
    )
    bandit_both_slacks: Literal["factor", "amount"] = setting(
        "factor", "inferred", "which slack counts when both are given"
    )
    median_includes_itself: bool = setting(
        True, "inferred", "whether a trial's own running average is among those of which the median is taken"
    )
    truncation_excludes_ended: bool = setting(
        False, "recorded", "whether truncation selection leaves out trials that have ended (exclude_finished_jobs)"
    )
    heartbeat_timeout: float = setting(
        0.0,
        "inferred",
        "seconds without a metric or a line of log after which a running trial is NotResponding, until the next one; "
        "0: never, as jobs of the v2 contract have no heartbeats",
    )
    sweep_tags_take: float = setting(
        0.0,
        "recorded",
        "seconds after the start of a sweep until its tags tell which trials were drawn, how many, and whether these "
        "are all; the service's still say 0 and false after three minutes",
    )
    attempt_limit: int = setting(
        4,
        "inferred",
        "a run fails when so many of its attempts were lost, because their workers fell silent or went away; until "
        "then it is Queued again and starts from its beginning, as a preempted one does",
    )
    durations: StateDurations = setting(  # noqa: RUF009 - frozen, so it may be shared
        StateDurations(),
        "inferred",
        "seconds a job stays in Starting, Provisioning, Preparing and Queued; two seconds after its PUT the service's "
        "command is Preparing (recorded)",
    )


#: Recorded service behaviour where it is inconvenient offline.
AZURE_LIKE = replace(
    EngineSettings(),
    short_timeouts="sixty_days",
    fixed_outputs="shared",
    sweep_tags_take=180.0,
    durations=StateDurations(starting=2.0, provisioning=0.0, preparing=90.0, queued=5.0),
)
