"""Runs as resources: the page's own numbers, and files."""
