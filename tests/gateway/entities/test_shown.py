"""How jobs, trials and assets show themselves: as tables in notebooks, and by `repr`."""

from __future__ import annotations

from gateway.entities import Data, SweepJob
from gateway.operations.trials import TrialRow, Trials
from gateway.sweep import Objective, Uniform


def test_a_sweep_its_trials_and_an_asset_show_themselves_in_a_notebook() -> None:
    objective = Objective("maximize", "accuracy")
    notes = {"best_child_run_id": "s_1", "score": "0.91234567"}
    page = SweepJob(name="s", objective=objective, properties=notes)._repr_html_()
    assert "<th>Best trial</th><th>Best value</th>" in page
    assert "<td>s_1</td><td>accuracy 0.912346</td>" in page
    trials = Trials(
        [TrialRow("s_0", "Failed", {"<lr>": 0.1}), TrialRow("s_1", "Completed", {}, {"accuracy": 0.9}, 1.0, 3.5)]
    )
    table = trials._repr_html_()
    assert "<th>&lt;lr&gt;</th><th>accuracy</th><th>Seconds</th>" in table
    assert "<td>s_1</td><td>Completed</td><td></td><td>0.9</td><td>2.5</td>" in table
    assert (
        "<td>2</td><td>uri_file</td><td>a.csv</td>"
        in Data(name="d", version="2", path="a.csv", type="uri_file")._repr_html_()
    )


def test_repr_is_one_short_line() -> None:
    job = SweepJob(name="s", experiment_name="e", description="long " * 99, search_space={"lr": Uniform(0, 1)})
    assert repr(job) == "SweepJob(name='s', type='sweep', experiment_name='e')"
    assert repr(Data(name="d", version="2", path="a.csv")) == (
        "Data(name='d', version='2', type='uri_folder', path='a.csv')"
    )
    assert repr(TrialRow("s_0", "Failed")) == "TrialRow('s_0', Failed, parameters={}, metrics={})"
