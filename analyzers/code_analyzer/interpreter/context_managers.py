"""Context managers that the bundle defines as generators: code up to `yield`, the block, code after it."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from analyzers.code_analyzer.interpreter.functions import run_body
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.values import Const, Function, Symbol, Value

_MARKS = {"contextlib.contextmanager"}


@dataclass(slots=True, eq=False)
class GeneratorContext(Value):
    """A call of a function under @contextmanager that was not entered yet."""

    function: Function
    inner: Scope


@dataclass(slots=True, eq=False)
class ExitStack(Value):
    """`contextlib.ExitStack()`: what it entered, to be left in the opposite order."""

    entered: list[Value] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """The block of a `with`, run where the generator yields."""

    run: Callable[[Value], int]
    ended: int | None = None
    """How it ended; None while it did not run."""


def is_context_manager(function: Function) -> bool:
    """Whether a function stands under @contextmanager."""
    return any(isinstance(mark, Symbol) and mark.name in _MARKS for mark in function.decorators)


def run_generator(scope: Scope, node: ast.AST, context: GeneratorContext, block: Block) -> int:
    """Run the generator with the block in it; how the block ended."""
    machine = scope.machine
    machine.yielded.append(block)
    try:
        run_body(scope, node, context.function, context.inner)
    finally:
        machine.yielded.remove(block)
    if block.ended is None:
        text = f"whether {context.function.name}() yields to its block is not known"
        machine.note(machine.dag, node, text, scope.file)
        return block.run(Const(None, node=node, file=scope.file))
    return block.ended


def yield_to(scope: Scope, node: ast.AST, block: Block, value: Value) -> None:
    """Run the block at a `yield`; a second `yield` is one too many."""
    machine = scope.machine
    if block.ended is not None:
        machine.note(machine.dag, node, "a context manager yields more than once", scope.file)
        return
    # While the block runs, a `yield` in it is that of the function around it.
    position = machine.yielded.index(block)
    inner, machine.yielded = machine.yielded[position:], machine.yielded[:position]
    block.ended = 0
    try:
        block.ended = block.run(value)
    finally:
        machine.yielded += inner
