"""The query of a list of jobs. Source: the parameters of `Jobs_List` in the REST definitions."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.services.page_token import number_of_mark, refuse_odata
from emulator.services.refusal import user_error
from emulator.storage.documents import Filter

_ARCHIVED: Mapping[str, bool | None] = {"activeonly": False, "archivedonly": True, "all": None}


def filter_of(query: Mapping[str, str], workspace: str, *, trials: bool) -> Filter | None:
    """What a query asks for; None when nothing can be meant by it (schedules, which are not served).

    Parameters:
        query: `jobType`, `tag`, `properties` (`p1,p2=v2`), `assetName`, `listViewType`, `scheduled`, `scheduleId`,
            `$skipToken`; for `$top` see `top_of`.
        workspace: guid of the workspace.
        trials: whether trials are listed too.

    Raises:
        Refusal: a value that cannot be; the text names the field.
    """
    refuse_odata(query, "jobs", "jobType, tag, properties, assetName and listViewType")
    if query.get("scheduled", "").lower() == "true" or query.get("scheduleId"):
        return None
    view = query.get("listViewType") or "ActiveOnly"
    if view.lower() not in _ARCHIVED:
        raise user_error(
            "The value provided is not a valid enum value. Field: listViewType. "
            "Allowed values: ActiveOnly,ArchivedOnly,All.",
            target="listViewType",
        )
    labels: list[tuple[str, str, str | None]] = []
    for asked in filter(None, query.get("properties", "").split(",")):
        key, separator, value = asked.strip().partition("=")
        labels.append(("property", key, value if separator else None))
    if query.get("tag"):
        labels.append(("tag", query["tag"], None))
    if query.get("assetName"):
        labels.append(("asset", query["assetName"], None))
    return Filter(
        workspace=workspace,
        type=query.get("jobType") or None,
        archived=_ARCHIVED[view.lower()],
        labels=labels,
        trials=trials,
        before=number_of_mark(query),
    )


def top_of(query: Mapping[str, str]) -> int | None:
    """How many jobs a query wants in all; None for all there are.

    Raises:
        Refusal: not a positive number.
    """
    text = query.get("$top")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise user_error(f"$top={text!r}: use a number of 1 or more.", target="$top")
    return int(text)
