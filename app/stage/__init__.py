"""The stage: runs, the panels that show them, and the controls beside them."""
