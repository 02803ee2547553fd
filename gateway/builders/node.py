"""What command and sweep nodes have in common."""

from __future__ import annotations

from typing import Any

from gateway.builders.ports import NodeInput, NodeInputs, NodeOutput, NodeOutputs, only_output
from gateway.entities.component import source_of_id
from gateway.entities.job import Job
from gateway.exceptions import invalid_value


class Node(Job):
    """A job that is made from a component and whose inputs can be set.

    Parameters:
        component: the component, or the id of a registered one.
        inputs: values by the names that the component declares.
        outputs: Output objects by name.
        comment: what the designer shows beside the step (keyword argument).
        name, display_name, description, tags, properties, experiment_name, compute, services: as in Job.
    """

    _print_as_yaml = True
    #: Fields of its file that no step has; they are attributes, and travel with it.
    _undeclared_fields: tuple[str, ...] = ()
    _inputs_of_node: NodeInputs | None = None
    _outputs_of_node: NodeOutputs | None = None

    def __init__(
        self,
        *,
        component: Any,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        source = kwargs.pop("_source", None)
        self.comment: str | None = kwargs.pop("comment", None)
        super().__init__(**kwargs)
        self._source = source
        self._component = component
        self._job_inputs = {
            key: None if isinstance(value, dict) and not value else only_output(value)
            for key, value in (inputs or {}).items()
        }
        self._job_outputs = dict(outputs or {})

    @property
    def source(self) -> str:
        """Where the step comes from, one of ComponentSource: as it was read, else where its component comes from."""
        if self._source:
            return str(self._source)
        own: str = source_of_id(self._component) if isinstance(self._component, str) else self._component._source
        return own

    def to_job(self) -> Job:
        """The plain job that is submitted."""
        raise NotImplementedError

    @property
    def name(self) -> str | None:
        """Name of the node, in lower case."""
        return self._name

    @name.setter
    def name(self, value: str | None) -> None:
        if value and not isinstance(value, str):
            raise invalid_value("name", value, "a name as text")
        self._name = value.lower() if value else value

    def keep_name(self, name: str | None) -> None:
        """Set the name as the service spells it."""
        self._name = name

    @property
    def inputs(self) -> NodeInputs:
        """Inputs by name; `node.inputs.lr = 0.1` gives a new value.

        Raises:
            UserErrorException: the value of a data input is not a path.
        """
        if self._inputs_of_node is None:
            given = self._job_inputs
            declared = dict.fromkeys(given) if isinstance(self._component, str) else self._component.inputs
            self._inputs_of_node = NodeInputs(
                (name, NodeInput(name, meta, given.get(name))) for name, meta in declared.items()
            )
        return self._inputs_of_node

    @property
    def outputs(self) -> NodeOutputs:
        """Outputs by name."""
        if self._outputs_of_node is None:
            given = self._job_outputs
            declared = dict.fromkeys(given) if isinstance(self._component, str) else self._component.outputs
            self._outputs_of_node = NodeOutputs(
                (name, NodeOutput(name, meta, given.get(name), self)) for name, meta in declared.items()
            )
        return self._outputs_of_node

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, Node) and self._ports() == other._ports()

    def _ports(self) -> tuple[dict[str, Any], dict[str, Any]]:
        inputs = {name: port.data for name, port in self.inputs.items()}
        return inputs, {name: port.data for name, port in self.outputs.items()}
