"""How programs are compiled: what a process sets before its first, what short ones are spared, and
how all are let go of.

Compiling is most of the time of a first picture. XLA's older emitters and fewer passes of LLVM take
a third less of it and round as the others do; loops that run for long are worth the whole.
"""

import gc
import os
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

import jax

# XLA lost its older emitters with JAX 0.11.1, and knows the word no more.
OLDER = {"xla_cpu_use_fusion_emitters": False} if jax.__version_info__ < (0, 11, 1) else {}
QUICK = OLDER | {"xla_llvm_disable_expensive_passes": True}

# A third to half of that again, for code that is up to five times slower where it takes many rows
# side by side, and hardly slower where it follows one point.
AT_ONCE = QUICK | {"xla_backend_optimization_level": 0}

# For which rules, and what else, programs have been compiled, by the family of a loss.
AHEAD: WeakKeyDictionary[Any, set] = WeakKeyDictionary()

# XLA makes one kernel of a loop only where a turn of it touches less memory than this, and runs
# other loops piece by piece, at half a microsecond a turn. By default 1,024 bytes, which is less
# than two steps need.
LOOPS = "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1048576"


def prepare_process() -> None:
    """Set what XLA and its libraries read from the environment when the first program is compiled.

    For programs to call first of all; importing `dynamics` changes no environment variable. Without
    it everything works, but long runs take up to twenty times as long.
    """
    if LOOPS not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {LOOPS}".strip()
    # The library below `eigh` shares out each matrix among threads of its own, which spin while
    # they wait: beside any other load that takes a hundred times as long at d = 100, and gains
    # nothing up to there.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def quickly(function: Callable, *, static_argnames: tuple[str, ...] = ()):
    """`jax.jit` for a program that runs for milliseconds."""
    return jax.jit(function, static_argnames=static_argnames, compiler_options=QUICK)


def at_once(function: Callable, *, static_argnames: tuple[str, ...] = ()):
    """`jax.jit` for a program that follows one point for milliseconds."""
    return jax.jit(function, static_argnames=static_argnames, compiler_options=AT_ONCE)


def side_by_side(what: tuple[Hashable, ...], *tasks: Callable[[], Any]) -> list[Any]:
    """What each of some tasks returns.

    Compiling leaves Python alone, so the first time for a loss's family and whatever else, `what`,
    they run on threads; later one after another, which takes less where little is to be done.
    """
    family, *others = what
    known = AHEAD.setdefault(family, set())
    if tuple(others) in known:
        return [task() for task in tasks]
    with ThreadPoolExecutor(len(tasks)) as threads:
        found = [work.result() for work in [threads.submit(task) for task in tasks]]
    known.add(tuple(others))
    return found


def let_go_of_programs() -> None:
    """All that JAX has compiled. Those that run just now run on, and others are compiled again."""
    AHEAD.clear()
    jax.clear_caches()
    gc.collect()
