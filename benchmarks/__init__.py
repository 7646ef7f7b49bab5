"""The numbers to reach, measured: python -m benchmarks [name ...] prints a Markdown table."""
