"""Jobs: what all types have in common, and jobs of a type that has no class of its own here."""

from __future__ import annotations

from os import PathLike
from typing import IO, TYPE_CHECKING, Any

from contracts.api_version import DEFAULT_API_VERSION
from contracts.resource_id import ResourceId
from contracts.studio import Cloud, job_url
from gateway import _late as late
from gateway.constants import JobType
from gateway.entities.job_service import JobService
from gateway.entities.resource import Resource

if TYPE_CHECKING:
    from gateway.findings import Located


class Job(Resource):
    """Base of the jobs.

    Parameters:
        name: name of the job; made up on submission when left out.
        display_name: what Studio shows; the name when left out.
        description: what it is for.
        tags: tags by name.
        properties: properties by name.
        experiment_name: the experiment it belongs to; the current folder's name when left out.
        compute: compute target; serverless when left out.
        services: services of the job by name.
    """

    _SERVED = Resource._SERVED | {"status", "log_files"}
    _SHOWN = ("name", "display_name", "type", "status", "experiment_name")
    _type: str = JobType.COMMAND
    _status: str | None = None
    _log_files: dict[str, str] | None = None
    _studio_url: str | None = None

    def __init__(
        self,
        name: str | None = None,
        display_name: str | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        experiment_name: str | None = None,
        compute: str | None = None,
        services: dict[str, JobService] | None = None,
        **kwargs: Any,
    ) -> None:
        Resource.__init__(self, name, description, tags, properties, **kwargs)
        self.display_name = display_name
        self.experiment_name = experiment_name
        self.compute = compute
        self.services = services

    @property
    def type(self) -> str | None:
        """Kind of the job: `sweep`, `command`."""
        return self._type

    @property
    def status(self) -> str | None:
        """State of the job, one of `contracts.lifecycle.JobStatus`; None before it is submitted."""
        return self._status

    @property
    def log_files(self) -> dict[str, str] | None:
        """URLs of the log files by name."""
        return self._log_files

    @property
    def studio_url(self) -> str | None:
        """The job's page: where people open it, else where the service says it is or the public cloud has it."""
        if self._studio_url:
            return self._studio_url
        if self.services and "Studio" in self.services:
            return self.services["Studio"].endpoint
        try:
            resource = ResourceId.parse(self.id or "")
        except ValueError:
            return None
        return job_url(Cloud.AZURE.studio, resource.workspace, resource.name)

    def _repr_html_(self) -> str:
        """The job as a small table, for notebooks."""
        from gateway.entities.html import Link, html_table

        row = {"Experiment": self.experiment_name, "Name": self.name, "Type": self.type, "Status": self.status}
        page = {"Details Page": Link(self.studio_url or "", "Link to the job")}
        return html_table([{**row, **self._summary(), **page}])

    def _summary(self) -> dict[str, Any]:
        """What the table for notebooks has beside that, by heading."""
        return {}

    def validate(self, *, api_version: str = DEFAULT_API_VERSION) -> list[Located]:
        """What the service would refuse or misread, checked without it; empty for a sound job.

        Parameters:
            api_version: the version it is to be sent with.

        Raises:
            ValueError: the api_version is not a date such as `2025-12-01` or `2024-01-01-preview`.
        """
        return late.validate(self, api_version=api_version)

    def dump(self, dest: str | PathLike[str] | IO[Any], **kwargs: Any) -> None:
        """Write the job as YAML.

        Parameters:
            dest: path of a new file, or an open file.

        Raises:
            FileExistsError: the path is taken.
            OSError: the open file cannot be written to.
        """
        late.dump(self, dest, **kwargs)


class BaseJob(Job):
    """A job of which only the common part is known; parameters as in Job."""

    _type = JobType.BASE

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("type", None)
        super().__init__(**kwargs)
