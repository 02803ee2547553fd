"""Finds regular expressions whose work can grow faster than the text they read.

An expression is read as an automaton of its character positions. Its matcher tries one way after the other, so its work
is bounded by the number of ways through the automaton. It is polynomial when one word leads from a loop to itself, to
a second loop, and from the second loop to itself, and exponential when two ways lead from a position to itself
(Weber and Seidl, "On the degree of ambiguity of finite automata", 1991). A search begins at each character, which is a
loop of its own before the expression.

Conservative: conditions that look around, word borders and back references count as always met, so an expression can
be reported that is linear. Bounded repetitions (`{1,64}`) are a constant factor, and count as short ones.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

#: Characters that stand for all: ASCII, and one each of letters, digits, spaces and others beyond it.
_ALPHABET = [chr(code) for code in range(128)] + ["é", "٣", "\u00a0", "\u2028", "ß", "—"]
_ALL = (1 << len(_ALPHABET)) - 1
_COPIES = 3  # of a bounded repetition
_CLASSES = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN)  # what one character is matched by


@dataclass
class _Part:
    """A piece of an expression: the positions it can begin and end at, and whether it can be empty."""

    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    empty: bool = True


class Automaton:
    """The positions of an expression, and what follows what.

    Parameters:
        pattern: the expression.
        flags: its flags.
        is_search: whether it may begin anywhere in a text.
        is_full: whether it has to reach the end of the text.
    """

    def __init__(self, pattern: str | bytes, flags: int = 0, *, is_search: bool, is_full: bool = False) -> None:
        text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
        tree = parser.parse(text, flags & ~re.DEBUG)
        self._flags = tree.state.flags
        self._masks: list[int] = []
        self._edges: Counter[tuple[int, int]] = Counter()
        #: What the next character may not be after a position that gives nothing back.
        self._barred: dict[tuple[int, int], int] = {}
        items = list(tree)
        whole = self._sequence(items)
        #: Positions at which the expression is content: what it goes on to read there, it never reads again.
        self._content = set() if is_full or _has_condition(items[1:]) else set(whole.last)
        if is_search and not _is_anchored(items):
            self._begin_anywhere(items, whole.first)

    def growth(self) -> str | None:
        """`exponential`, `polynomial`, or None for an expression that is linear."""
        loops = [component for component in self._components() if self._is_loop(component)]
        if any(self._is_exponential(component) for component in loops):
            return "exponential"
        for one, other in itertools.permutations(loops, 2):
            if self._is_polynomial(one, other):
                return "polynomial"
        return None

    def _begin_anywhere(self, items: list[Any], firsts: list[int]) -> None:
        """Add what a search passes over; an expression that looks behind for a character begins after others only."""
        before = self._looked_behind(items, firsts)
        passed = [self._position(mask) for mask in (_ALL & ~before, before) if mask]
        for one in passed:
            self._join([one], passed)
        self._join(passed[:1], firsts)

    def _looked_behind(self, items: list[Any], firsts: list[int]) -> int:
        """The characters that cannot stand before the first one."""
        kind, value = items[0] if items else (None, None)
        if kind is ops.ASSERT_NOT and value[0] < 0 and len(value[1]) == 1 and value[1][0][0] in _CLASSES:
            return self._mask(*value[1][0])
        if kind is ops.AT and value is ops.AT_BOUNDARY:
            word = self._mask(ops.CATEGORY, "CATEGORY_WORD")
            return word if all(not self._masks[one] & ~word for one in firsts) else 0
        return 0

    # -- from the parsed expression to positions

    def _position(self, mask: int) -> int:
        self._masks.append(mask)
        return len(self._masks) - 1

    def _join(self, lasts: list[int], firsts: list[int]) -> None:
        for one in lasts:
            for other in firsts:
                self._edges[one, other] += 1

    def _sequence(self, items: list[Any]) -> _Part:
        whole = _Part()
        for item in items:
            part = self._item(item)
            self._join(whole.last, part.first)
            whole = _Part(
                whole.first + part.first if whole.empty else whole.first,
                part.last + whole.last if part.empty else part.last,
                whole.empty and part.empty,
            )
        return whole

    def _item(self, item: tuple[Any, Any]) -> _Part:
        kind, value = item
        if kind in _CLASSES:
            position = self._position(self._mask(kind, value))
            return _Part([position], [position], False)
        if kind is ops.SUBPATTERN:
            return self._sequence(list(value[3]))
        if kind is ops.ATOMIC_GROUP:
            return self._sequence(list(value))
        if kind is ops.BRANCH:
            parts = [self._sequence(list(branch)) for branch in value[1]]
            return _Part(
                [one for part in parts for one in part.first],
                [one for part in parts for one in part.last],
                any(part.empty for part in parts),
            )
        if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            return self._repeat(*value)
        if kind is ops.POSSESSIVE_REPEAT:
            return self._possessive(*value)
        if kind is ops.ASSERT:
            ahead = self._sequence(list(value[1]))  # a way that ends nowhere
            return _Part(ahead.first, [], True)
        if kind in (ops.AT, ops.ASSERT_NOT, ops.GROUPREF):
            return _Part()
        raise NotImplementedError(kind)

    def _repeat(self, least: int, most: int, body: Any) -> _Part:
        items = list(body)
        parts = [self._sequence(items) for _ in range(min(least, _COPIES))]
        if most is ops.MAXREPEAT:
            loop = self._sequence(items) if not parts else parts.pop()
            self._join(loop.last, loop.first)
            parts.append(_Part(loop.first, loop.last, loop.empty or not least))
        else:
            optional = [self._sequence(items) for _ in range(min(most - least, _COPIES))]
            parts += [_Part(part.first, part.last, True) for part in optional]
        whole = _Part()
        for part in parts:
            self._join(whole.last, part.first)
            whole = _Part(
                whole.first + part.first if whole.empty else whole.first,
                part.last + whole.last if part.empty else part.last,
                whole.empty and part.empty,
            )
        return whole

    def _possessive(self, least: int, most: int, body: Any) -> _Part:
        """A repetition of one class of characters that gives nothing back: what follows is of another class."""
        items = list(body)
        part = self._repeat(least, most, body)
        if most is ops.MAXREPEAT and len(items) == 1 and items[0][0] in _CLASSES:
            inside = set(part.last)
            for one in inside:
                self._barred[one, -1] = self._mask(*items[0])
                self._barred.update({(one, other): 0 for other in inside})
        return part

    def _mask(self, kind: Any, value: Any) -> int:
        mask = 0
        for bit, character in enumerate(_ALPHABET):
            if self._matches(kind, value, character):
                mask |= 1 << bit
        return mask

    def _matches(self, kind: Any, value: Any, character: str) -> bool:
        if kind is ops.ANY:
            return character != "\n" or bool(self._flags & re.DOTALL)
        if kind is ops.NOT_LITERAL:
            return not self._matches(ops.LITERAL, value, character)
        if kind is ops.LITERAL:
            return character in self._cases(chr(value))
        if kind is ops.RANGE:
            forms = self._cases(character)
            return any(value[0] <= ord(one) <= value[1] for one in forms)
        if kind is ops.CATEGORY:
            return _CATEGORIES[str(value).removeprefix("CATEGORY_").removeprefix("UNI_")](character)
        negated = value[0][0] is ops.NEGATE
        found = any(self._matches(*one, character) for one in value if one[0] is not ops.NEGATE)
        return found != negated

    def _cases(self, character: str) -> set[str]:
        if not self._flags & re.IGNORECASE:
            return {character}
        return {one for one in (character, character.lower(), character.upper()) if len(one) == 1}

    # -- ambiguity

    def _steps(self, position: int) -> Iterator[tuple[int, int]]:
        """Positions that can follow, and the characters by which they do."""
        for one, other in self._edges:
            if one == position:
                barred = self._barred.get((one, other), self._barred.get((one, -1), 0))
                if mask := self._masks[other] & ~barred:
                    yield other, mask

    def _components(self) -> list[frozenset[int]]:
        after = {one: self._reachable(one) for one in range(len(self._masks))}
        found = {frozenset({one} | {other for other in after[one] if one in after[other]}) for one in after}
        return sorted(found, key=min)

    def _reachable(self, start: int) -> set[int]:
        seen: set[int] = set()
        waiting = [start]
        while waiting:
            for other, _ in self._steps(waiting.pop()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    def _is_loop(self, component: frozenset[int]) -> bool:
        return any((one, other) in self._edges for one in component for other in component)

    def _is_exponential(self, component: frozenset[int]) -> bool:
        if any(self._edges[one, other] > 1 for one in component for other in component if (one, other) in self._edges):
            return True
        steps = {one: [step for step in self._steps(one) if step[0] in component] for one in component}
        for start in component:
            ways = _product([start, start], [steps, steps])
            for pair in ways:
                if pair[0] != pair[1] and (start, start) in _product(list(pair), [steps, steps]):
                    return True
        return False

    def _is_polynomial(self, one: frozenset[int], other: frozenset[int]) -> bool:
        first, last = min(one), min(other)
        if other <= self._content:
            return False
        if last not in self._reachable(first):
            return False
        before = {place: [step for step in self._steps(place) if step[0] in one] for place in one}
        after = {place: [step for step in self._steps(place) if step[0] in other] for place in other}
        between = {place: list(self._steps(place)) for place in range(len(self._masks))}
        return any(
            (start, end, end) in _product([start, start, end], [before, between, after])
            for start in one
            for end in other
        )


def _product(start: list[int], steps: list[dict[int, list[tuple[int, int]]]]) -> set[tuple[int, ...]]:
    """What automata that read the same word can reach together."""
    seen: set[tuple[int, ...]] = set()
    waiting = [tuple(start)]
    while waiting:
        places = waiting.pop()
        for chosen in itertools.product(*(steps[number][place] for number, place in enumerate(places))):
            mask = _ALL
            for _, characters in chosen:
                mask &= characters
            reached = tuple(place for place, _ in chosen)
            if mask and reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    return seen


def _has_condition(items: Any) -> bool:
    """Whether it depends on more than characters, anywhere."""
    return any(
        kind in (ops.AT, ops.ASSERT, ops.ASSERT_NOT, ops.GROUPREF)
        or (isinstance(value, parser.SubPattern | list | tuple) and any(map(_has_condition, _inner(kind, value))))
        for kind, value in items
    )


def _inner(kind: Any, value: Any) -> list[Any]:
    if kind is ops.SUBPATTERN:
        return [value[3]]
    if kind is ops.BRANCH:
        return list(value[1])
    if kind is ops.ATOMIC_GROUP:
        return [value]
    return [value[2]] if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT) else []


def _is_anchored(items: list[Any]) -> bool:
    return bool(items) and items[0][0] is ops.AT and items[0][1] in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING)


_CATEGORIES = {
    "DIGIT": str.isdigit,
    "NOT_DIGIT": lambda character: not character.isdigit(),
    "SPACE": str.isspace,
    "NOT_SPACE": lambda character: not character.isspace(),
    "WORD": lambda character: character.isalnum() or character == "_",
    "NOT_WORD": lambda character: not (character.isalnum() or character == "_"),
}
