"""The tree of templates, after Drain: by number of tokens, by first token, then by similarity."""

from dataclasses import dataclass, field

ANY = "<*>"
SIMILARITY = 0.4
MAX_FIRST_TOKENS = 100


@dataclass(slots=True)
class Group:
    """Lines that one statement wrote; its tokens grow more general as lines join."""

    tokens: list[str]
    number: int
    example: str = ""


@dataclass(slots=True)
class Tree:
    """Finds or makes the group of a masked line."""

    groups: list[Group] = field(default_factory=list)
    _leaves: dict[tuple[int, str], list[Group]] = field(default_factory=dict)
    _first_tokens: dict[int, set[str]] = field(default_factory=dict)

    def group_of(self, masked: str) -> Group:
        """The group that the line belongs to, made more general where it must be."""
        tokens = masked.split()
        leaf = self._leaf(tokens)
        best, best_rank = None, (SIMILARITY, -1)
        for group in leaf:
            rank = _likeness(group.tokens, tokens)
            if rank > best_rank or (best is None and rank[0] >= SIMILARITY):
                best, best_rank = group, rank
        if best is None:
            best = Group(tokens, len(self.groups))
            self.groups.append(best)
            leaf.append(best)
        elif best.tokens != tokens:
            pairs = zip(best.tokens, tokens, strict=True)
            best.tokens = [old if old == new else ANY for old, new in pairs]
        return best

    def _leaf(self, tokens: list[str]) -> list[Group]:
        length = len(tokens)
        first = tokens[0] if tokens else ""
        known = self._first_tokens.setdefault(length, set())
        if first not in known:
            # A first token that holds a number, or one of too many, is a value and no word of the statement.
            if any(map(str.isdigit, first)) or len(known) >= MAX_FIRST_TOKENS:
                first = ANY
            else:
                known.add(first)
        return self._leaves.setdefault((length, first), [])


def _likeness(template: list[str], tokens: list[str]) -> tuple[float, int]:
    """The share of equal tokens, and how many of the template's are open."""
    if not tokens:
        return 1.0, 0
    equal = sum(map(str.__eq__, template, tokens))
    open_tokens = template.count(ANY)
    return equal / len(tokens), open_tokens
