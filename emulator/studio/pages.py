"""The pages, rendered on the server; their scripts keep them up to date."""

from __future__ import annotations

import sqlite3
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from contracts.studio import experiment_url
from emulator.services.context import Emulator
from emulator.services.jobs.jobs import JobService
from emulator.storage import events, experiments, job_list, jobs, labels, metrics, trials
from emulator.storage.jobs import Job
from emulator.storage.workspaces import guid_of
from emulator.studio import feed, logs
from emulator.studio.access import page_token
from emulator.studio.guard import JobRequest, WorkspaceRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emulator.studio.charts.gantt import Gantt, Lane

_OF_SWEEP = ("overview", "trials", "charts", "parameters", "why", "logs", "outputs", "timeline", "definition")
_OF_TRIAL = ("overview", "metrics", "why", "logs", "outputs", "timeline", "definition")
_OF_PIPELINE = ("graph", "overview", "logs", "outputs", "timeline", "definition")
_OF_COMMAND = ("overview", "metrics", "logs", "outputs", "timeline", "definition")


class Pages:
    """The pages of one emulator.

    Parameters:
        emulator: what they show.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._counts = job_list.Counts(emulator.store)

    def home(self, wanted: WorkspaceRequest) -> Response:
        """The jobs of a workspace."""
        return self._list(wanted, wanted.request.query_params.get("experiment") or None)

    def experiment(self, wanted: WorkspaceRequest) -> Response:
        """The jobs of an experiment."""
        return self._list(wanted, wanted.request.path_params["experiment"], fixed=True)

    def experiment_by_id(self, wanted: WorkspaceRequest) -> Response:
        """The jobs of an experiment, by its guid."""
        from emulator.studio import answers

        found = experiments.get(self._reader, wanted.request.path_params["id"])
        if found is None or found.workspace != guid_of(wanted.workspace):
            return answers.message(404, "No such experiment", "No experiment of this workspace has that id.")
        return RedirectResponse(experiment_url("", wanted.workspace, found.name), 307)

    def compare(self, wanted: WorkspaceRequest) -> Response:
        """Jobs side by side, as the query names them by `job`."""
        from emulator.studio import answers, comparison, job_rows

        asked = wanted.request.query_params
        names, now = asked.getlist("job"), self._emulator.clock.now()
        found = comparison.compared(self._reader, wanted.workspace, names, now)
        return answers.page(
            "compare.html",
            workspace=wanted.workspace,
            asked=asked,
            link=job_rows.link,
            figures="/_amlet/studio/compare" + job_rows.link(asked, all=None),
            found=found,
            given=[row for row in found.given if row.differs or asked.get("all")],
        )

    def compare_figures(self, wanted: WorkspaceRequest) -> Response:
        """The charts of a comparison."""
        from emulator.studio import answers, comparison

        names = wanted.request.query_params.getlist("job")
        return answers.data(comparison.figures(self._reader, wanted.workspace, names))

    def events(self, wanted: WorkspaceRequest) -> Response:
        """The news about a list of jobs."""
        return feed.stream(wanted.request.app, self._emulator.store, feed.of_workspace())

    def job(self, wanted: JobRequest) -> Response:
        """The page of a job, with one of its tabs."""
        from emulator.studio import answers
        from emulator.studio.job_view import view

        job, now = wanted.job, self._emulator.clock.now()
        tabs = _tabs(job)
        tab = wanted.request.query_params.get("tab", "")
        tab = tab if tab in tabs else tabs[0]
        return answers.page(
            "job.html",
            view=view(self._reader, job),
            job=job,
            workspace=job.workspace,
            tabs=tabs,
            tab=tab,
            token=page_token(self._emulator.secrets.page_action_key, job.workspace, job.name, now),
            now=now,
            **({"head_only": True} if wanted.request.query_params.get("part") == "head" else self._tab(tab, wanted)),
        )

    def _tab(self, tab: str, wanted: JobRequest) -> dict[str, Any]:
        """What the template of a tab is given besides the head of the page."""
        conn, job = self._reader, wanted.job
        folder = self._emulator.place.run_artifacts(job.workspace, job.name)
        match tab:
            case "graph":
                return self._graph(conn, job)
            case "overview" | "metrics":
                return {"series": metrics.of(conn, job.id) if not job.has_trials else []}
            case "logs":
                files = dict(logs.files(folder))
                chosen = wanted.request.query_params.get("file")
                chosen = chosen if chosen in files else next(iter(files), None)
                shown = logs.stretch(files[chosen]) if chosen else None
                return {"files": {name: file.stat().st_size for name, file in files.items()}, "chosen": chosen,
                        "shown": shown}  # fmt: skip
            case "outputs":
                return self._outputs(conn, wanted, folder)
            case "timeline":
                drawing = {"lanes": self._lanes(conn, job)} if job.has_steps else {"gantt": self._gantt(conn, job)}
                return {"events": events.history(conn, job.id), **drawing}
            case "parameters":
                from emulator.studio.charts.importance import LEAST_TRIALS

                return {"least_trials": LEAST_TRIALS}
            case "why":
                return self._why(conn, job)
            case "definition":
                return {"document": self._document(job)}
        return {}

    def _outputs(self, conn: sqlite3.Connection, wanted: JobRequest, folder: Path) -> dict[str, Any]:
        from emulator.studio import artifacts, previews

        job, shown = wanted.job, wanted.request.query_params.get("file", "")
        files = artifacts.listed(folder)
        models = files
        if job.has_trials:
            best = labels.of(conn, job.id, "property").get("best_child_run_id")
            models = artifacts.listed(self._emulator.place.run_artifacts(job.workspace, best)) if best else []
        return {
            "files": files,
            "most": artifacts.MOST_FILES,
            "can_be_shown": previews.can_be_shown,
            "preview": previews.preview_of(folder, shown) if shown else None,
            "asked_for": shown,
            "models": artifacts.folders(models),
        }

    def _why(self, conn: sqlite3.Connection, job: Job) -> dict[str, Any]:
        from emulator.studio import why

        warm_up = self._emulator.settings.engine.bayesian_warm_up
        if job.parent is None or not job.is_trial:
            from emulator.services.jobs.explanation import explanation
            from emulator.studio.charts.trial_table import trial_table

            told = explanation(self._emulator, job.workspace, job.name)
            return {"sampling": why.sampling(job, warm_up), "lines": why.summary(told),
                    "groups": why.grouped(told, trial_table(conn, job))}  # fmt: skip
        sweep = jobs.get(conn, job.parent)
        return {
            "sampling": why.sampling(sweep, warm_up),
            "drawn": why.drawn(conn, sweep, job.trial or 0, warm_up),
            "reasons": why.about_trial(conn, sweep, job.trial or 0),
            "history": events.history(conn, job.id),
        }

    def _graph(self, conn: sqlite3.Connection, job: Job) -> dict[str, Any]:
        from emulator.services.jobs.pipeline_steps import step_states
        from emulator.studio.charts.graph import drawn

        try:
            steps = step_states(conn, job)
        except ValueError:  # its component is not here any more
            steps = []
        counts = {step.name: trials.counts(conn, step.run.id) for step in steps if step.run and step.run.has_trials}
        graph = drawn({step.name: step.producers for step in steps})
        return {"steps": steps, "graph": graph, "trials": {name: sum(one.values()) for name, one in counts.items()}}

    def _lanes(self, conn: sqlite3.Connection, job: Job) -> Sequence[Lane]:
        from emulator.studio.charts import gantt

        return gantt.lanes(jobs.children(conn, job.id), job.created, job.ended or self._emulator.clock.now())

    def _gantt(self, conn: sqlite3.Connection, job: Job) -> Gantt | None:
        from emulator.studio.charts import gantt

        rows = trials.rows(conn, job.id)
        return gantt.drawn(rows, job.started or job.created, job.ended or self._emulator.clock.now()) if rows else None

    def _document(self, job: Job) -> str:
        import orjson

        document = self._jobs.get(job.workspace, job.name)
        return orjson.dumps(orjson.loads(document), option=orjson.OPT_INDENT_2).decode()

    def _list(self, wanted: WorkspaceRequest, experiment: str | None, *, fixed: bool = False) -> Response:
        from emulator.studio import answers, job_rows

        conn, asked = self._reader, wanted.request.query_params
        guid = guid_of(wanted.workspace)
        query = job_rows.query_of(asked, guid, experiment)
        return answers.page(
            "home.html",
            workspace=wanted.workspace,
            experiment=experiment if fixed else None,
            experiments=[one.name for one in experiments.in_workspace(conn, guid)],
            asked=asked,
            link=job_rows.link,
            query=query,
            counts=self._counts.of(guid),
            page=job_rows.page(conn, query),
            is_empty=not job_list.page(conn, job_list.JobQuery(guid, archived=None), 1),
            now=self._emulator.clock.now(),
        )

    @cached_property
    def _jobs(self) -> JobService:
        return JobService(self._emulator)

    @property
    def _reader(self) -> sqlite3.Connection:
        return self._emulator.store.reader()


def _tabs(job: Job) -> tuple[str, ...]:
    if job.has_steps:
        return _OF_PIPELINE
    return _OF_SWEEP if job.has_trials else _OF_TRIAL if job.is_trial else _OF_COMMAND
