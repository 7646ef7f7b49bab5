"""Gradient descent at the edge of stability: losses, rules, runs, flows and what is measured.

import dynamics
run = dynamics.simulate("parabolic-valley", "ngd", (1.8, 1.1), eta=0.1, steps=600)
dynamics.measure(run).sharpness

Importing it makes JAX compute in 64 bits in the whole process (`jax_enable_x64`), which the last
digits of a bounce need; arrays of a program that counts on 32 must then say so. It changes nothing
else outside itself: what XLA reads from the environment is set by `prepare_process` alone.
"""

from dynamics.assumptions import Broken, broken
from dynamics.catalogue import LOSSES, RULES, find_loss, find_rule
from dynamics.chunk import Sweep
from dynamics.comparison import Comparison, show
from dynamics.compilation import prepare_process
from dynamics.fates import Fate
from dynamics.forks import Fork
from dynamics.formulas import fitted, formula
from dynamics.gallery import GALLERY
from dynamics.losses.quadratic import quadratic
from dynamics.measures import Extras, Measures, measure, measure_extras
from dynamics.phases import eigengap_closes
from dynamics.rod import Rod, course_beside, rod_along
from dynamics.rounding import parted_from
from dynamics.simulate import MAX_STEPS, Outcome, Run, simulate, window
from dynamics.spelling import FormulaError
from dynamics.sweep import sweep
from dynamics.types import Branch, Conserved, Domain, Flow, Loss, Parameter, Rule, Scene, Slope
from dynamics.version import VERSION
from dynamics.warmup import InvariantSets, held_from, invariant_sets

__all__ = [
    "GALLERY",
    "LOSSES",
    "MAX_STEPS",
    "RULES",
    "VERSION",
    "Branch",
    "Broken",
    "Comparison",
    "Conserved",
    "Domain",
    "Extras",
    "Fate",
    "Flow",
    "Fork",
    "FormulaError",
    "InvariantSets",
    "Loss",
    "Measures",
    "Outcome",
    "Parameter",
    "Rod",
    "Rule",
    "Run",
    "Scene",
    "Slope",
    "Sweep",
    "broken",
    "course_beside",
    "eigengap_closes",
    "find_loss",
    "find_rule",
    "fitted",
    "formula",
    "held_from",
    "invariant_sets",
    "measure",
    "measure_extras",
    "parted_from",
    "prepare_process",
    "quadratic",
    "rod_along",
    "show",
    "simulate",
    "sweep",
    "window",
]
