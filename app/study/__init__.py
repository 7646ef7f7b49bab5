"""The study: the theorem on a network that fits data."""
