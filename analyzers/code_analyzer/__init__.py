"""Reads DAG source: the DAG model, the rules, the judge."""
