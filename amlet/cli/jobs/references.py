"""What job files name that is not in them: workspaces aside, computes, environments, data, models and datastores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contracts.asset_types import MODEL_TYPES
from gateway.exceptions import ValidationException
from gateway.yaml_text import construct, parse, read_text


@dataclass
class JobReferences:
    """Names, each with the first file that has it.

    Parameters:
        computes, environments: by name, as in the job without `azureml:`.
        data, models: by reference.
        datastores: of outputs.
        kinds: types of the inputs, by reference.
        skipped: files that are not a sweep, a command or a pipeline job, with the reason.
    """

    computes: dict[str, Path] = field(default_factory=dict)
    environments: dict[str, Path] = field(default_factory=dict)
    data: dict[str, Path] = field(default_factory=dict)
    models: dict[str, Path] = field(default_factory=dict)
    datastores: dict[str, Path] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    skipped: dict[Path, str] = field(default_factory=dict)

    def add(self, file: Path) -> None:
        """Add what a file names; what of it cannot be read is skipped."""
        try:
            content = parse(read_text(file))
        except ValidationException as error:
            self.skipped[file] = str(error)
            return
        if content.keys().isdisjoint(("command", "trial", "jobs")):
            self.skipped[file] = f"a file of type {content.get('type')!r} without a command, a trial or steps"
            return
        self._add_job(content, file.resolve(), frozenset({file.resolve()}))

    def _add_job(self, content: Mapping[str, Any], file: Path, around: frozenset[Path]) -> None:
        """Add what a job, or a step of one, names.

        Parameters:
            content: of the job.
            file: it stands in; relative paths start in its folder.
            around: this file, and those of the components that it is part of.
        """
        self._add_name(self.computes, content.get("compute"), file)
        settings = content.get("settings")
        if isinstance(settings, Mapping):
            self._add_name(self.computes, settings.get("default_compute"), file)
        self._add_name(self.environments, content.get("environment"), file)
        self._add_inputs(content.get("inputs"), file)
        self._add_outputs(content.get("outputs"), file)
        for part in map(content.get, ("trial", "component")):
            for component, place in _component(part, file):
                if not isinstance(part, str) or place not in around:  # a component in itself names nothing more
                    self._add_job(component, place, around | {place})
        for step in _mappings(content.get("jobs")):
            self._add_job(step, file, around)

    def _add_name(self, names: dict[str, Path], value: Any, file: Path) -> None:
        if isinstance(value, str) and value not in ("local", "azureml:local") and not value.startswith("file:"):
            names.setdefault(value.removeprefix("azureml:") if "://" not in value else value, file)

    def _add_inputs(self, inputs: Any, file: Path) -> None:
        for entry in _mappings(inputs):
            path, kind = entry.get("path"), str(entry.get("type", "uri_folder"))
            if isinstance(path, str) and entry.get("mode") != "direct" and is_elsewhere(path):
                (self.models if kind in MODEL_TYPES else self.data).setdefault(path, file)
                self.kinds.setdefault(path, kind)

    def _add_outputs(self, outputs: Any, file: Path) -> None:
        from emulator.project.reference import reference_of

        for entry in _mappings(outputs):
            path = entry.get("path")
            if isinstance(path, str) and is_elsewhere(path):
                steps = reference_of(path).steps
                if steps[0] == "datastores":
                    self.datastores.setdefault(steps[1], file)


def is_elsewhere(path: str) -> bool:
    """Whether a path of a job file is an address or an asset, and no local path."""
    from contracts.resource_id import is_arm_id
    from emulator.project.reference import is_remote

    is_asset = path.startswith("azureml:") or ("/" not in path and (":" in path or "@" in path))
    return is_remote(path) or is_arm_id(path) or (is_asset and not Path(path).is_absolute())


def _component(part: Any, file: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """The component that stands in a job, or in a file that it names, and the file that it stands in."""
    if isinstance(part, Mapping):
        yield part, file
    elif isinstance(part, str) and not is_elsewhere(part):
        place = file.parent / part.removeprefix("file:")
        try:
            component = construct(place.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, yaml.YAMLError):
            return
        if isinstance(component, Mapping):
            yield component, place.resolve()


def _mappings(content: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(content, Mapping):
        yield from (entry for entry in content.values() if isinstance(entry, Mapping))
