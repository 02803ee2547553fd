"""Inputs and outputs of a job."""

from __future__ import annotations

import re

from contracts.diagnostics.shortening import shown
from contracts.resource_id import LONGEST_URI
from contracts.rules.finding import Node, check_enum
from contracts.rules.names import check_keys

_EXPRESSION = re.compile(r"\$\{\{([^{}]*)\}\}")


def check_inputs(node: Node) -> None:
    """Refuse data without a place and unknown delivery modes; point out empty literals and odd names.

    Source: definitions LiteralJobInput ... UriFolderJobInput (uri and value are required, enum InputDeliveryMode).
    """
    check_keys(node)
    for _, entry in node:
        if entry["jobInputType"].text == "literal":
            if entry["value"].value in (None, ""):
                entry["value"].warning("EmptyLiteral", "The definition asks for a value.", "Give it a value.")
        elif entry["uri"].text == "":
            entry["uri"].error("Empty", f"uri is {shown('')}.", "Say where the data is.")
        _check_length(entry["uri"])
        check_enum(entry["mode"], "ReadOnlyMount", "ReadWriteMount", "Download", "Direct", "EvalMount", "EvalDownload")


def check_outputs(node: Node) -> None:
    """Refuse unknown delivery modes; point out odd names, and expressions in paths that are not replaced.

    Source: enum OutputDeliveryMode; docs page how-to-manage-inputs-outputs-pipeline for the expressions.
    """
    check_keys(node)
    for _, entry in node:
        for text in dict.fromkeys(_expressions(entry["uri"])):
            if text not in ("name", "output_name", "default_datastore"):
                entry["uri"].warning(
                    "UnknownExpression",
                    f"${{{{{shown(text)[1:-1]}}}}} is not replaced in the path of an output.",
                    "Use ${{name}}, ${{output_name}} or ${{default_datastore}}.",
                )
        _check_length(entry["uri"])
        check_enum(entry["mode"], "ReadWriteMount", "Upload", "Direct")


def check_places(outputs: Node) -> None:
    """Point out outputs of a sweep that all of its trials would write to one place."""
    for name, entry in outputs:
        uri = entry["uri"].text
        if uri and name != "default" and "name" not in _expressions(entry["uri"]):
            entry["uri"].warning(
                "SharedOutput",
                "In Azure all trials of the sweep write to this one place; the emulator gives each a folder below it.",
                "Put ${{name}}, the name of the trial, into the path.",
            )


def _expressions(uri: Node) -> list[str]:
    return [text.strip() for text in _EXPRESSION.findall(uri.text or "")]


def _check_length(uri: Node) -> None:
    if len(uri.text or "") > LONGEST_URI:
        uri.error("TooLong", f"It has {len(uri.text or '')} characters.", f"Use at most {LONGEST_URI}.")
