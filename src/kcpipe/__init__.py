"""kcpipe."""
