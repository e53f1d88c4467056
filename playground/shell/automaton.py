"""Runs a compiled pattern over a text in time proportional to both, whatever the pattern.

A pattern is a program for a nondeterministic automaton (Thompson 1968; Pike's form of it with registers for groups;
see Russ Cox, "Regular Expression Matching: the Virtual Machine Approach"). Whether there is a match is answered by
a deterministic automaton built as far as the text needs it; where it is, by the machine with registers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

MAX_STATES: Final = 1000
"""Deterministic states kept at a time; past it they are thrown away and built anew."""


class Op(IntEnum):
    """What an instruction does."""

    TAKE = 0
    """Take one character for which ``test`` holds."""
    SPLIT = 1
    """Go on at ``x``, or else at ``y``; ``x`` is preferred."""
    JUMP = 2
    SAVE = 3
    """Note the position in register ``x``."""
    ASSERT = 4
    """Go on only where ``kind`` holds."""
    MATCH = 5


@dataclass(frozen=True, slots=True)
class Instruction:
    op: Op
    x: int = 0
    y: int = 0
    test: "Callable[[str], bool] | None" = None
    kind: str = ""


@dataclass(slots=True, eq=False)
class _State:
    accepts: bool
    accepts_at_end: bool
    places: tuple[int, ...]
    following: "dict[str, _State]" = field(default_factory=dict)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def holds(kind: str, text: str, position: int) -> bool:
    """True when the assertion ``kind`` holds between two characters of ``text``."""
    if kind == "^":
        return position == 0
    if kind == "$":
        return position == len(text)
    before = position > 0 and _is_word(text[position - 1])
    after = position < len(text) and _is_word(text[position])
    match kind:
        case "\\b":
            return before != after
        case "\\B":
            return before == after
        case "\\<":
            return after and not before
        case "\\>":
            return before and not after
        case "word-start":
            return not before
        case "word-end":
            return not after
        case _:
            raise ValueError(f"no assertion is called {kind}")


class Automaton:
    """One compiled pattern. ``steps`` counts the work done, for tests and for charging time."""

    def __init__(self, program: list[Instruction], groups: int) -> None:
        self._program = program
        self._registers = 2 * (groups + 1)
        self._states: dict[tuple[int, ...], _State] = {}
        self._sights_words = any(i.op is Op.ASSERT and i.kind not in "^$" for i in program)
        self.steps = 0

    def matches(self, text: str) -> bool:
        """True when the pattern occurs anywhere in ``text``."""
        if self._sights_words:
            return self.search(text) is not None
        state = self._start()
        self.steps += 1
        for index, character in enumerate(text):
            if state.accepts:
                self.steps += index
                return True
            following = state.following.get(character)
            if following is None:
                following = self._follow(state, character, anywhere=True)
            state = following
        self.steps += len(text)
        return state.accepts or state.accepts_at_end

    def ends(self, text: str) -> list[int]:
        """Every position at which a match that begins at the start of ``text`` may end, in order.

        For patterns without assertions (those of the shell).
        """
        places = self._closure([0], "", 0)
        found: list[int] = []
        for position in range(len(text) + 1):
            if any(self._program[place].op is Op.MATCH for place in places):
                found.append(position)
            if position == len(text) or not places:
                break
            places = self._closure(self._take(places, text[position]), "", 1)
        return found

    def search(self, text: str, start: int = 0) -> tuple[int | None, ...] | None:
        """The leftmost match from ``start`` on, of those the longest.

        Returns the registers: start and end of the whole, then of each group (None where it took no part).
        """
        program = self._program
        best: list[int | None] | None = None
        threads: list[tuple[int, list[int | None]]] = []
        for position in range(start, len(text) + 1):
            seen = bytearray(len(program))
            current: list[tuple[int, list[int | None]]] = []
            for place, registers in threads:
                self._add(current, seen, place, registers, text, position)
            if best is None:
                self._add(current, seen, 0, [None] * self._registers, text, position)
            elif not current:
                break
            threads = []
            character = text[position] if position < len(text) else ""
            for place, registers in current:
                instruction = program[place]
                if instruction.op is Op.MATCH:
                    if best is None or _better(registers, best):
                        best = registers
                elif character and instruction.test is not None and instruction.test(character):
                    threads.append((place + 1, registers))
            if best is not None:
                first = best[0]
                threads = [thread for thread in threads if thread[1][0] is None or thread[1][0] == first]
                if not threads:
                    break
        return None if best is None else tuple(best)

    def _add(
        self,
        threads: list[tuple[int, list[int | None]]],
        seen: bytearray,
        place: int,
        registers: list[int | None],
        text: str,
        position: int,
    ) -> None:
        """Follow everything that takes no character, in order of preference."""
        stack = [(place, registers)]
        while stack:
            place, registers = stack.pop()
            if seen[place]:
                continue
            seen[place] = 1
            self.steps += 1
            instruction = self._program[place]
            match instruction.op:
                case Op.JUMP:
                    stack.append((instruction.x, registers))
                case Op.SPLIT:
                    stack.append((instruction.y, registers))
                    stack.append((instruction.x, registers))
                case Op.SAVE:
                    registers = list(registers)
                    registers[instruction.x] = position
                    stack.append((place + 1, registers))
                case Op.ASSERT:
                    if holds(instruction.kind, text, position):
                        stack.append((place + 1, registers))
                case _:
                    threads.append((place, registers))

    def _closure(self, places: list[int], ends: str, position: int) -> tuple[int, ...]:
        """Every place reachable without a character; ``ends`` says which of ``^$`` hold."""
        seen = bytearray(len(self._program))
        stack = list(places)
        found: list[int] = []
        while stack:
            place = stack.pop()
            if seen[place]:
                continue
            seen[place] = 1
            self.steps += 1
            instruction = self._program[place]
            match instruction.op:
                case Op.JUMP:
                    stack.append(instruction.x)
                case Op.SPLIT:
                    stack += (instruction.x, instruction.y)
                case Op.SAVE:
                    stack.append(place + 1)
                case Op.ASSERT:
                    if instruction.kind in ends or (instruction.kind == "^" and position == 0):
                        stack.append(place + 1)
                    elif instruction.kind == "$":
                        found.append(place)
                case _:
                    found.append(place)
        return tuple(sorted(found))

    def _take(self, places: tuple[int, ...], character: str) -> list[int]:
        taken = []
        for place in places:
            test = self._program[place].test
            if test is not None and test(character):
                taken.append(place + 1)
        return taken

    def _start(self) -> _State:
        return self._state(self._closure([0], "", 0), first=True)

    def _state(self, places: tuple[int, ...], first: bool = False) -> _State:
        key = (-1, *places) if first else places
        state = self._states.get(key)
        if state is None:
            if len(self._states) >= MAX_STATES:
                for old in self._states.values():
                    old.following.clear()
                self._states.clear()
            accepts = any(self._program[place].op is Op.MATCH for place in places)
            at_end = self._closure(list(places), "$", 0 if first else 1)
            accepts_at_end = any(self._program[place].op is Op.MATCH for place in at_end)
            state = self._states[key] = _State(accepts, accepts_at_end, places)
        return state

    def _follow(self, state: _State, character: str, anywhere: bool) -> _State:
        taken = self._take(state.places, character)
        if anywhere:
            taken.append(0)
        following = self._state(self._closure(taken, "", 1))
        if len(state.following) < MAX_STATES:
            state.following[character] = following
        return following


def _better(new: list[int | None], best: list[int | None]) -> bool:
    """True when ``new`` begins earlier, or begins at the same place and ends later."""
    assert new[0] is not None
    assert new[1] is not None
    assert best[0] is not None
    assert best[1] is not None
    return new[0] < best[0] or (new[0] == best[0] and new[1] > best[1])
