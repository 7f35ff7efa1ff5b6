"""The rules: one file each, found by the registry, named after what is wrong."""
