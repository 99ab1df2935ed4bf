"""`python -m kcpipe` is the console script."""

from kcpipe.cli import main

main()
