"""Looks at files in several processes; what comes out is the same as in one."""
