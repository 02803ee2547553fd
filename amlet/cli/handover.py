"""The trials of a sweep, handed to the tools that are made to analyse them: MLflow's and Optuna's."""

from __future__ import annotations

from pathlib import Path

from amlet.cli.exits import Refusal
from amlet.cli.target import Target
from amlet.cli.verbs import say


def hand_over(target: Target, name: str, to: str, output: Path | None) -> None:
    """Write the trials of a sweep, and say how to look at them.

    Parameters:
        target: where it is.
        name: of the sweep.
        to: `mlruns` or `optuna`.
        output: folder or file; `mlruns`, or `NAME.db`, when left out.

    Raises:
        Refusal: it is no sweep, or the tool is not installed.
    """
    from gateway.export.mlruns import mlruns
    from gateway.export.study import study
    from gateway.operations.sweep_record import sweep_record

    connection = target.connect()
    try:
        record = connection.run(sweep_record(connection.workspace, name, every_metric=to == "mlruns"))
        if to == "mlruns":
            place = output or Path("mlruns")
            left_out = mlruns(record, place)
            look = f"MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri {place}"
            if left_out:
                say(f"left out, as MLflow does not accept these names: {', '.join(map(repr, left_out))}")
        else:
            place = output or Path(f"{name}.db")
            study(record, place)
            look = f"optuna-dashboard sqlite:///{place}"
    except (ValueError, ImportError) as error:
        raise Refusal(str(error)) from None
    say(f"{place}: {len(record.state.trials)} trials; look at them with: {look}")
