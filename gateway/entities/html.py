"""Small HTML tables, with which objects show themselves in notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple


def html_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys under a heading; every text is escaped.

    Parameters:
        rows: texts and numbers by heading; what is None stays empty.
    """
    heads = "".join(f"<th>{escape(str(head))}</th>" for head in (rows[0] if rows else {}))
    lines = ("".join(f"<td>{_cell(value)}</td>" for value in row.values()) for row in rows)
    return f'<table style="width:100%"><tr>{heads}</tr>{"".join(f"<tr>{line}</tr>" for line in lines)}</table>'


class Link(NamedTuple):
    """A cell that leads to a page; an address that is none of the web's leads nowhere.

    Parameters:
        address: of the page.
        text: what is shown.
    """

    address: str
    text: str


def _cell(value: Any) -> str:
    if isinstance(value, Link):
        if not value.address.startswith(("https://", "http://")):
            return ""
        return f'<a href="{escape(value.address)}" target="_blank" rel="noopener">{escape(value.text)}</a>'
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else escape(str(value))
