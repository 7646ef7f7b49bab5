"""Formulas to start from: nets and factorisations of the literature, famous surfaces, and what
each shows, also those that have no valley.

[ALP22] Arora, Li, Panigrahi, arXiv 2205.09745 · [ZWWZG22] Zhu, Wang, Wang, Zhou, Ge, arXiv
2210.03294 · [DNL22] Damian, Nichani, Lee, arXiv 2209.15594 · [LLA22] Lyu, Li, Arora, arXiv
2206.07085 · [SMG14] Saxe, McClelland, Ganguli, arXiv 1312.6120 · [CLS15] Candès, Li,
Soltanolkotabi, Phase retrieval via Wirtinger flow, IEEE Trans. Inf. Theory 61, 2015 · [JY13] Jamil
and Yang, A literature survey of benchmark functions, 2013 · [SHNGS18] Soudry and others, arXiv
1710.10345.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A formula to start from.

    Attributes:
        name: what it is called.
        text: the formula with its parameters.
        source: the work it is from, or whose surface it is.
        look_for: what it shows; where it has no valley, what that teaches.
        rule, eta, start, steps, noise: a run that shows it.
    """

    name: str
    text: str
    source: str
    look_for: str
    rule: str
    eta: float
    start: tuple[float, ...]
    steps: int
    noise: float = 0.0


