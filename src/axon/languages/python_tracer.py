"""Records which functions of a tree call which, in whatever interpreter runs it: a copy is its `sitecustomize`.

What flows in: `AXON_TRACE_ROOT`, the tree, and `AXON_TRACE_OUT`, a folder. What flows out: one file a process, a line
of JSON for each place that called and what it called. It imports nothing of Axon's and runs on Python 3.8 and later.

`sys.monitoring` (3.12) is told to leave code outside the tree alone after its first call; elsewhere `sys.setprofile` is
called for every function.
"""

from __future__ import annotations

import atexit
import dis
import json
import os
import sys
import threading
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = os.path.join(os.path.realpath(os.environ.get("AXON_TRACE_ROOT", "")), "")
_OUT = os.environ.get("AXON_TRACE_OUT", "")
_SUSPENDS = 0x20 | 0x80 | 0x200  # generators, coroutines and asynchronous generators
_OWN_NAMES = 0x2  # code without it is the body of a class or module
_HIDDEN = ("<lambda>", "<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>", "<module>")
_FIRST = 16  # bytes of code before which a generator has not been suspended yet
_NAME = "axon"
_MONITORING: Any = getattr(sys, "monitoring", None)

_known: dict[int, bool] = {}  # id of code -> whether it lies in the tree
_codes: dict[int, CodeType] = {}  # id of code -> code: keeps it alive, so that no other gets its id
_calls: dict[
    tuple[int, int, int], int
] = {}  # (id of calling code, byte of its instruction, id of called code) -> how often


def _learn(code: CodeType) -> bool:
    path = code.co_filename
    path = path if os.path.isabs(path) else os.path.abspath(path)
    is_file = not code.co_filename.startswith("<")
    is_inside = is_file and os.path.realpath(path).startswith(_ROOT) and "site-packages" not in path
    _codes[id(code)] = code
    _known[id(code)] = is_inside
    return is_inside


def _is_own(code: CodeType) -> bool:
    known = _known.get(id(code))
    return _learn(code) if known is None else known


def _note(frame: FrameType, code: CodeType) -> None:
    if code.co_flags & _SUSPENDS and frame.f_lasti > _FIRST:
        return
    back = frame.f_back
    if back is not None and _is_own(back.f_code):
        key = (id(back.f_code), back.f_lasti, id(code))
        _calls[key] = _calls.get(key, 0) + 1


def _profile(frame: FrameType, event: str, argument: object) -> None:
    if event == "call":
        code = frame.f_code
        known = _known.get(id(code))
        if known or (known is None and _learn(code)):
            _note(frame, code)


def _started(code: CodeType, offset: int) -> object:
    known = _known.get(id(code))
    if known or (known is None and _learn(code)):
        _note(sys._getframe(1), code)  # noqa: SLF001  nothing else tells the frame that begins
        return None
    return _MONITORING.DISABLE


def _rows() -> Iterator[dict[str, Any]]:
    instructions: dict[int, dict[int, dis.Instruction]] = {}
    for (caller, at, callee), count in list(_calls.items()):
        code, called = _codes[caller], _codes[callee]
        if called.co_name in _HIDDEN or not called.co_flags & _OWN_NAMES:
            continue
        if caller not in instructions:
            instructions[caller] = {step.offset: step for step in dis.get_instructions(code)}
        step = instructions[caller].get(at)
        position = _position(code, at)
        yield {
            "caller": [os.path.relpath(os.path.realpath(code.co_filename), _ROOT), code.co_firstlineno, code.co_name],
            "callee": [
                os.path.relpath(os.path.realpath(called.co_filename), _ROOT),
                called.co_firstlineno,
                called.co_name,
            ],
            "at": position,
            "is_call": step is None or "CALL" in step.opname,
            "count": count,
        }


def _position(code: CodeType, at: int) -> list[int]:
    """First line, last line, first and last column of an instruction; columns are -1 where they are not kept."""
    if hasattr(code, "co_positions"):
        line, end_line, column, end_column = list(code.co_positions())[at // 2]
        return [
            line or 0,
            end_line or line or 0,
            -1 if column is None else column,
            -1 if end_column is None else end_column,
        ]
    line = code.co_firstlineno
    for start, found in dis.findlinestarts(code):
        if start > at:
            break
        line = found
    return [line, line, -1, -1]


def _write() -> None:
    _stop()
    if not _calls:
        return
    path = os.path.join(_OUT, f"{os.getpid()}-{threading.get_ident()}.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        for row in _rows():
            file.write(json.dumps(row) + "\n")


def _begin() -> None:
    if _MONITORING is not None:
        own = _MONITORING
        number = next((n for n in (4, 3, 5) if own.get_tool(n) is None), None)
        if number is not None:
            own.use_tool_id(number, _NAME)
            own.register_callback(number, own.events.PY_START, _started)
            own.set_events(number, own.events.PY_START)
            return
    sys.setprofile(_profile)
    threading.setprofile(_profile)


def _stop() -> None:
    if _MONITORING is not None:
        for number in (3, 4, 5):
            if _MONITORING.get_tool(number) == _NAME:
                _MONITORING.free_tool_id(number)
    sys.setprofile(None)


def _chain() -> None:
    """Run the `sitecustomize` that this copy hides."""
    here = os.path.dirname(os.path.abspath(__file__))
    for folder in sys.path:
        path = os.path.join(folder, "sitecustomize.py")
        if os.path.abspath(folder or ".") != here and os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                exec(compile(file.read(), path, "exec"), {"__name__": "sitecustomize", "__file__": path})
            return


if _OUT and __name__ == "sitecustomize":
    _chain()
    atexit.register(_write)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_calls.clear)
    _begin()
