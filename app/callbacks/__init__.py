"""Who hears what; bodies of a few lines."""
