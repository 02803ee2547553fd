"""What the script of a job's page asks for: trials, charts, logs, files, and the news."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from emulator.services.context import Emulator
from emulator.storage import trials
from emulator.storage.jobs import Job
from emulator.studio import feed, logs
from emulator.studio.guard import JobRequest

if TYPE_CHECKING:
    from emulator.studio.charts.charts import Over
    from emulator.studio.charts.figures import Scale


class JobData:
    """The data behind one job's page.

    Parameters:
        emulator: has it.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._kept: dict[str, bytes] = {}

    def trials(self, wanted: JobRequest) -> Response:
        """The trials of a sweep, by columns."""
        from emulator.studio import answers
        from emulator.studio.charts.trial_table import trial_table

        conn, job = self._reader, wanted.job
        tag = ("trials", job.id, trials.state(conn, job.id))
        return answers.tagged(wanted.request, tag, lambda: trial_table(conn, job).document())

    def figures(self, wanted: JobRequest) -> Response:
        """The charts of a job: of a sweep those of all its trials, else one for each metric."""
        from emulator.studio import answers
        from emulator.studio.charts import figures
        from emulator.studio.charts.trial_table import trial_table

        conn, job = self._reader, wanted.job
        asked = wanted.request.query_params
        x, y = asked.get("x", ""), asked.get("y", "")
        over: Over = "step" if asked.get("over") == "step" else "interval"
        scale: Scale = "log" if asked.get("scales") == "log" else "linear" if asked.get("scales") == "linear" else ""
        tag = ("figures", job.id, trials.state(conn, job.id), x, y, over, scale)
        if not job.has_trials:
            return answers.tagged(wanted.request, tag, lambda: {"metrics": figures.job_figures(conn, job)})
        return answers.tagged(
            wanted.request, tag, lambda: figures.sweep_figures(conn, job, trial_table(conn, job), x, y, over, scale)
        )

    def parameters(self, wanted: JobRequest) -> Response:
        """What the parameters of a sweep did to its objective."""
        from emulator.studio import answers
        from emulator.studio.charts.parameter_figures import parameter_figures
        from emulator.studio.charts.trial_table import trial_table

        conn, job = self._reader, wanted.job
        asked = wanted.request.query_params
        x, y = asked.get("x", ""), asked.get("y", "")
        tag = ("parameters", job.name, job.id, trials.state(conn, job.id), x, y)
        return answers.tagged(
            wanted.request, tag, lambda: parameter_figures(job, trial_table(conn, job), x, y), self._kept
        )

    def importance(self, wanted: JobRequest) -> Response:
        """How much each parameter of a sweep mattered."""
        from emulator.studio import answers
        from emulator.studio.charts.parameter_figures import importance_figure
        from emulator.studio.charts.trial_table import trial_table

        conn, job = self._reader, wanted.job
        tag = ("importance", job.name, job.id, trials.state(conn, job.id))
        return answers.tagged(wanted.request, tag, lambda: importance_figure(job, trial_table(conn, job)), self._kept)

    def log(self, wanted: JobRequest) -> Response:
        """A part of a log: from `from` on (bytes), or its end."""
        from emulator.studio import answers

        begin = wanted.request.query_params.get("from", "")
        file = dict(logs.files(self._folder(wanted.job))).get(wanted.request.path_params["path"])
        if file is None:
            return answers.data({"message": "There is no such log."}, 404)
        return answers.data(logs.stretch(file, int(begin) if begin.isascii() and begin.isdigit() else None))

    def file(self, wanted: JobRequest) -> Response:
        """One file of the run."""
        from emulator.studio import answers, artifacts

        framed = wanted.request.query_params.get("view") == "frame"
        found = artifacts.sent(self._folder(wanted.job), wanted.request.path_params["path"], framed=framed)
        job = wanted.job.name
        return found or answers.message(404, "No such file", f"Job {job} has no artifact of that name (any more).")

    def archive(self, wanted: JobRequest) -> Response:
        """All files of the run; of a sweep, with those of its trials."""
        from emulator.studio import artifacts

        job = wanted.job
        names = [job.name, *(row.name for row in trials.rows(self._reader, job.id))]
        return artifacts.archive(job.name, [(name, self._artifacts(job, name)) for name in names])

    def events(self, wanted: JobRequest) -> Response:
        """The news about the job."""
        job = wanted.job
        look = feed.of_job(job.id, self._folder(job))
        return feed.stream(wanted.request.app, self._emulator.store, look)

    def _folder(self, job: Job) -> Path:
        return self._artifacts(job, job.name)

    def _artifacts(self, job: Job, name: str) -> Path:
        return self._emulator.place.run_artifacts(job.workspace, name)

    @property
    def _reader(self) -> sqlite3.Connection:
        return self._emulator.store.reader()
