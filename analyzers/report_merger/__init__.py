"""Sections into one report: manifest, tables, HTML."""
