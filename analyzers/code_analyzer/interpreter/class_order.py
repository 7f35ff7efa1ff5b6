"""The order in which Python looks for names in the bases of a class."""

from analyzers.code_analyzer.values import Symbol, Value


def linear(ways: list[list[Value]]) -> list[Value]:
    """The C3 merge of several orders; where they contradict each other, one after the other."""
    order: list[Value] = []
    ways = [way for way in ways if way]
    while ways:
        heads = [way[0] for way in ways]
        free = next(
            (head for head in heads if not any(_is_in(head, way[1:]) for way in ways)),
            heads[0],
        )
        order.append(free)
        rest = [[one for one in way if not _same_class(one, free)] for way in ways]
        ways = [way for way in rest if way]
    return order


def _is_in(head: Value, way: list[Value]) -> bool:
    return any(_same_class(head, other) for other in way)


def _same_class(first: Value, second: Value) -> bool:
    return first is second or (
        isinstance(first, Symbol) and isinstance(second, Symbol) and first.name == second.name
    )
