"""Line numbers of the values of a YAML text; asked for only once something is wrong."""

from __future__ import annotations

import yaml

from gateway.serialization.yaml.problems import Path


def line_of(text: str, path: Path) -> int | None:
    """The line, from 1, of the value at a path, or of the nearest value around it that the text has.

    None for a text that is no YAML.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    line = 0 if node is None else node.start_mark.line
    for step in path:
        found = _member(node, step)
        if found is None:
            break
        line, node = found
    return line + 1


def _member(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """Line and node of a member: of a mapping's key, so that the message points at the field."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    return None
