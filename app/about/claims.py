"""What Edgewalk claims: each statement with its assumptions, its source and the tests that hold it.

Tests are named as pytest names them, from the folder `tests` on; sources by the tags of `WORKS`.
"""

from typing import NamedTuple


class Claim(NamedTuple):
    """One statement, in words for the page."""

    name: str
    states: str
    assumes: str
    source: str
    tests: tuple[str, ...]
    remark: str = ""


SMOOTH = (
    "L is four times differentiable, its Hessian has one and the same rank on Γ, λ₁ > λ₂ along the"
    " flow, and η is small."
)

CLAIMS = (
    Claim(
        "Normalized GD drifts to where the valley is flatter",
        (
            "On the clock τ = η²t the iterates follow dX/dτ = −¼ P⊥∇ log λ₁(X) along Γ, from X(0) "
            "= Φ(x₀). P⊥ projects on the directions along Γ, Φ(x) is where gradient flow from x "
            "ends."
        ),
        SMOOTH,
        "ALP22, Phase II",
        (
            "dynamics/test_edge.py::test_the_run_tracks_the_flow",
            "dynamics/test_laws.py::test_reference_numbers",
            "dynamics/test_flows.py::test_the_flow_obeys_its_law_along_a_branch",
        ),
        (
            "On L = ½λ(x)y² it can be seen by hand: a bounce has mean |y| = η/2 and moves x by "
            "−η|y|λ′/(2λ) a step, hence by −¼η²(log λ)′."
        ),
    ),
    Claim(
        "GD on √L drifts too",
        "On the same clock its iterates follow dX/dτ = −⅛ P⊥∇λ₁(X).",
        SMOOTH + " The least loss is 0.",
        "ALP22, Phase II",
        (
            "dynamics/test_edge.py::test_the_run_tracks_the_flow",
            "dynamics/test_laws.py::test_figure_1_of_the_paper",
            "dynamics/test_flows.py::test_the_closed_form_is_what_the_solver_finds",
        ),
        (
            "By hand: a bounce has mean |y| = (η/2)√(λ/2) and moves x by −η|y|λ′/(2√(2λ)), hence "
            "by −⅛η²λ′."
        ),
    ),
    Claim(
        "A lopsided bounce of normalized GD grows more so as sharpness falls",
        (
            "Let A be how far the middle of the bounce is off Γ, in half bounces. At the edge A√λ₁ "
            "stays what it is, until |A| = 1: from then on every second iterate lies on Γ, and the "
            "run is the cycle {0, ±η}."
        ),
        SMOOTH + " One direction across the valley.",
        "derived here",
        (
            "dynamics/test_lopsided.py::test_normalized_gd_keeps_its_lopsidedness_times_root_sharpness",
            "dynamics/test_lopsided.py::test_one_wall_becomes_the_floor_where_the_law_says",
        ),
        (
            "By hand: a step is η(1 − a²s²/2) long across the valley, a = ½|P⊥∇ log λ₁|, so that "
            "dA/dτ = ⅛|P⊥∇ log λ₁|²A, while log λ₁ falls by ¼|P⊥∇ log λ₁|²."
        ),
    ),
    Claim(
        "How many bounces of normalized GD become lopsided for good",
        (
            "Of runs that land at all phases of the bounce, the share 1 − √(λ₁/λ₁⁰) has |A| = 1, "
            "λ₁⁰ being the sharpness where they landed and λ₁ where they are."
        ),
        SMOOTH + " One direction across the valley. A is as likely to be anything when they land.",
        "derived here",
        ("dynamics/test_crowd.py::test_the_share_of_lopsided_bounces_is_that_of_the_phases",),
        (
            "No single run says it; a crowd does. The lab draws the share that is measured (|A| ≥ "
            "0.99) beside the law."
        ),
    ),
    Claim(
        "The bounce of GD on √L keeps its lopsidedness, or sweeps",
        (
            "Where the walls are even A stays what it is. Where they are not it changes by "
            "−2κ₃η√(λ₁/2) every two steps, κ₃ = ∇³L[v₁,v₁,v₁]/(3λ₁), from one end to the other "
            "and back."
        ),
        SMOOTH + " One direction across the valley. The least loss is 0.",
        "derived here",
        ("dynamics/test_lopsided.py::test_gd_on_the_root_keeps_its_lopsidedness_or_sweeps",),
    ),
    Claim(
        "The gap to the flow is at most of the order of η",
        "‖Φ(xₜ) − X(η²t)‖ = O(η) for t up to T/η².",
        SMOOTH,
        "ALP22, Phase II",
        (
            "dynamics/test_edge.py::test_the_run_tracks_the_flow",
            "dynamics/test_rate.py::test_the_gap_shrinks_with_the_step_size",
            "dynamics/test_rate.py::test_the_slope",
            "dynamics/test_rate.py::test_where_walls_are_uneven_the_gap_goes_with_lopsidedness",
        ),
        (
            "This is a bound. One run's gap is a lottery, so the lab measures many at each η, that "
            "land at other phases of the bounce. Their largest shrinks like η for NGD where the "
            "walls are uneven, in proportion to ηA, and faster where they are even; like η² for "
            "GD on √L."
        ),
    ),
    Claim(
        "A loss that neither falls nor rises forces the edge",
        (
            "Of a step sₜ = −ηₜ∇L the curvature along it is κₜ = 2(Lₜ₊₁ − Lₜ)/‖sₜ‖² + 2/ηₜ, so "
            "that it lowers L where κₜ < 2/ηₜ. Over any steps Σ‖s‖²κ / Σ‖s‖²·2/η is 1 + 2(L at "
            "the end − L at first) / Σ‖s‖²·2/η: below 1 where L has fallen, 1 where it hangs. At "
            "the edge κₜ is λ₁ at each step, while 2/ηₜ alternates around it; of √L, by its own "
            "step η, ηκ alternates with mean 2."
        ),
        "None but that the rule goes along −∇L: any loss, any number of parameters, from step 0.",
        "an identity; Litman 2026 has the two-point function behind it",
        (
            "dynamics/test_ledgers.py::test_the_curvature_of_a_step_is_its_integral",
            "dynamics/test_ledgers.py::test_the_two_numbers_that_meet",
            "dynamics/test_ledgers.py::test_the_root_in_its_own_terms",
            "dynamics/test_ledgers.py::test_a_step_lowers_the_loss_where_it_bends_less_than_the_threshold",
            "dynamics/test_ledgers.py::test_the_balance_is_of_all_steps",
        ),
        (
            "κ is an integral of sᵀ∇²L s along the step, 2∫(1 − u) du of it over ‖s‖², and takes "
            "two losses and a length to know."
        ),
    ),
    Claim(
        "What gradient flow conserves, a step changes by an exact factor or term",
        (
            "On the hyperbola c = x² − y² becomes c(1 − ηₜ²(1 − xy)²) with every step: for "
            "normalized GD c(1 − η²/‖x‖²), for GD on √L c(1 − ½η²), for GD a factor that comes to "
            "1 as it settles. Products of three and four factors and ‖u‖² − ‖w‖² of the rank-one "
            "matrix have theirs. The limiting flow is what is left of them as η → 0."
        ),
        "None but that the rule goes along −∇L.",
        "by hand",
        (
            "dynamics/test_ledgers.py::test_factors_are_what_a_step_does",
            "dynamics/test_ledgers.py::test_the_ledger_of_the_root_is_a_power",
            "dynamics/test_ledgers.py::test_the_terms_that_a_person_reads_are_those",
            "dynamics/test_ledgers.py::test_gradient_flow_keeps_it",
            "dynamics/test_ledgers.py::test_the_flow_of_it_is_the_closed_form",
        ),
    ),
    Claim(
        "Two thresholds in a row have λ₁ as their mean",
        (
            "With Sₜ = ηₜλ₁(∇²L(xₜ)) both rules come to 1/Sₜ + 1/Sₜ₊₁ = 1, so the mean of 2/ηₜ "
            "over two steps is λ₁."
        ),
        SMOOTH + " The run is at the edge and has aligned: what is left is O(θₜ + η).",
        "ALP22 for normalized GD; for √L derived here, and measured",
        (
            "dynamics/test_edge.py::test_the_mean_of_two_thresholds_is_the_sharpness",
            "dynamics/test_edge.py::test_the_bounce_spans_the_valley",
        ),
        "A bare line at 2/η says nothing of these rules: Sₜ itself swings widely around 2.",
    ),
    Claim(
        "Of any two steps in a row one is unstable",
        (
            "With the largest λ₁ along the step, Sₜ = ηₜ sup λ₁(∇²L(xₜ − s∇L(xₜ))) over s in [0, "
            "ηₜ], one of Sₜ and Sₜ₊₁ is at least about 2."
        ),
        SMOOTH + " The run is at the edge and has aligned.",
        "ALP22, Definition 1.1",
        (
            "dynamics/test_laws.py::test_one_of_two_stablenesses_is_at_least_2",
            "dynamics/test_stableness.py::test_it_is_the_supremum_along_the_step",
        ),
    ),
    Claim(
        "√L of two steps in a row",
        (
            "√L(xₜ) + √L(xₜ₊₁) comes to η√(λ₁/2) for normalized GD and to ½ηλ₁ for GD on √L, with "
            "λ₁ at Φ(xₜ). The phases on the time bar are found from this law."
        ),
        SMOOTH + " What is left is O(ηθₜ).",
        "ALP22; with the factor ½, which a slide deck on the paper lacks",
        (
            "dynamics/test_edge.py::test_the_law_of_the_root",
            "dynamics/test_phases.py::test_phases_are_those_of_their_definition",
        ),
    ),
    Claim(
        "In the quadratic warm-up both rules are one",
        (
            "On L = ½xᵀAx, with x̃ = Ax/η for normalized GD and x̃ = (2A)^½x/η for GD on √L, both "
            "are x̃′ = x̃ − Ax̃/‖x̃‖. It ends in the 2-cycle C s λ₁v₁, −(1 − C) s λ₁v₁ with C in "
            "(0, 1), s = ±1."
        ),
        "A is positive definite with λ₁ > λ₂, and x̃ never becomes orthogonal to v₁.",
        "ALP22, Theorem 3.1",
        (
            "dynamics/test_laws.py::test_random_bowls_obey_the_warm_up",
            "dynamics/test_laws.py::test_both_rules_become_one",
            "dynamics/test_laws.py::test_it_ends_in_a_2_cycle_along_the_top_direction",
        ),
    ),
    Claim(
        "The sets Iⱼ are entered and never left",
        (
            "Iⱼ holds x̃ when its part beyond the first j − 1 eigenvectors is no longer than λⱼ. "
            "Inside all of them, from ‖x̃ₜ‖ ≤ λ₁/2 the part along v₁ grows every other step: the "
            "hops align."
        ),
        "As in the warm-up.",
        "ALP22, section 3",
        (
            "dynamics/test_laws.py::test_random_bowls_obey_the_warm_up",
            "dynamics/test_laws.py::test_invariant_sets_are_entered_and_never_left",
            "dynamics/test_laws.py::test_alignment_grows_every_other_step",
        ),
        (
            "In codimension 1 there is nothing to align; choose a loss with a valley of "
            "codimension 2 or more, and the panel Alignment."
        ),
    ),
    Claim(
        "The aligned 2-cycle is stable for some C only",
        "A part along vⱼ is multiplied by 1 − ρ(1 − ρ)/(C(1 − C)) in two steps, with ρ = λⱼ/λ₁.",
        "As in the warm-up.",
        "Derived here from the map, and measured",
        (
            "dynamics/test_laws.py::test_the_2_cycle_is_stable_as_its_multipliers_say",
            "dynamics/test_laws.py::test_the_transverse_multiplier_of_the_2_cycle",
        ),
    ),
    Claim(
        "√L has a stableness of its own, which blows up",
        (
            "The largest λ₁(∇²√L) along a step of GD on √L, times η, is at least of the order of "
            "1/θₜ: the step crosses the kink of √L on Γ."
        ),
        "The run is at the edge. In codimension 1 it has no bound at all.",
        "ALP22",
        (
            "dynamics/test_stableness.py::test_the_root_has_a_stableness_of_the_order_of_one_over_theta",
            "dynamics/test_stableness.py::test_the_supremum_of_the_root_is_that_of_a_dense_segment",
            "dynamics/test_stableness.py::test_the_curvature_of_the_root_at_the_iterates_does_not_show_the_edge",
        ),
        (
            "At the iterates themselves ηλ₁(∇²√L) is of the order of η in codimension 1, and "
            "elsewhere tells how λ₂ compares with λ₁: it does not show the edge, and is not shown."
        ),
    ),
    Claim(
        "Where λ₁ meets λ₂ the theorem ends",
        (
            "After the crossing there is no one direction to bounce along: the run goes on between"
            " the walls it knows, and its gap to the flow does not shrink with η. The time bar "
            "flags it."
        ),
        "The loss “crossing”, made for that.",
        "An assumption of ALP22; its failure is measured here",
        (
            "dynamics/test_laws.py::test_the_theorem_holds_up_to_the_crossing",
            "dynamics/test_laws.py::test_the_theorem_fails_after_the_crossing",
            "dynamics/test_phases.py::test_the_eigengap_closes_at_the_crossing",
            "dynamics/test_phases.py::test_the_eigengap_stays_open_elsewhere",
        ),
    ),
    Claim(
        "GD can stabilize itself",
        (
            "Where the loss sharpens on the way down, GD comes to λ₁ = 2/η, is thrown across, and "
            "its own oscillation pushes the sharpness back."
        ),
        "The loss “self-stabilization”: its third derivative couples the oscillation to λ₁.",
        "DNL22",
        (
            "dynamics/test_laws.py::test_self_stabilization",
            "dynamics/test_laws.py::test_gradient_flow_does_not_stabilize_itself",
        ),
    ),
    Claim(
        "GD stops a little below the threshold",
        (
            "Where GD meets ηλ₁ > 2 it either leaves or bounces to flatter minima, and ends with "
            "λ₁ a little below 2/η. There is no drift on the clock τ."
        ),
        "The loss has flatter minima in reach; quartic-hyperbola is the minimalist example.",
        "ZWWZG22; CKLKT21 for what is seen in training",
        (
            "dynamics/test_laws.py::test_gd_settles_a_little_below_the_threshold",
            "dynamics/test_laws.py::test_the_minimalist_example_ends_just_below_the_threshold",
            "dynamics/test_laws.py::test_gd_on_the_quartic_is_gd_on_four_factors_at_twice_the_step",
        ),
    ),
    Claim(
        "Φ is the end of gradient flow, not the nearest point",
        (
            "The two differ by the square of the distance from Γ. Gradient flow is followed by its"
            " own height √L, so that it arrives."
        ),
        "Gradient flow from x reaches Γ.",
        "Derived here; orders and closed forms measured",
        (
            "dynamics/test_projection.py::test_the_projection_is_not_the_nearest_point",
            "dynamics/test_projection.py::test_the_solver_agrees_with_the_closed_form",
            "dynamics/test_projection.py::test_the_order_of_the_solver_is_8",
        ),
    ),
    Claim(
        "Each loss is what its formula says",
        (
            "Gradients by hand, Γ, λ₁ on it, Φ and the flows in closed form agree with what is "
            "computed from the value alone; the formula on screen is read and compared too."
        ),
        "",
        "Derived here",
        (
            "dynamics/test_losses.py::test_the_gradient_by_hand_is_that_of_the_value",
            "dynamics/test_losses.py::test_the_sharpness_on_the_manifold_in_closed_form",
            "dynamics/test_losses.py::test_the_formula_on_screen_is_the_function",
        ),
    ),
    Claim(
        "It holds on a network that fits data",
        (
            "A network of 1,057 parameters that fits a hundred handwritten digits exactly has a Γ "
            "of 957 dimensions. From a point of it, runs of normalized GD and of GD on √L follow "
            "the flow: at the smallest η their λ₁ is within 1 % of the flow's, the laws hold to "
            "2 %, and the gap falls with η."
        ),
        SMOOTH,
        "ALP22, Section 6 measures eigenvalues on such networks; the distance is measured here",
        (
            "dynamics/test_study.py::test_runs_follow_the_flow",
            "dynamics/test_study.py::test_the_flow_is_that_of_the_catalogue",
            "app/study/test_routes.py::test_seeds_follow_the_flow_better_the_smaller_the_step",
        ),
        (
            "Φ is measured as two Gauss–Newton steps, which end within O(η²) of it; how far, is "
            "told with each run."
        ),
    ),
    Claim(
        "Where λ₁ and λ₂ meet the theorem ends, on a network too",
        (
            "With tanh λ₁ and λ₂ come together on the way; from where they are less than a "
            "twentieth apart there is no one direction to bounce along, and hops turn away from "
            "v₁."
        ),
        "",
        "ALP22, assumption on the eigengap",
        (
            "dynamics/test_study.py::test_where_two_eigenvalues_meet_the_theorem_ends",
            "app/study/test_routes.py::test_hops_turn_away_from_v1_where_the_theorem_ends",
        ),
    ),
    Claim(
        "GD sharpens to 2/η and stays there; gradient flow goes on",
        (
            "From the first weights λ₁ rises along gradient flow past every 2/η. GD leaves it "
            "where λ₁ comes to 2/η, and stays within 4 % of that; with a step too small to come "
            "there it ends where gradient flow does."
        ),
        "",
        "CKLKT21",
        ("dynamics/test_study.py::test_gd_sharpens_to_its_edge_and_gradient_flow_beyond",),
    ),
    Claim(
        "Momentum moves the edge",
        (
            "The heavy ball bears walls up to λ₁ = (2 + 2β)/η, Nesterov’s momentum up to "
            "(2 + 2β)/(η(1 + 2β)): from there a step along v₁ no longer contracts."
        ),
        "A quadratic; on other losses it is shown and not claimed.",
        "the companion matrix",
        (
            "dynamics/test_rules_at_the_edge.py::test_momentum_stops_contracting_at_its_threshold",
            "dynamics/test_rules_at_the_edge.py::test_a_sweep_finds_the_edge_of_nesterov",
        ),
    ),
    Claim(
        "RMSProp with one ν drifts as normalized GD does, and slower the longer it remembers",
        (
            "dX/dτ = −¼ P⊥∇ log λ₁ / (1 + η²a²β₂/(2(1 − β₂))), a = ‖P⊥∇ log λ₁‖: the memory of "
            "‖∇L‖² lags behind as λ₁ falls."
        ),
        SMOOTH,
        "derived here, measured",
        (
            "dynamics/test_rules_at_the_edge.py::test_rmsprop_drifts_slower_the_longer_it_remembers",
            "dynamics/test_rules_at_the_edge.py::test_rmsprop_without_a_memory_is_normalized_gd",
        ),
    ),
    Claim(
        "SAM goes down λ₁, on the clock ηρ²t",
        (
            "Its hop at the bottom is ±ηλ₁ρ/(2 − ηλ₁), and dX/ds = −½ P⊥∇λ₁/(1 − ½ηλ₁)²; for small "
            "steps −½ P⊥∇λ₁."
        ),
        SMOOTH + " ηλ₁ < 2, and ρ is small.",
        "WML22, and for ηλ₁ that is not small derived here",
        (
            "dynamics/test_rules_at_the_edge.py::test_sam_bounces_as_its_law_says",
            "dynamics/test_rules_at_the_edge.py"
            "::test_sam_drifts_down_the_sharpness_on_its_own_clock",
        ),
    ),
    Claim(
        "Label noise goes down the trace of ∇²L, not λ₁",
        (
            "In the mean over runs dX/dτ = −¼ P⊥∇ tr ∇²L. Where λ₁ and the trace pull apart, it "
            "ends elsewhere than normalized GD and SAM do."
        ),
        SMOOTH + " Labels are moved by ±1 at each step, independently.",
        "LWA21",
        (
            "dynamics/test_rules_at_the_edge.py::test_label_noise_follows_the_trace",
            "dynamics/test_rules_at_the_edge.py::test_label_noise_drifts_in_the_mean_over_runs",
            "dynamics/test_rules_at_the_edge.py::test_runs_end_where_their_own_flatness_is",
        ),
        "A single run scatters about it; the lab shows the mean over sixteen.",
    ),
    Claim(
        "Weight decay on a loss without scale goes to flatter directions",
        "It holds ‖x‖² at ½ηλ₁ and drifts by −2P⊥∇log λ₁/(4 + ‖P⊥∇log λ₁‖²) on the clock ηwt.",
        "L does not change along rays, the start is at the edge, η and w are small.",
        "LLA22",
        (
            "dynamics/test_rules_at_the_edge.py::test_the_flow_of_weight_decay_keeps_to_the_edge",
            "dynamics/test_rules_at_the_edge.py"
            "::test_weight_decay_ends_near_its_flow_wherever_it_starts_at_the_edge",
        ),
        "Where it ends is a lottery by the start’s norm: 36 starts end at φ = 2.33 … 2.63.",
    ),
    Claim(
        "GD at the edge goes, in the mean over its hops, along the central flow",
        (
            "dw/dt = −η(∇L + ½σ²∇λ₁), with the spread σ² that holds λ₁ at 2/η: 0 below the edge. "
            "The mean loss of the hops is L(w) + σ²/η. With two or three directions at the edge at "
            "once σ² is a matrix, found from a complementarity problem."
        ),
        "L is four times differentiable, and hops are small beside what changes λ₁.",
        "CDTKL24",
        (
            "dynamics/test_central_flow.py::test_gd_stays_at_the_edge_where_the_central_flow_does",
            "dynamics/test_central_flow.py"
            "::test_the_mean_over_the_bounce_is_that_of_the_central_flow",
            "dynamics/test_complementarity.py::test_two_directions_against_enumeration",
        ),
        "GD overshoots it: where it first comes to the edge λ₁ peaks above 2/η.",
    ),
    Claim(
        "Two beads, a rod, overshoot the edge as GD does",
        (
            "dc/dt = −½η[∇L(c + ru) + ∇L(c − ru)], du/dt = η(Hu − (uᵀHu)u), d ln r/dt = ln|ηk − 1|,"
            " with k = uᵀ[∇L(c + ru) − ∇L(c − ru)]/2r: iterates are at c ± ru in turn. On the "
            "model of self-stabilization its λ₁ peaks at 42.92 as GD’s does, where the central "
            "flow stays at 40, and it is 0.09 away in the mean over 1,500 steps, the central flow "
            "0.45."
        ),
        "Exact where L is quadratic and hops go along an eigenvector; it begins with growing hops.",
        "RC26",
        (
            "dynamics/test_rod.py::test_it_passes_the_edge_as_far_as_the_run_does",
            "dynamics/test_rod.py::test_its_equations_by_another_solver",
            "dynamics/test_rod.py::test_on_a_quadratic_it_is_gd_step_by_step",
            "dynamics/test_rod.py::test_it_says_where_it_loses_the_phase",
        ),
        "In the shape of that work and of Marion’s, arXiv 2606.18080; their equations may differ.",
    ),
    Claim(
        "GD comes to rest only where λ₁ is at most 2/η",
        (
            "The part of Γ that is sharper is shut for this η: next to it hops grow, whatever the "
            "slope along Γ."
        ),
        "L is twice differentiable; for almost all starts.",
        "checked here",
        ("dynamics/test_laws.py::test_gd_rests_nowhere_on_the_part_of_the_valley_that_is_shut",),
    ),
    Claim(
        "A branch is its parent up to the fork",
        (
            "A run that leaves another at step T has its iterates to the last bit up to there, and "
            "with nothing changed from there on too. The theorem’s X(τ) goes on where the rule "
            "stays, and begins anew at Φ where the rule changes or the iterate is pushed."
        ),
        "One machine: another may round another way, and rounding may decide where a run goes.",
        "Computed here.",
        (
            "dynamics/test_forks.py::test_a_branch_with_nothing_changed_is_its_parent_to_the_last_bit",
            "dynamics/test_forks.py::test_up_to_the_fork_it_is_its_parent_to_the_last_bit",
            "dynamics/test_forks.py::test_the_flow_goes_on_where_the_rule_does_and_begins_anew_where_it_was_pushed",
        ),
    ),
    Claim(
        "A formula of one’s own has the numbers of its twin in the catalogue",
        (
            "It is read by a grammar and never run as a program; its least value is sought from "
            "many starts, Γ by continuation. Losses of the catalogue that are typed as formulas "
            "have their twins’ L, ∇L, λ₁, Φ, flow and Γ."
        ),
        "At most eight variables; Γ is drawn as curves in two dimensions.",
        "checked here",
        (
            "dynamics/test_formulas.py::test_twins_have_the_same_loss_and_gradient",
            "dynamics/test_formulas.py::test_twins_have_the_same_projection_and_flow",
            "dynamics/test_minima.py::test_least_value_as_printed",
        ),
        "A least value that no start finds is not found: the page tells what was subtracted.",
    ),
)

