"""Resolves jobs: code, inputs, environment and compute found on this machine, or refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from contracts.arm.inputs_outputs import AssetJobInput
from contracts.arm.jobs import CommandJob, SweepJob, TrialComponent
from contracts.job_types import PIPELINE, step_type
from contracts.local_choices import LocalChoices
from contracts.resource_id import is_arm_id, short_name
from emulator.engine.pipeline.inputs import StepRefused
from emulator.engine.values import scalar_texts
from emulator.executors.base import Placement, TrialRefused
from emulator.executors.registry import EXECUTORS, PROCESS
from emulator.files import home
from emulator.job_types import parts_of
from emulator.place import Place
from emulator.project.project_file import ProjectFile
from emulator.project.project_files import ProjectFiles
from emulator.project.section import Section
from emulator.settings import Settings
from emulator.storage import assets, jobs
from emulator.storage.jobs import Job
from emulator.trials.addresses import stored_uri
from emulator.trials.components import component_id, find_component
from emulator.trials.env_file import read_env_file
from emulator.trials.environments.environment_name import EnvironmentName
from emulator.trials.environments.installs import installs_of
from emulator.trials.environments.prepared import Mode, Wish
from emulator.trials.environments.preparer import Preparer
from emulator.trials.environments.spec import environment_spec
from emulator.trials.folder import SharedInputs, overlay_folder
from emulator.trials.inputs.pipeline_inputs import named_data
from emulator.trials.inputs.pulled import PulledData
from emulator.trials.inputs.resolution import Missing, Resolved, explain, input_texts, resolve_inputs
from emulator.trials.inputs.sources import Sources
from emulator.trials.interpreter import Interpreter, of_start, requested
from emulator.trials.locator import Locator
from emulator.trials.node import Node, node_of
from emulator.trials.outputs import data_outputs
from emulator.trials.provenance import Provenance, provenance_of
from emulator.trials.rank_launcher import RankLauncher, starter_of
from emulator.trials.resolved_job import ResolvedCommand, ResolvedJob
from emulator.unserved import unserved

T = TypeVar("T")

#: What of a command job is looked for on this machine.
_LOOKED_FOR = ("codeId", "inputs", "outputs", "distribution", "resources")
_NO_CHOICES = LocalChoices()

BUILD_LOG = "azureml-logs/20_image_build_log.txt"


class _Refusals:
    """Gathers refusals, so that all that is wrong with a job is told at once."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def tried(self, find: Callable[[], T]) -> T | None:
        """What a function finds; None when it refuses, which is kept."""
        try:
            return find()
        except TrialRefused as refused:
            self.texts.append(str(refused))
            return None

    @property
    def refusal(self) -> TrialRefused:
        """The refusal for all that was kept."""
        return TrialRefused("\n\n".join(self.texts))