GALLERY: tuple[Example, ...] = (
    Example(
        "A ring with two flat places",
        "(x^2+y^2-1)^2*(1+x^2)",
        "[ALP22], in its spirit",
        "The wall is steepest left and right. The bounce drifts along the ring to the top or the "
        "bottom, whichever is nearer downhill.",
        rule="ngd",
        eta=0.05,
        start=(1.15, 0.35),
        steps=4000,
    ),
    Example(
        "A deep linear network",
        "½(1 − x₁x₂x₃x₄)²",
        "[SMG14], [ZWWZG22]",
        "Four weights in a row, whose product is to be 1. The flattest of all factorisations has "
        "four equal weights: the drift balances the layers.",
        rule="ngd",
        eta=0.05,
        start=(1.6, 1.2, 0.8, 0.5),
        steps=3000,
    ),
    Example(
        "An uneven product",
        "½(1 − x²y)²",
        "[ZWWZG22], a relative of its minimalist example",
        "One weight is used twice, so the two are not balanced alike: λ₁ = 4x²y² + x⁴ is least at "
        "x = 2^(1/6).",
        rule="ngd",
        eta=0.05,
        start=(0.75, 1.7),
        steps=4000,
    ),
    Example(
        "Two layers without ReLU",
        "½(1 − x₁x₃ − x₂x₄)²",
        "[SMG14]",
        "Two hidden neurons and one datum: Γ has three dimensions, and λ₁ on it is ‖x‖². The drift "
        "makes all weights small and the layers equally large.",
        rule="ngd",
        eta=0.05,
        start=(1.6, 0.4, 0.7, 0.3),
        steps=3000,
    ),
    Example(
        "Two layers and two data",
        "¼((x₁x₅ + x₂x₆ − 1)² + ((x₁ + ½x₃)x₅ + (x₂ + ½x₄)x₆ + ½)²)",
        "[SMG14]",
        "Six weights fit two data, so the walls have two directions. The bounce keeps to the "
        "steeper, and θ shows how well.",
        rule="ngd",
        eta=0.03,
        start=(1.2, 0.5, -2.0, -1.0, 0.9, 0.5),
        steps=4000,
    ),
    Example(
        "Matrix factorisation",
        "½((x₁x₃ − 2)² + (x₁x₄ − 1)² + (x₂x₃ − 1)² + (x₂x₄ − ½)²)",
        "[ALP22], the rank-one case",
        "A matrix of rank 1 as uvᵀ: λ₁ on Γ is ‖u‖² + ‖v‖², least where the two are equally long.",
        rule="ngd",
        eta=0.05,
        start=(2.4, 1.1, 0.9, 0.4),
        steps=3000,
    ),
    Example(
        "Rotations",
        "¼((x₁² + x₂² − 1)² + 2(x₁x₃ + x₂x₄)² + (x₃² + x₄² − 1)²)",
        "symmetric factorisation XXᵀ = 1",
        "Γ is the circle of rotations, and all are equally sharp: the iterates bounce and nothing "
        "drifts. A symmetry of L is one of λ₁.",
        rule="ngd",
        eta=0.05,
        start=(1.1, 0.5, -0.4, 1.0),
        steps=1000,
    ),
    Example(
        "Phase retrieval",
        "¼((x² − 1)² + (y² − 1)² + ½((x + y)² − 4)²)",
        "[CLS15], with three measurements",
        "The data leave a sign open and nothing else: two single minima, no valley. NGD ends in a "
        "2-cycle of length η about one of them.",
        rule="ngd",
        eta=0.1,
        start=(1.6, 0.4),
        steps=400,
    ),
    Example(
        "One neuron",
        "½(y tanh(x) − a)²; a = 0.5 in [0.2, 0.9]",
        "a neuron and its weight",
        "Γ is the curve y = a/tanh x. A small input weight asks for a large output weight, and the "
        "reverse costs nothing: the flattest place is where tanh is half bent.",
        rule="ngd",
        eta=0.05,
        start=(0.35, 1.9),
        steps=4000,
    ),
    Example(
        "A saddle for a floor",
        "½(z − xy)²",
        "a surface in space",
        "The valley is the surface z = xy with λ₁ = 1 + x² + y²: from every side the drift runs to "
        "the saddle point in the middle, which for λ₁ is a minimum.",
        rule="ngd",
        eta=0.05,
        start=(1.3, -0.9, -0.7),
        steps=3000,
    ),
    Example(
        "A sphere with a flat belt",
        "½(1 + x²)(x² + y² + z² − 1)²",
        "a surface in space",
        "λ₁ = 4(1 + x²) on the sphere: the drift leads from the poles of the x-axis to the circle "
        "x = 0 and stops there, where λ₁ is least along a whole curve.",
        rule="ngd",
        eta=0.05,
        start=(0.95, 0.5, 0.3),
        steps=3000,
    ),
    Example(
        "A loss that does not feel scale",
        "½ exp(x/‖(x, y)‖) z²/(x² + y²)",
        "[LLA22], as with normalisation layers",
        "λ₁ falls with the square of the distance from the axis, so the drift leads outwards for "
        "ever, and round to where the cosine is least. Weight decay would hold it back.",
        rule="ngd",
        eta=0.05,
        start=(0.9, 0.6, 0.2),
        steps=3000,
    ),
    Example(
        "Self-stabilization",
        "½(s + y)x² + ½c(y − z)² + ½k(z − f)²; "
        "s = 10 in [1, 20], c = 1 in [0.2, 2], k = 0.02 in [0, 0.2], f = 60 in [5, 80]",
        "[DNL22]",
        "GD sharpens until λ₁ = 2/η = 40, oscillates along x, and that very oscillation lowers y, "
        "and λ₁ with it: it stays at the edge.",
        rule="gd",
        eta=0.05,
        start=(0.001, 0.0, 5.0),
        steps=2500,
        noise=1e-7,
    ),
    Example(
        "Rosenbrock’s banana",
        "(1 − x)² + 100(y − x²)²",
        "Rosenbrock 1960, [JY13]",
        "The floor looks like a valley but slopes, a little, to the single minimum (1, 1). NGD "
        "bounces between the walls and is led by that slope, not by sharpness.",
        rule="ngd",
        eta=0.05,
        start=(-1.2, 1.0),
        steps=800,
    ),
    Example(
        "Himmelblau’s four bowls",
        "(x² + y − 11)² + (x + y² − 7)²",
        "Himmelblau 1972, [JY13]",
        "Four single minima with different curvatures. GD with a large step cannot rest in the "
        "sharp ones: 2/η decides which bowls are open.",
        rule="gd",
        eta=0.02,
        start=(0.5, 0.5),
        steps=200,
    ),
    Example(
        "Beale’s corners",
        "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
        "Beale 1958, [JY13]",
        "Flat plains with steep corners and one minimum, (3, ½). A step of fixed length crosses "
        "the plain at one speed; GD creeps there and leaps at the corners.",
        rule="ngd",
        eta=0.05,
        start=(1.0, 1.5),
        steps=400,
    ),
    Example(
        "Booth’s bowl",
        "(x + 2y − 7)² + (2x + y − 5)²",
        "[JY13]",
        "A quadratic: the Hessian is the same everywhere, so no place is flatter than another and "
        "the edge is a number, η = 2/λ₁ = 1/9.",
        rule="gd",
        eta=0.108,
        start=(2.0, 0.5),
        steps=200,
    ),
    Example(
        "Mexican hat",
        "(x² + y²)² − x² − y²",
        "the potential of a broken symmetry",
        "Its least value is −¼, all round a ring that is equally sharp everywhere: the bounce "
        "stays where it arrived. What moves along Γ is only what λ₁ tells apart.",
        rule="ngd",
        eta=0.05,
        start=(0.9, 0.6),
        steps=1000,
    ),
    Example(
        "Monkey saddle",
        "x³ − 3xy²",
        "a saddle for two legs and a tail",
        "L falls without end in three directions, so there is no minimum, no Γ and no √L. GD "
        "leaves the faster the further it is; NGD leaves by η a step.",
        rule="ngd",
        eta=0.05,
        start=(-0.6, 0.05),
        steps=100,
    ),
    Example(
        "Where two valleys cross",
        "½x²y²",
        "a linear network that is to learn 0",
        "Γ is both axes, and at their crossing the Hessian vanishes: there the rank changes and "
        "the theorem ends. The drift runs right towards it.",
        rule="ngd",
        eta=0.05,
        start=(1.5, 0.5),
        steps=3000,
    ),
    Example(
        "An astroid",
        "½(cbrt(x)² + cbrt(y)² − 1)²",
        "a curve with cusps",
        "Smooth arcs between four cusps where L has no gradient. The arcs are flattest near their "
        "middle; what happens at a cusp the theorem does not say.",
        rule="ngd",
        eta=0.02,
        start=(0.75, 0.25),
        steps=3000,
    ),
    Example(
        "Classes that are apart",
        "ln(1 + exp(−xy))",
        "[SHNGS18], logistic loss on data that can be separated",
        "L comes down to 0 only at infinity: the weights grow for ever, ever more slowly under GD. "
        "There are no minimisers to drift along.",
        rule="gd",
        eta=0.5,
        start=(1.5, 0.3),
        steps=500,
    ),
)
"""In the order of the page."""
