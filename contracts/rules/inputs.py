"""Inputs and outputs of a job."""

from __future__ import annotations

from contracts.diagnostics.shortening import shown
from contracts.resource_id import LONGEST_URI
from contracts.rules.finding import Node, check_enum
from contracts.rules.names import check_keys


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
    """Refuse unknown delivery modes; point out odd names. Source: enum OutputDeliveryMode."""
    check_keys(node)
    for _, entry in node:
        _check_length(entry["uri"])
        check_enum(entry["mode"], "ReadWriteMount", "Upload", "Direct")


def _check_length(uri: Node) -> None:
    if len(uri.text or "") > LONGEST_URI:
        uri.error("TooLong", f"It has {len(uri.text or '')} characters.", f"Use at most {LONGEST_URI}.")
