"""The graph of the folders of the product: which imports which, wherever in a module the import stands."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

#: Imports that go up on purpose, inside functions: the check for a foreign package, which starts the command when it
#: finds none. The gateway's conveniences of this kind (`job.dump()`) are the table `UPWARDS` of `gateway/_late.py`.
LATE_BOUND = frozenset(
    {
        ("amlet._guard", "amlet.cli"),
    }
)


class Folders:
    """Reads the modules of some packages; a module at the top of a package counts as a folder of its own.

    Parameters:
        root: the folder that the packages are in.
        packages: their names.
    """

    def __init__(self, root: Path, packages: Iterable[str]) -> None:
        self._files = {
            _module(file.relative_to(root)): file for package in packages for file in (root / package).rglob("*.py")
        }

    @property
    def imports(self) -> set[tuple[str, str]]:
        """Pairs of folders, the importing one first."""
        found = set()
        for module, file in self._files.items():
            for name in _imported(module, file):
                other = self._existing(name)
                if other and self._folder(other) != self._folder(module):
                    found.add((self._folder(module), self._folder(other)))
        return found

    def cycles(self, without: frozenset[tuple[str, str]] = frozenset()) -> list[str]:
        """One circle of folders that import each other; empty when there is none.

        Parameters:
            without: pairs that do not count.
        """
        graph: dict[str, set[str]] = {}
        for importing, other in self.imports - without:
            graph.setdefault(importing, set()).add(other)
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            return [str(folder) for folder in error.args[1]]
        return []

    def _existing(self, name: str) -> str | None:
        while name and name not in self._files:
            name = name.rpartition(".")[0]
        return name or None

    def _folder(self, module: str) -> str:
        parts = module.split(".")
        is_package = self._files[module].name == "__init__.py"
        folder = parts if is_package else parts[:-1]
        return ".".join(folder[:2]) if len(folder) > 1 else module


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(module: str, file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


#: Modules of fewer than 60 lines, by file or by folder, each with the reason why it is not part of another one.
SMALL = {
    "amlet/__main__.py": "the name that Python runs a package by",
    "amlet/cli/assets/kinds.py": "one table, read when the command line is built",
    "amlet/cli/assets/shape.py": "pure, apart from the verbs that print it",
    "amlet/cli/browser.py": "the one place from which a browser is started, to review for keys",
    "amlet/cli/commands": "a module is a command: its path is what is typed, and nothing else lists it",
    "amlet/cli/emulator_extra.py": "asked before anything of the extra is imported",
    "amlet/cli/jobs/files.py": "used by every verb that takes a job file",
    "amlet/cli/jobs/inputs.py": "imports the emulator's side of inputs, which submitting does without",
    "amlet/cli/jobs/submitted.py": "used by rerun and by export",
    "amlet/cli/main.py": "how errors are shown, around whatever runs",
    "amlet/cli/progress/sparkline.py": "a pure function, used by views of a job",
    "amlet/cli/project_file.py": "one decision of several commands",
    "amlet/cli/templates": "what `amlet quickstart` writes for its user",
    "amlet/testing/folders.py": "the resource that every emulator of a test needs",
    "amlet/testing/in_process.py": "one kind of emulator in tests, imported when it is asked for",
    "amlet/testing/objectives.py": "what users' tests import by this name",
    "amlet/testing/report.py": "imported only when a test has failed",
    "amlet/testing/suite": "the layout that `pytest --pyargs` wants: options, and one module of tests",
    "amlet/testing/targets/__init__.py": "the functions that the entry points name, read before any target is imported",
    "amlet/testing/targets/at_url.py": "needs the gateway alone, no emulator",
    "amlet/testing/targets/in_process.py": "imports the whole emulator, which a target elsewhere does without",
    "contracts/arm/base.py": "the leaf that all models use",
    "contracts/arm/inputs_outputs.py": "one part of bodies, shared by the models of jobs and of pipelines",
    "contracts/arm/pipelines.py": "one type of body, imported when a pipeline comes",
    "contracts/asset_types.py": "the leaf that both sides use",
    "contracts/bindings.py": "the leaf that rules, engine and trials use",
    "contracts/duration.py": "the leaf that both sides use",
    "contracts/home_folder.py": "the leaf that both sides use",
    "contracts/references.py": "the leaf that all registries use",
    "contracts/rules/jobs.py": "which rules a type of job has, named by its registration",
    "contracts/rules/limits.py": "the rules of `limits`",
    "contracts/rules/objective.py": "the rules of `objective`",
    "contracts/rules/shape.py": "chooses between the two readers of a body, and imports the slow one only when it must",
    "contracts/rules/termination.py": "the rules of `earlyTermination`, named by the registrations of policies",
    "contracts/rules/trial.py": "the rules of what a job runs, and on what",
    "contracts/suite/scenarios/recorded.py": "scenarios that have one source each, a recorded exchange",
    "contracts/suite/sources.py": "addresses that many scenarios name as their evidence",
    "contracts/suite/targets.py": "the entry points, read without any target",
    "contracts/version.py": "read by the build and at every start",
    "gateway/_late.py": "the table of imports that go up the layers, in one place to review",
    "gateway/_lazy.py": "the leaf of every package with lazy names",
    "gateway/aio/poller.py": "the counterpart of `gateway/operations/poller.py`",
    "gateway/builders/bound_settings.py": "the leaf that nodes, bodies and files use",
    "gateway/builders/steps.py": "makes nodes of every kind, which do not know each other",
    "gateway/client/not_served.py": "one table of what the official client has besides",
    "gateway/dsl.py": "the public spelling of `azure.ai.ml.dsl`",
    "gateway/entities/html.py": "used by entities and by tables of trials",
    "gateway/entities/pipeline_component.py": "one entity of the SDK",
    "gateway/identity.py": "the public spelling of `azure.ai.ml.identity`",
    "gateway/operations/local_jobs.py": "what no workspace answers, apart from what all targets do",
    "gateway/operations/metrics.py": "one operation, imported by reports and exports without the rest",
    "gateway/safe_path.py": "what keeps names of a service inside a folder, in one place to review",
    "gateway/serialization/yaml/component_kinds.py": "one table, for files of components and for steps",
    "gateway/serialization/yaml/overrides.py": "one feature of every loader",
    "gateway/serialization/yaml/sweep_settings.py": "the schemas of a sweep, for jobs and for steps",
    "gateway/transport/fast_httpx.py": "a trick for the start, apart from the transport that does without it",
    "emulator/executors/shell.py": "pure: how a text becomes arguments, on every executor",
    "emulator/executors/supervisor/outputs.py": "the one part that sends files, in a program that travels",
    "emulator/executors/supervisor_program.py": "packs the folder beside it, which must not know of it",
    "emulator/executors/terminal.py": "run as a script by trials, without amlet on their path",
    "emulator/runner/heartbeat.py": "a mechanism with its own timer, made for one attempt",
    "emulator/runner/progress_tags.py": "a mechanism with its own timer, made for one sweep",
    "emulator/api/arm/datastores.py": "the routes of one collection",
    "emulator/api/arm/operation_results.py": "the routes of one collection",
    "emulator/api/arm/refused.py": "the table of what is refused",
    "emulator/api/control": "one path below `/_amlet/` a module; its models apart, as pydantic is slow to import",
    "emulator/api/identity/managed_identity.py": "one endpoint",
    "emulator/api/nearest.py": "used for the answer and for the journal",
    "emulator/api/user_content.py": "what keeps a browser safe, in one place to review",
    "emulator/engine/objective.py": "the leaf that policies, samplers and the state machine use",
    "emulator/engine/pipeline/reuse.py": "one rule with its evidence",
    "emulator/engine/sampling": "one sampling algorithm a module",
    "emulator/engine/termination": "one policy a module",
    "emulator/engine/values.py": "the leaf that all other modules of the engine use",
    "emulator/simulation/agenda.py": "used by the job runner and by the control of time",
    "emulator/simulation/stand_in.py": "read at every start, without the models of scenarios",
    "emulator/storage/blobs/errors.py": "the tree of errors of the blob store",
    "emulator/storage/blobs/stamps.py": "the times of blobs, which the store is given",
    "emulator/storage/changes.py": "the leaf that every table uses",
    "emulator/storage/datastore_kinds.py": "one table of types",
    "emulator/storage/labels.py": "one table",
    "emulator/storage/meta.py": "one table",
    "emulator/storage/workspaces.py": "one table",
    "emulator/trials/cores.py": "asked at every start and by `amlet doctor`, without the table of sizes",
    "emulator/trials/env_file.py": "the one user of python-dotenv",
    "emulator/trials/environments/environment_name.py": "the one reader of a name with several spellings",
    "emulator/trials/environments/package_names.py": "the one reader of packages.yml",
    "emulator/trials/environments/preparer.py": "the table of modes",
    "emulator/trials/environments/tracking_shim.py": "one file that is laid on the path of a trial",
    "emulator/trials/step_identity.py": "the key of one step",
    "emulator/faults/entry.py": "what rules for requests and for trials have in common",
    "emulator/identity/storage_refused.py": "raised by both kinds of signatures and by the account",
    "emulator/files.py": "the leaf that every writer of files uses",
    "emulator/log_limit.py": "used for the logs of attempts and for those that the job runner writes",
    "emulator/unserved.py": "a table that is a fact of the whole emulator; docs/fidelity.md is compared with it",
    "emulator/project/section.py": "read at every start, without the models of the file",
    "emulator/services/assets/versions.py": "what api-versions differ in, as for jobs",
    "emulator/services/assets/pending_uploads.py": "imported with the first upload only",
    "emulator/services/body_types.py": "the types of what several services store",
    "emulator/services/jobs/query.py": "the query of one list",
    "emulator/services/jobs/submissions.py": "how new jobs are told, apart from how they are stored",
    "emulator/services/refusal.py": "the base of all services",
    "emulator/services/runs": "limits and patterns that several queries share",
    "emulator/studio/actions.py": "what changes jobs, apart from what shows them",
    "emulator/studio/app.py": "the table of addresses",
    "emulator/studio/charts/shading.py": "colours, which two charts share",
    "emulator/studio/headers.py": "what keeps a browser safe, in one place to review",
    "emulator/yaml_file.py": "reads what `contracts.diagnostics` parses",
}
