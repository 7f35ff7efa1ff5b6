"""The outside world: one module per address scheme."""
