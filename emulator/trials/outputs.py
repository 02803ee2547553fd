"""The named outputs of a job: where its trials write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.arm.inputs_outputs import JobOutput
from emulator.executors.base import TrialRefused
from emulator.trials.file_copy import remove_tree

#: The service adds it to every job; what is in `outputs` arrives there without it.
_OF_THE_SERVICE = "default"


@dataclass(frozen=True, slots=True)
class DataOutput:
    """A file or folder that each trial writes.

    Parameters:
        name: of the output.
        place: where the body wants it; None for the workspace's own place, one per trial.
        is_file: whether it is one file.
    """

    name: str
    place: Path | None
    is_file: bool

    def make(self, own: Path) -> Path:
        """Prepare the place of what a trial will write.

        The trial writes to where the output belongs, as if it were mounted, whatever its mode.

        Parameters:
            own: folder of the outputs of that trial; what an interrupted attempt left there is removed.
        """
        path = self.place or own / self.name
        if not self.place:
            remove_tree(path)
        (path.parent if self.is_file else path).mkdir(parents=True, exist_ok=True)
        return path


def data_outputs(
    outputs: Mapping[str, JobOutput | None] | None, locate: Callable[[str], Path | None]
) -> list[DataOutput]:
    """The outputs of a job.

    Parameters:
        outputs: those of the body.
        locate: where a URI leads on this machine.

    Raises:
        TrialRefused: an output's own URI leads nowhere here.
    """
    found = []
    for name, entry in (outputs or {}).items():
        if name == _OF_THE_SERVICE:
            continue
        uri = entry.uri if entry else None
        place = locate(uri) if uri else None
        if uri and place is None:
            raise TrialRefused(f"outputs.{name}: {uri} is not a place on this machine; leave its path out")
        found.append(DataOutput(name, place, entry is not None and entry.job_output_type == "uri_file"))
    return found
