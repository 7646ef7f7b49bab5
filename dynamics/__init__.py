"""Gradient descent at the edge of stability: losses, rules, runs, flows and what is measured.

import dynamics
run = dynamics.simulate("parabolic-valley", "ngd", (1.8, 1.1), eta=0.1, steps=600)
dynamics.measure(run).sharpness
"""

import os

import jax

# Diffrax marks what it cannot integrate as NaN, which is what a failure is here, instead of raising
# from inside a compiled program; without those raises, compiled programs can be kept on disk.
os.environ.setdefault("EQX_ON_ERROR", "nan")

# XLA makes one kernel of a loop only where a turn of it touches less memory than this, and runs
# other loops piece by piece, at half a microsecond a turn. By default 1,024 bytes, which is less
# than two steps need. It is read when the first program is compiled, so before any import below.
os.environ["XLA_FLAGS"] = (
    os.environ.get("XLA_FLAGS", "")
    + " --xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1048576"
)

# XLA's pool of threads, by default one for each core. `eigh` of many matrices occupies one of them
# while it waits for others, so programs that run at once would wait for each other for ever; there
# must be more threads than can so wait. (The name is XLA's.) Read with the first program, too.
os.environ["NPROC"] = "64"

# The library below `eigh` shares out each matrix among threads of its own, which spin while they
# wait: beside any other load that takes a hundred times as long at d = 100, and gains nothing up to
# there. Read when the first program starts.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
jax.config.update("jax_enable_x64", True)

from dynamics.catalogue import LOSSES, RULES, find_loss, find_rule  # noqa: E402
from dynamics.losses.quadratic import quadratic  # noqa: E402
from dynamics.measures import Extras, Measures, measure, measure_extras  # noqa: E402
from dynamics.phases import eigengap_closes  # noqa: E402
from dynamics.simulate import MAX_STEPS, Outcome, Run, simulate, window  # noqa: E402
from dynamics.sweep import Fate, Sweep, sweep  # noqa: E402
from dynamics.types import Branch, Domain, Loss, Rule  # noqa: E402
from dynamics.warmup import InvariantSets, held_from, invariant_sets  # noqa: E402

__all__ = [
    "LOSSES",
    "MAX_STEPS",
    "RULES",
    "Branch",
    "Domain",
    "Extras",
    "Fate",
    "InvariantSets",
    "Loss",
    "Measures",
    "Outcome",
    "Rule",
    "Run",
    "Sweep",
    "eigengap_closes",
    "find_loss",
    "find_rule",
    "held_from",
    "invariant_sets",
    "measure",
    "measure_extras",
    "quadratic",
    "simulate",
    "sweep",
    "window",
]
