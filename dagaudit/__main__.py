"""`python -m dagaudit`: the same as the `dagaudit` command."""

from dagaudit.cli import main

main()
