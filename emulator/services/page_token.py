"""What all lists have in common in their queries. The opaque `$skipToken` in the nextLink of a page is as recorded.

The parameter is `$skip` in the REST definitions, and is read by that name too.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from emulator.services.refusal import user_error

T = TypeVar("T")

SKIP_TOKEN = "$skipToken"  # noqa: S105 - the name of a parameter
_NAMES = (SKIP_TOKEN, "$skip")


def token_of(mark: str) -> str:
    """The token by which the page after a mark is asked for."""
    return urlsafe_b64encode(mark.encode()).decode().rstrip("=")


def mark_of(query: Mapping[str, str]) -> str | None:
    """The mark after which a page begins; None for the first page.

    Raises:
        Refusal: a token that no page had.
    """
    for name in _NAMES:
        if token := query.get(name):
            try:
                return urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
            except ValueError:
                raise _bad(name, token) from None
    return None


def number_of_mark(query: Mapping[str, str]) -> int | None:
    """As `mark_of`, for lists whose marks are row ids.

    Raises:
        Refusal: a token that no page of such a list had.
    """
    mark = mark_of(query)
    if mark is None:
        return None
    if not (mark.isascii() and mark.isdigit() and len(mark) <= 18):
        name = next(name for name in _NAMES if query.get(name))
        raise _bad(name, query[name])
    return int(mark)


def page_of(
    found: Sequence[T], query: Mapping[str, str], size: int, name: Callable[[T], str]
) -> tuple[Sequence[T], str | None]:
    """A page of a list that is short enough to be made whole, and the token of the next one.

    Parameters:
        found: all entries, in their order.
        size: of a page.
        name: of an entry, which is its mark.
    """
    mark = mark_of(query)
    # An entry that is gone since its page was read ends the list, which would else begin anew.
    begin = 0 if mark is None else next((at + 1 for at, one in enumerate(found) if name(one) == mark), len(found))
    page = found[begin : begin + size]
    return page, token_of(name(page[-1])) if page and begin + size < len(found) else None


def without_token(query: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters of a request that those of the next page repeat."""
    return [(key, value) for key, value in query if key not in _NAMES]


def refuse_odata(query: Mapping[str, str], what: str, instead: str) -> None:
    """Refuse the parameters of OData that a list does not know: an answer as if they were not there would be wrong.

    Parameters:
        what: is listed.
        instead: what narrows the list.

    Raises:
        Refusal: `$filter` or `$orderby`.
    """
    for name in query:
        if name.lower() in ("$filter", "$orderby"):
            raise user_error(f"{name} is not served in lists of {what}; they are narrowed by {instead}.", target=name)


def _bad(name: str, token: str) -> Exception:
    return user_error(f"{name} is {token!r}: it is only good as it stands in the nextLink of a page.", target=name)
