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
    "amlet": "one command a module; parts of the testing kit, each imported when it is needed",
    "contracts": "a rule or a shape of bodies a module",
    "gateway": "the entities of the SDK, one a module",
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
    "emulator/executors": "one mechanism of processes a module",
    "emulator/runner": "one kind of run, or of change to it, a module",
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
    "emulator/log_limit.py": "used for the logs of attempts and for those that the job runner writes",
    "emulator/unserved.py": "a table that is a fact of the whole emulator; docs/fidelity.md is compared with it",
    "emulator/project/section.py": "read at every start, without the models of the file",
    "emulator/services/assets/versions.py": "what api-versions differ in, as for jobs",
    "emulator/services/assets/pending_uploads.py": "imported with the first upload only",
    "emulator/services/body_types.py": "the types of what several services store",
    "emulator/services/jobs/query.py": "the query of one list",
    "emulator/services/refusal.py": "the base of all services",
    "emulator/services/runs": "limits and patterns that several queries share",
    "emulator/studio/actions.py": "what changes jobs, apart from what shows them",
    "emulator/studio/app.py": "the table of addresses",
    "emulator/studio/charts/shading.py": "colours, which two charts share",
    "emulator/studio/headers.py": "what keeps a browser safe, in one place to review",
    "emulator/yaml_file.py": "reads what `contracts.diagnostics` parses",
}