WORKS = {
    "ALP22": (
        (
            "Arora, Li, Panigrahi: Understanding Gradient Descent on Edge of Stability in Deep "
            "Learning"
        ),
        "https://arxiv.org/abs/2205.09745",
    ),
    "CKLKT21": (
        (
            "Cohen, Kaur, Li, Kolter, Talwalkar: Gradient Descent on Neural Networks Typically "
            "Occurs at the Edge of Stability"
        ),
        "https://arxiv.org/abs/2103.00065",
    ),
    "DNL22": (
        (
            "Damian, Nichani, Lee: Self-Stabilization: The Implicit Bias of Gradient Descent at "
            "the Edge of Stability"
        ),
        "https://arxiv.org/abs/2209.15594",
    ),
    "ZWWZG22": (
        (
            "Zhu, Wang, Wang, Zhou, Ge: Understanding Edge-of-Stability Training Dynamics with a "
            "Minimalist Example"
        ),
        "https://arxiv.org/abs/2210.03294",
    ),
    "CDTKL24": (
        (
            "Cohen, Damian, Talwalkar, Kolter, Lee: Understanding Optimization in Deep Learning "
            "with Central Flows"
        ),
        "https://arxiv.org/abs/2410.24206",
    ),
    "RC26": (
        "Regis, Chewi: Rod Flow",
        "https://arxiv.org/abs/2602.01480",
    ),
    "WML22": (
        "Wen, Ma, Li: How Does Sharpness-Aware Minimization Minimize Sharpness?",
        "https://arxiv.org/abs/2211.05729",
    ),
    "LWA21": (
        "Li, Wang, Arora: What Happens after SGD Reaches Zero Loss?",
        "https://arxiv.org/abs/2110.06914",
    ),
    "LLA22": (
        (
            "Lyu, Li, Arora: Understanding the Generalization Benefit of Normalization Layers: "
            "Sharpness Reduction"
        ),
        "https://arxiv.org/abs/2206.07085",
    ),
}
