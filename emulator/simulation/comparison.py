"""One sweep under several early termination policies, or sampling algorithms, in virtual time, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.lifecycle import JobStatus
from contracts.sampling_algorithms import RANDOM, SAMPLING_ALGORITHMS, sampling_algorithm_of
from emulator.simulation.curve import Curve, CurveOf
from emulator.simulation.run import Outcome, simulate
from emulator.storage import decisions, jobs

_OFTEN = {"evaluationInterval": 1, "delayEvaluation": 5}

#: The policies by short name, as the documentation's examples have them (how-to-tune-hyperparameters).
POLICIES: Mapping[str, Mapping[str, Any] | None] = {
    "bandit": {"policyType": "Bandit", "slackFactor": 0.1, **_OFTEN},
    "median": {"policyType": "MedianStopping", **_OFTEN},
    "truncation": {"policyType": "TruncationSelection", "truncationPercentage": 20, **_OFTEN},
    "none": None,
}


#: The sampling algorithms by short name; "sobol" is random sampling by its rule.
SAMPLINGS: Mapping[str, Mapping[str, Any]] = {
    **{kind.yaml_name: {"samplingAlgorithmType": kind.name} for kind in SAMPLING_ALGORITHMS.values()},
    "sobol": {"samplingAlgorithmType": RANDOM.name, "rule": "Sobol"},
}


class CurveFailed(LookupError):
    """There is no learning curve for a trial; the text says for which and why."""


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """What a sweep came to under one policy and one sampling algorithm.

    Parameters:
        policy: its short name.
        sampling: short name of the sampling algorithm.
        early_termination: the policy as the body has it.
        status: the last one of the sweep.
        best_trial, best: index and value of the best trial; None when the primary metric was never logged.
        parameters: of the best trial.
        trials: how many were drawn.
        stopped: how many of them the policy canceled.
        failed: how many failed.
        trial_hours: virtual hours that all trials together ran.
        saved_hours: what the stopped trials would have run besides.
        hours: virtual hours of the whole sweep.
    """

    policy: str
    sampling: str
    early_termination: Mapping[str, Any] | None
    status: JobStatus
    best_trial: int | None
    best: float | None
    parameters: Mapping[str, Any] | None
    trials: int
    stopped: int
    failed: int
    trial_hours: float
    saved_hours: float
    hours: float


def compare_policies(
    body: Mapping[str, Any], curve_of: CurveOf, names: Iterable[str] | None = None, *, seed: int | None = None
) -> list[PolicyResult]:
    """Simulate a sweep once for each policy.

    Parameters:
        body: `properties` of its ARM body.
        curve_of: the curve of each trial; see `emulator.simulation.curve`.
        names: of `POLICIES`; the sweep's own by default. Its own parameters go before those of the documentation.
        seed: of the sampling, whatever the body says; by default that of the body, or 0.

    Raises:
        CurveFailed: no curve for a trial.
        KeyError: there is no policy of that name.
    """
    own, own_name = body.get("earlyTermination"), _own_policy(body)
    return [
        _simulated({**body, "earlyTermination": own if name == own_name else POLICIES[name]}, curve_of, seed)
        for name in ([own_name] if names is None else names)
    ]


def compare_samplings(
    body: Mapping[str, Any], curve_of: CurveOf, names: Iterable[str], *, seed: int | None = None
) -> list[PolicyResult]:
    """Simulate a sweep once for each sampling algorithm, under its own early termination policy.

    Parameters:
        body, curve_of, seed: as in `compare_policies`.
        names: of `SAMPLINGS`. What the sweep's own algorithm says besides goes with it alone, but for a seed, which all
            random ones have.

    Raises:
        CurveFailed: no curve for a trial.
        KeyError: there is no sampling algorithm of that name.
        ValueError: the search space cannot be sampled so (continuous values on a grid); the text says why.
    """
    own, own_name = body["samplingAlgorithm"], _own_sampling(body)
    given = {} if own.get("seed") is None else {"seed": own["seed"]}
    results = []
    for name in names:
        algorithm = SAMPLINGS[name]
        common = given if "seed" in sampling_algorithm_of({"samplingAlgorithm": algorithm}).defaults else {}
        chosen = own if name == own_name else {**algorithm, **common}
        results.append(_simulated({**body, "samplingAlgorithm": chosen}, curve_of, seed))
    return results


def _simulated(body: Mapping[str, Any], curve_of: CurveOf, seed: int | None) -> PolicyResult:
    curves = _Curves(curve_of)
    outcome = simulate("simulated", _seeded(body, seed), curves, seed=seed or 0)
    if curves.failure:
        raise curves.failure
    return _result(_own_policy(body), _own_sampling(body), body.get("earlyTermination"), outcome, curves.durations)


def _own_policy(body: Mapping[str, Any]) -> str:
    """The short name of a sweep's early termination policy."""
    own = _type(body.get("earlyTermination"))
    return next(name for name, policy in POLICIES.items() if _type(policy) == own)


def _own_sampling(body: Mapping[str, Any]) -> str:
    """The short name of a sweep's sampling algorithm."""
    kind, rule = sampling_algorithm_of(body), body["samplingAlgorithm"].get("rule")
    return "sobol" if kind is RANDOM and str(rule).lower() == "sobol" else kind.yaml_name


class _Curves:
    """Remembers how long trials would run, and says which trial's curve went wrong."""

    def __init__(self, curve_of: CurveOf) -> None:
        self.durations: dict[int, float] = {}
        self.failure: CurveFailed | None = None
        self._curve_of = curve_of

    def __call__(self, index: int, parameters: Mapping[str, Any]) -> Curve:
        try:
            curve = self._curve_of(index, parameters)
        except (Exception, SystemExit) as error:
            given = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
            failed = CurveFailed(f"trial {index} ({given}): {type(error).__name__}: {error}")
            self.failure = self.failure or failed
            raise failed from error
        self.durations[index] = curve.duration
        return curve


def _type(policy: Mapping[str, Any] | None) -> str | None:
    return policy["policyType"] if policy else None


def _seeded(body: Mapping[str, Any], seed: int | None) -> dict[str, Any]:
    algorithm = body["samplingAlgorithm"]
    if seed is not None and "seed" in sampling_algorithm_of(body).defaults:
        algorithm = {**algorithm, "seed": seed}
    return {**body, "samplingAlgorithm": algorithm}


def _result(
    name: str, sampling: str, policy: Mapping[str, Any] | None, outcome: Outcome, durations: Mapping[int, float]
) -> PolicyResult:
    conn = outcome.store.reader()
    sweep = jobs.JobId(1)
    stopped = {one.document["trial"] for one in decisions.history(conn, sweep) if one.document.get("cancel")}
    children = jobs.children(conn, sweep)
    saved = 0.0
    for index in stopped:
        child = children[index]
        saved += durations[index] - ((child.ended or 0.0) - (child.started or 0.0))
    best_trial, best = outcome.best or (None, None)
    return PolicyResult(
        policy=name,
        sampling=sampling,
        early_termination=policy,
        status=outcome.status,
        best_trial=best_trial,
        best=best,
        parameters=None if best_trial is None else children[best_trial].parameters,
        trials=len(children),
        stopped=len(stopped),
        failed=outcome.trials.get(JobStatus.FAILED, 0),
        trial_hours=outcome.trial_seconds / 3600,
        saved_hours=saved / 3600,
        hours=outcome.duration / 3600,
    )
