"""The named outputs of a job: where its trials write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.executors.base import TrialRefused
from emulator.place import BLOB_STORE
from emulator.trials.file_copy import remove_tree

if TYPE_CHECKING:  # routes ask for the place of an output, and a start does not wait for pydantic
    from contracts.arm.inputs_outputs import JobOutput

#: The service adds it to every job; what is in `outputs` arrives there without it.
_OF_THE_SERVICE = "default"

#: What the service replaces in the path of an output.
_EXPRESSION = re.compile(r"\$\{\{\s*(name|output_name|default_datastore)\s*\}\}")

#: Stands in a path for the name of a run that is not known yet; no job can have it as its name.
_NAME = "${{name}}"


def expanded_uri(uri: str, output: str, run: str, *, is_own: bool = False) -> str:
    """The URI of an output with its expressions replaced, for one run.

    Source: docs page how-to-manage-inputs-outputs-pipeline: `${{name}}` is the name of the job, `${{output_name}}` that
    of the output, `${{default_datastore}}` the workspace's.

    Parameters:
        uri: of the body.
        output: name of the output.
        run: name of the job, or of the trial.
        is_own: whether the run gets a folder of its own also where `${{name}}` is not in the URI.

    >>> expanded_uri("azureml://datastores/${{default_datastore}}/paths/${{name}}/${{output_name}}/", "model", "s_0")
    'azureml://datastores/workspaceblobstore/paths/s_0/model/'
    """
    values = {"name": run, "output_name": output, "default_datastore": BLOB_STORE}
    found = {match[1] for match in _EXPRESSION.finditer(uri)}
    text = _EXPRESSION.sub(lambda match: values[match[1]], uri)
    if not is_own or "name" in found:
        return text
    folder, slash, last = text.rpartition("/")
    return f"{folder}{slash}{run}/{last}" if last else f"{folder}{slash}{run}/"


def outputs_of_trial(outputs: Mapping[str, Any] | None, trial: str, *, is_own: bool) -> dict[str, Any]:
    """The outputs of a sweep's body as those of one of its trials: each URI is that of the trial.

    Parameters:
        trial: its name.
        is_own: see `expanded_uri`.
    """
    return {
        name: entry | {"uri": expanded_uri(entry["uri"], name, trial, is_own=is_own)}
        if entry and entry.get("uri") and name != _OF_THE_SERVICE
        else entry
        for name, entry in (outputs or {}).items()
    }


@dataclass(frozen=True, slots=True)
class DataOutput:
    """A file or folder that each trial writes.

    Parameters:
        name: of the output.
        place: where the body wants it, `${{name}}` in the place of the run's name; None for the workspace's own place,
            one per trial.
        is_file: whether it is one file.
    """

    name: str
    place: Path | None
    is_file: bool

    def make(self, own: Path) -> Path:
        """Prepare the place of what a trial will write.

        The trial writes to where the output belongs, as if it were mounted, whatever its mode.

        Parameters:
            own: folder of the outputs of that trial, under its name; what an interrupted attempt left there is removed.
        """
        path = Path(str(self.place).replace(_NAME, own.name)) if self.place else own / self.name
        # Only in the emulator's own place: what is where the user's path leads stays.
        if not self.place:
            remove_tree(path)
        (path.parent if self.is_file else path).mkdir(parents=True, exist_ok=True)
        return path


def data_outputs(
    outputs: Mapping[str, JobOutput | None] | None, locate: Callable[[str], Path | None], *, is_own: bool = False
) -> list[DataOutput]:
    """The outputs of a job.

    Parameters:
        outputs: those of the body.
        locate: where a URI leads on this machine.
        is_own: see `expanded_uri`.

    Raises:
        TrialRefused: an output's own URI leads nowhere here.
    """
    found = []
    for name, entry in (outputs or {}).items():
        if name == _OF_THE_SERVICE:
            continue
        uri = expanded_uri(entry.uri, name, _NAME, is_own=is_own) if entry and entry.uri else None
        place = locate(uri) if uri else None
        if uri and place is None:
            raise TrialRefused(f"outputs.{name}: {uri} is not a place on this machine; leave its path out")
        found.append(DataOutput(name, place, entry is not None and entry.job_output_type == "uri_file"))
    return found
