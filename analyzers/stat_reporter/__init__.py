"""Numbers of every DAG: its structure and how its runs went."""