class JobResolver:
    """Knows where everything can be that jobs name; its calls may take long, and may come from any thread.

    Parameters:
        place: where the emulator keeps things.
        settings: its choices; project files and submitting commands go before them.
        project_files: of jobs.
        environ: the variables the emulator was started with.
        tracking: see `Preparer`.
    """

    def __init__(
        self,
        place: Place,
        settings: Settings,
        project_files: ProjectFiles,
        environ: Mapping[str, str],
        tracking: Path | None = None,
    ) -> None:
        self._place = place
        self._settings = settings
        self._project_files = project_files
        self._environ = dict(environ)
        self._locator = Locator(place)
        folder = home(environ)
        self._pulled = PulledData(folder / "pulled")
        self._preparer = Preparer(folder / "envs", environ, tracking)
        self._knows_interpreter = False

    def plain(self, conn: sqlite3.Connection, job: Job) -> ResolvedJob | None:
        """A job for which nothing has to be looked for, so that it cannot be refused; None for any other.

        So is a command without code, inputs and outputs, in an environment of which nothing is known. Its command is
        worked out when it has its node: most jobs of a long queue wait for one.

        Parameters:
            conn: for reading, in the thread that will start it.
        """
        body, mode = job.body, self._settings.env_mode
        is_plain = (
            self._knows_interpreter
            and Mode(mode) is Mode.CURRENT
            and job.choices == _NO_CHOICES
            and self._project_files.default is None
            and not any(body.get(key) for key in _LOOKED_FOR)
            and not parts_of(job.type).has_children
            and not _is_known(body.get("environmentId") or "")
            and installs_of(body["command"], None) is None
        )
        return ResolvedJob(job, self._settings.engine, later=lambda: self.of(conn, job)) if is_plain else None

    def of(self, conn: sqlite3.Connection, job: Job) -> ResolvedJob:
        """Find everything that a stored job needs.

        Parameters:
            conn: for reading assets.

        Raises:
            TrialRefused: something is not here; the text says what, and what to do.
            ValueError: the body or the project file cannot be understood.
        """
        parts = parts_of(job.type)
        body = parts.body(job.body)
        project = self._project_files.of(job.choices.project)
        settings = self._settings.with_values(project.content.settings)
        locator = self._locator

        def held(reference: str, collection: str) -> Path | None:
            return locator.find(conn, job.workspace, reference, collection)

        def content(reference: str, collection: str) -> str | None:
            return stored_uri(conn, job.workspace, reference, collection)

        sources = Sources(project, job.workspace, held, self._pulled, content)
        if parts.has_steps:
            # One that goes on after a restart is not refused for data that only its ended steps have read.
            if job.started is None:
                _refuse_missing(named_data(_with_steps(conn, job), partial(_steps_within, conn)), sources, settings)
            return ResolvedJob(job, settings.engine)
        component = parts.component(body)

        def place_of(uri: str) -> Path | None:
            mapped = project.map.find(uri, "data", job.workspace)
            return mapped.path if mapped else locator.target(conn, job.workspace, uri, "data")

        is_own = job.has_trials and settings.engine.fixed_outputs == "separate"
        errors, compute = _Refusals(), short_name(body.compute_id or "")
        working = self._place.working_folder(job.workspace, job.name)
        secrets = errors.tried(lambda: _secrets(job))
        code = errors.tried(lambda: _code(component.code_id, held))
        data = errors.tried(lambda: self._data(body, sources, settings)) or []
        outputs = errors.tried(lambda: data_outputs(body.outputs, place_of, is_own=is_own)) or []
        placement = errors.tried(lambda: self._placement(job, compute, project)) or Placement.of(self._settings)
        elsewhere = EXECUTORS[placement.executor].is_elsewhere
        node = errors.tried(lambda: node_of(body, component, compute, project, is_elsewhere=elsewhere)) or Node()
        wish = errors.tried(lambda: self._wish(conn, job, component, code, project, settings, working))
        mode = Mode(job.choices.env_mode or settings.env_mode)
        # What takes a moment is asked in any case, so that all is told at once; nothing is built in vain.
        worthwhile = wish if wish and (mode is Mode.CURRENT or not errors.texts) else None
        environment = errors.tried(lambda: self._preparer.prepare(mode, worthwhile)) if worthwhile else None
        path = self._environ.get("PATH", "")
        ranks = errors.tried(lambda: starter_of(component, environment, path)) or RankLauncher()
        if environment is None or errors.texts:
            raise errors.refusal
        self._knows_interpreter = self._knows_interpreter or environment.python == self._interpreter.path
        command = ResolvedCommand(
            text=component.command,
            code=code,
            variables={**node.variables, **scalar_texts(component.environment_variables)},
            texts=input_texts(body.inputs),
            data=[one.data for one in data],
            outputs=outputs,
            shared=SharedInputs(working.with_name(f"{working.name}.inputs")),
            environment=environment,
            secrets=secrets,
            ranks=ranks,
            inherit=project.content.inherit,
            bindings=settings.bindings,
            gpus=node.gpus,
        )
        others = (*(one.note for one in data if one.note), *node.notes, *ranks.notes, *unserved(job.body))
        return ResolvedJob(
            job=job,
            settings=settings.engine,
            nodes=node.count,
            metric=parts.metric(body),
            notes=(*environment.notes, *others),
            warnings=(*environment.logged, *others),
            command=command,
            root=None if job.parent is None else jobs.root_of(conn, job.id),
            placement=placement,
        )

    def _placement(self, job: Job, compute: str, project: ProjectFile) -> Placement:
        """Where the trials of a job run: as its compute says, or on this machine, when its terminal is here."""
        if job.choices.terminal:
            return Placement(PROCESS.name)
        own = project.compute_settings(compute)
        placement = Placement.of(self._settings.with_values(own))
        if own and (why := EXECUTORS[placement.executor].trouble_of(placement)):
            raise TrialRefused(f"compute {compute} of {project.name}: {why}")
        return placement

    @cached_property
    def _interpreter(self) -> Interpreter:
        """That of jobs that say nothing else."""
        return of_start(self._environ)

    def provenance(self, resolved: ResolvedJob) -> Provenance:
        """The provenance of a job; see `provenance_of`."""
        return provenance_of(resolved, self._preparer.installed.of)

    def _data(self, body: SweepJob | CommandJob, sources: Sources, settings: Settings) -> list[Resolved]:
        every = resolve_inputs(body.inputs, sources, settings.missing_inputs)
        if missing := [one for one in every if isinstance(one, Missing)]:
            raise TrialRefused(explain(missing, sources.project.name))
        return [one for one in every if isinstance(one, Resolved)]

    def _wish(
        self,
        conn: sqlite3.Connection,
        job: Job,
        component: TrialComponent | CommandJob,
        code: Path | None,
        project: ProjectFile,
        settings: Settings,
        working: Path,
    ) -> Wish:
        reference = component.environment_id or ""
        spec = environment_spec(reference, _document(conn, job, reference), project)
        choices = job.choices
        if choices.python:
            interpreter = requested(choices.python)
        elif spec.python:
            interpreter = Interpreter(spec.python, f"environment {spec.name} in {project.name}")
        else:
            interpreter = self._interpreter
        return Wish(
            spec=spec,
            python=interpreter.path,
            reason=interpreter.reason,
            code=code,
            is_strict=settings.env_strict or choices.env_strict == "true",
            is_offline=settings.offline,
            log=self._place.run_artifacts(job.workspace, job.name) / BUILD_LOG,
            command=component.command,
            overlay=overlay_folder(working),
        )


