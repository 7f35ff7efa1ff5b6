"""run_all: a plan, the analyzers one by one, and the report."""
