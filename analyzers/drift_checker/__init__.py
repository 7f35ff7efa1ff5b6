"""drift_checker: what slowly changes over the nights, by a permutation test against pinned ones."""