@lru_cache(maxsize=256)
def _is_known(reference: str) -> bool:
    """Whether something may be known of an environment, with which the interpreter would be compared."""
    return is_arm_id(reference) or environment_spec(reference, None, ProjectFile()).requirements is not None


def _refuse_missing(data: Mapping[str, AssetJobInput], sources: Sources, settings: Settings) -> None:
    """Refuse a pipeline whose own data is not here, before its first step runs.

    Raises:
        TrialRefused: says everything that is missing.
    """
    found = [
        replace(one, place=place)
        for place, entry in data.items()
        for one in resolve_inputs({place.rpartition(".")[2]: entry}, sources, settings.missing_inputs)
        if isinstance(one, Missing)
    ]
    if found:
        raise TrialRefused(explain(found, sources.project.name))


def _with_steps(conn: sqlite3.Connection, job: Job) -> Mapping[str, Any]:
    """The body of a pipeline; where that is a component, with the steps of it."""
    steps = job.body.get("jobs") or _steps_within(conn, {**job.body, "type": PIPELINE.yaml_name})
    return {**job.body, "jobs": steps or {}}


def _steps_within(conn: sqlite3.Connection, node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The steps of a step that is a pipeline; None for any other, and where its component is not here."""
    if step_type(node.get("type")) is not PIPELINE:
        return None
    reference = component_id(node)
    try:
        found = find_component(conn, reference) if reference else None
    except StepRefused:
        return None
    return found.spec.get("jobs") if found else None


def _secrets(job: Job) -> Path | None:
    if not job.choices.env_file:
        return None
    path = Path(job.choices.env_file)
    read_env_file(path)
    return path


def _code(code_id: str | None, held: Callable[[str, str], Path | None]) -> Path | None:
    if not code_id:
        return None
    code = held(code_id, "codes")
    if code is None or not code.is_dir():
        raise TrialRefused(f"code: {code_id} is not on this emulator; upload the folder and name that version")
    return code


def _document(conn: sqlite3.Connection, job: Job, reference: str) -> Mapping[str, Any] | None:
    """The properties of the environment version that a job names, where the emulator holds it."""
    name = EnvironmentName.parse(reference)
    if name.registry or not is_arm_id(reference) or not name.version:
        return None
    asset = assets.get(conn, job.workspace, Section.ENVIRONMENTS, name.name, name.version)
    return asset.document if asset else None
