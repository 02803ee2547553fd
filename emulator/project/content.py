"""What a project file may say: its keys and their types, and nothing of how it is looked up."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from emulator.project.section import Section


def _text(value: Any) -> Any:
    """Numbers as the texts they stand for: versions and names need no quotes in YAML."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _sections(value: Any) -> Any:
    """`true` is all sections and `false` none of them."""
    return tuple(Section) if value is True else () if value is False else value


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]


class Entry(BaseModel):
    """An entry that has its keys and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DeclaredWorkspace(Entry):
    """A workspace, by the names in its ARM id."""

    subscription: Text
    resource_group: Text
    name: Text


class DeclaredCompute(Entry):
    """A compute.

    Parameters:
        size: a VM size such as `Standard_DS3_v2`, which gives cores and GPUs.
        nodes: how many trials run on it at once; when it is left out, the usable cores of this machine, or what its
            executor has capacity for.
        executor: where its trials run; as the settings of the emulator say when it is left out.
        dask_address, dask_resources, dask_tls_ca, dask_tls_cert, dask_tls_key: the settings of these names, for its
            trials.
    """

    name: Text
    size: Text | None = None
    nodes: Annotated[int, Field(ge=1)] | None = None
    executor: Literal["process", "dask"] | None = None
    dask_address: Text | None = None
    dask_resources: Text | None = None
    dask_tls_ca: Text | None = None
    dask_tls_cert: Text | None = None
    dask_tls_key: Text | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that it has of its own; paths as the file has them."""
        return self.model_dump(exclude={"name", "size", "nodes"}, exclude_none=True)


class DeclaredEnvironment(Entry):
    """An environment.

    Parameters:
        name: as in the job, with or without `azureml:` and version.
        version: the only one it is said of; every version when it is left out.
        python: path of an interpreter, or of the virtual environment it belongs to.
        requirements: a file (requirements.txt or conda YAML), or requirements themselves.
    """

    name: Text
    version: Text | None = None
    python: Text | None = None
    requirements: Text | tuple[Text, ...] | None = None


class ProjectContent(Entry):
    """The keys of a project file; every one may be left out, or left empty.

    Parameters:
        data, models: by URI, asset or prefix of either: a local path.
        datastores: by name: a local folder.
        inherit: variables that trials inherit from the emulator's environment, beside those that all do; `*` stands for
            any end of a name.
        settings: settings of the emulator by name.
        strict: the sections that are all there is; in the file also `true` (every one) and `false` (none).
    """

    workspaces: tuple[DeclaredWorkspace, ...] = ()
    computes: tuple[DeclaredCompute, ...] = ()
    environments: tuple[DeclaredEnvironment, ...] = ()
    data: dict[Text, Text] = {}
    datastores: dict[Text, Text] = {}
    models: dict[Text, Text] = {}
    inherit: tuple[Text, ...] = ()
    settings: dict[str, Any] = {}
    strict: Annotated[tuple[Section, ...], BeforeValidator(_sections)] = ()
