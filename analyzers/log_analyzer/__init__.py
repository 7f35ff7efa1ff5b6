"""Reads task logs: attempts, signatures, fingerprints, causes."""
