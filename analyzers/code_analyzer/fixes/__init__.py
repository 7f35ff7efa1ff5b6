"""Mends what the rules find: edits of the source that are kept only where the DAGs stay what they were."""
