"""The losses, as records; one file a family."""
