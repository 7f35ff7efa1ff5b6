"""The dashboard: reads reports, writes nothing."""
