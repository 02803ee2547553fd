"""The texts of `azureml-logs/hyperdrive.txt`, as recorded runs have them.

The line of a canceled trial was never seen; it is emulator-defined.
"""

from __future__ import annotations

from contracts.lifecycle import JobStatus
from emulator.engine.actions import Component, WriteLog

CREATED = WriteLog(Component.API, "Experiment created")
PREPARING = WriteLog(
    Component.SCHEDULER, "The execution environment is being prepared. Please be patient as it can take a few minutes."
)
PREPARED = WriteLog(Component.SCHEDULER, "The execution environment was successfully prepared.")
ALL_GENERATED = WriteLog(Component.GENERATOR, "All jobs generated.")


def replaced_optimiser(wanted: str, remedy: str) -> WriteLog:
    """Another optimiser proposes, as the one wanted is not installed."""
    text = f"The optimiser '{wanted}' is not installed ({remedy}): 'tpe' is used in its place."
    return WriteLog(Component.GENERATOR, text, "WARNING")


def sampling(count: int) -> WriteLog:
    """So many points are about to be drawn."""
    return WriteLog(Component.GENERATOR, f"Trying to sample '{count}' jobs from the hyperparameter space")


def sampled(count: int) -> WriteLog:
    """So many points have been drawn."""
    text = f"Successfully sampled '{count}' jobs, they will soon be submitted to the execution target."
    return WriteLog(Component.GENERATOR, text)


def maximum_reached(count: int) -> WriteLog:
    """max_total_trials have been drawn."""
    return WriteLog(Component.GENERATOR, f"Max number of jobs '{count}' reached for experiment.")


def scheduling(trial: str) -> WriteLog:
    """A trial is about to be submitted."""
    return WriteLog(Component.SCHEDULER, f"Scheduling job, id='{trial}'")


def scheduled(trial: str) -> WriteLog:
    """A trial has been submitted."""
    return WriteLog(Component.SCHEDULER, f"Successfully scheduled a job. Id='{trial}'")


def without_metric(trials: list[str]) -> WriteLog:
    """The policy has nothing to compare in these trials."""
    text = (
        f"Jobs [{', '.join(trials)}] do not contain any metrics with the primary metric name at this moment, "
        "policy cannot be applied."
    )
    return WriteLog(Component.ENFORCER, text, "WARNING")


def stopping(trial: str, cause: str) -> WriteLog:
    """A trial is stopped."""
    return WriteLog(Component.ENFORCER, f"Canceling job, id='{trial}', because of: {cause}")


def finished(status: JobStatus) -> WriteLog:
    """The sweep is over."""
    return WriteLog(Component.CONTROLLER, f"Changing Run Status from Running to {status}")
