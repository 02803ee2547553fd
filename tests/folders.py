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
    "emulator/api": "one resource a module, imported when its path is first asked for; bodies apart from routes",
    "emulator/engine": "one policy or sampling algorithm a module; leaves that both of them use",
    "emulator/storage": "one table a module",
    "emulator/executors": "one mechanism of processes a module",
    "emulator/runner": "one kind of run, or of change to it, a module",
    "emulator/simulation": "one part of virtual time a module",
    "emulator/trials": "one part of a trial's environment a module",
    "emulator/app.py": "the application, apart from how its parts are built",
    "emulator/faults/wildcards.py": "what rules for requests and for trials have in common, without a model",
    "emulator/faults/entry.py": "what rules for requests and for trials have in common",
    "emulator/identity/storage_refused.py": "raised by both kinds of signatures and by the account",
    "emulator/log_limit.py": "used for the logs of attempts and for those that the job runner writes",
    "emulator/unserved.py": "a table that is a fact of the whole emulator; docs/fidelity.md is compared with it",
    "emulator/project/section.py": "read at every start, without the models of the file",
    "emulator/services/assets/declared.py": "imported only where a project file declares assets",
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
