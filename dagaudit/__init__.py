"""The shared language of DagAudit: what all its parts say to each other."""

__version__ = "0.1.0"
