"""What `amlet doctor -f` looks at: whether a job would run here, without submitting it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amlet.cli import interpreter
from amlet.cli.doctor.machine import Finding, Health
from amlet.cli.exits import Refusal
from amlet.cli.local_options import EnvMode, LocalOptions, environment_of
from contracts.resource_id import LOCAL_WORKSPACE

_REMEDY = "fine while the job runs with what is here; for what it names: --env-mode uv (conda, docker), or --python"

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile
    from emulator.trials.environments.spec import EnvironmentSpec


def job(
    file: Path, options: LocalOptions, project: ProjectFile | None, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Look at a job file.

    Parameters:
        options: those of `amlet job create`.
        project: the project file, if there is one.
        environ: of the command.
    """
    from amlet.cli.jobs.files import load
    from emulator.project.project_file import ProjectFile
    from gateway.exceptions import MlException

    try:
        loaded = load(file, [])
        findings = loaded.validate()
    except (MlException, FileNotFoundError) as error:
        remedy = getattr(error, "hint", None) or "correct it; amlet job validate -f FILE shows all mistakes"
        yield Finding("job", Health.WRONG, str(error), remedy)
        return
    for found in findings:
        health = Health.WRONG if found.finding.severity == "error" else Health.WARNING
        where = found.finding.path.removeprefix("$").removeprefix(".properties.")
        text = f"{where}: {found.finding.message}" if where else found.finding.message
        yield Finding("job", health, text, found.finding.remedy or "")
    yield from _compute(loaded, project or ProjectFile())
    yield from _environment(loaded, options, project or ProjectFile(), environ)
    yield from _inputs(loaded, project or ProjectFile(), environ)


def _compute(loaded: Any, project: ProjectFile) -> Iterator[Finding]:
    from emulator.trials.cores import usable_cores
    from emulator.trials.sizes import gpu_is_here, size_of

    name = str(getattr(loaded, "compute", None) or "").removeprefix("azureml:").rpartition("/")[2]
    if not project.has_compute(name):
        yield Finding(
            "compute",
            Health.WRONG,
            f"{name} is not declared, and {project.name} is strict",
            f"declare it there: computes: [{{name: {name}}}]",
        )
        return
    declared = project.compute(name)
    nodes = declared.nodes if declared and declared.nodes else usable_cores()
    yield Finding("compute", Health.OK, f"{name or 'serverless'}: {nodes} trials at once")
    size = size_of(declared.size) if declared and declared.size else None
    if size and size.gpus and not gpu_is_here():
        yield Finding("compute", Health.WARNING, f"{name} has GPUs, and this machine has none", "trials run on the CPU")


def _environment(
    loaded: Any, options: LocalOptions, project: ProjectFile, environ: Mapping[str, str]
) -> Iterator[Finding]:
    from emulator.executors.base import TrialRefused
    from emulator.trials.environments.current import CurrentInterpreter
    from emulator.trials.environments.installed import InstalledPackages
    from emulator.trials.environments.overlay import Overlaid
    from emulator.trials.environments.prepared import Wish

    mode = options.env_mode or EnvMode(project.content.settings.get("env_mode", "current"))
    try:
        spec = _spec(loaded, project)
        python, reason = _python(options, spec, project, environ)
        yield Finding("Python", Health.OK, f"{python} ({reason})")
        if mode is not EnvMode.CURRENT:
            yield Finding("environment", Health.NOTE, f"{spec.name} is made ready by {mode} when the job runs")
            return
        log, strict = Path(tempfile.gettempdir(), "unused"), options.env_strict
        component = getattr(loaded, "trial", None) or loaded
        code, command = getattr(component, "code", None), str(getattr(component, "command", None) or "")
        folder = Path(loaded.base_path, code) if isinstance(code, str | os.PathLike) else None
        wish = Wish(spec, python, reason, folder if folder and folder.is_dir() else None, strict, True, log, command)
        prepared = Overlaid(CurrentInterpreter(InstalledPackages()), environ).prepare(wish)
    except (TrialRefused, Refusal) as refused:
        text, _, remedy = str(refused).partition("\nInstall it: ")
        yield Finding("environment", Health.WRONG, text, f"install it: {remedy}" if remedy else "")
        return
    for note in prepared.notes:
        yield Finding("environment", Health.WARNING, f"{spec.name}: {note}", _REMEDY)
    if not prepared.notes:
        known = f"met, by {spec.source}" if spec.requirements else "nothing is known of it, and nothing was compared"
        yield Finding("environment", Health.OK, f"{spec.name}: {known}")


def packages(file: Path, project: ProjectFile | None) -> dict[str, str]:
    """What the environment of a job file names, with the version that this Python has; empty for one that it has not.

    Parameters:
        file: of the job; nothing is known of one that cannot be read.
        project: what is declared.
    """
    from importlib import metadata

    from gateway import load_job
    from gateway.exceptions import MlException

    try:
        requirements = _spec(load_job(file), project or ProjectFile()).requirements
    except (MlException, OSError, ValueError):
        return {}
    found = {}
    for text in requirements.packages if requirements else ():
        name = re.split(r"[^\w.-]", text, maxsplit=1)[0]
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found


def _spec(loaded: Any, project: ProjectFile) -> EnvironmentSpec:
    from emulator.trials.environments.spec import ANONYMOUS, environment_spec

    reference = environment_of(loaded)
    if reference is not None:
        return environment_spec(reference, None, project)
    import yaml

    own = getattr(getattr(loaded, "trial", None) or loaded, "environment", None)
    conda = getattr(own, "conda_file", None)
    text = yaml.safe_dump(conda) if isinstance(conda, dict) else conda
    return environment_spec(f"{ANONYMOUS}:1", {"image": getattr(own, "image", None), "condaFile": text}, project)


def _python(
    options: LocalOptions, spec: EnvironmentSpec, project: ProjectFile, environ: Mapping[str, str]
) -> tuple[Path, str]:
    if spec.python and not options.python:
        return spec.python, f"environment {spec.name} in {project.name}"
    chosen = interpreter.choose(options.python, environ)
    if chosen is None:
        raise Refusal("no Python was found for the trials: activate an environment, or name one with --python")
    return Path(chosen.path), chosen.reason


def _inputs(loaded: Any, project: ProjectFile, environ: Mapping[str, str]) -> Iterator[Finding]:
    from amlet.cli.jobs.inputs import inputs_from_elsewhere
    from emulator.server.home import home
    from emulator.trials.inputs.pulled import PulledData
    from emulator.trials.inputs.resolution import Missing, explain, resolve_inputs
    from emulator.trials.inputs.sources import Sources
    from gateway.exceptions import ValidationException

    try:
        inputs = inputs_from_elsewhere(loaded)
    except ValidationException:
        return  # the job has no body, and its mistake is a finding already
    sources = Sources(
        project, LOCAL_WORKSPACE, lambda reference, collection: None, PulledData(home(environ) / "pulled")
    )
    found = resolve_inputs(inputs, sources)
    for one in found:
        if not isinstance(one, Missing):
            yield Finding(f"inputs.{one.data.name}", Health.OK, f"{one.data.source}, by {one.why}")
    if missing := [one for one in found if isinstance(one, Missing)]:
        text, _, remedy = explain(missing, project.name).partition("\nAdd to ")
        remedy = f"add to {remedy}" if remedy else f"correct the line in {project.name}"
        yield Finding("inputs", Health.WRONG, text, remedy)
