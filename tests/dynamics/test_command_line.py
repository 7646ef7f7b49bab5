"""`python -m dynamics`: one JSON object; or one line of complaint, status 2, nothing written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import dynamics
from dynamics.__main__ import main
from dynamics.crowd import Region, crowd, summary
from dynamics.files import clean

SIMULATE = "simulate --loss hyperbola --rule ngd --eta 0.05 --start 2,0.7 --steps 40"
FLOW = "flow --loss parabolic-valley --rule ngd --start 2,0.5 --tau 2"
CROWD = (
    "crowd --loss hyperbola --rule gd --region 0.6,2.2,0.5,1.6 --grid 7 --etas 0.1,0.4,0.8"
    " --steps 400"
)
RATE = "rate --loss hyperbola --rule ngd --start 2,0.7 --tau 1 --etas 0.1,0.05,0.025"


def answer(capsys: pytest.CaptureFixture, line: str) -> dict:
    """What a command prints, as JSON without NaN."""
    assert main(line.split()) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.count("\n") == 1
    return json.loads(printed.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def changed(line: str, **options: str | None) -> str:
    """A command with options replaced, or left out where they are None."""
    for name, value in options.items():
        line = re.sub(rf" --{name} \S+", "", line)
        line += f" --{name} {value}" if value is not None else ""
    return line


def test_list(capsys) -> None:
    printed = answer(capsys, "list")
    assert list(printed["losses"]) == list(dynamics.LOSSES)
    assert list(printed["rules"]) == list(dynamics.RULES)
    for key, loss in dynamics.LOSSES.items():
        assert printed["losses"][key]["formula"] == loss.formula
        assert printed["losses"][key]["sharpness"] == loss.sharpness_formula
        assert tuple(printed["losses"][key]["start"]) == loss.start


def test_the_ledgers_are_told_of_the_last_steps(capsys) -> None:
    """κ of the last two steps, written here from L and ∇L alone, also where an overview has a gap
    before the last pair; and what gradient flow conserves with its factors."""
    for steps in (40, 7001):
        printed = answer(capsys, changed(SIMULATE, steps=str(steps)))
        x, curvatures = np.array([2, 0.7]), []
        for _ in range(steps):
            slope = (x[0] * x[1] - 1) * x[::-1]
            hop = -0.05 * slope / np.linalg.norm(slope)
            rise = 0.5 * ((1 - np.prod(x + hop)) ** 2 - (1 - np.prod(x)) ** 2)
            curvatures.append(2 * (rise - slope @ hop) / 0.05**2)
            x = x + hop
        np.testing.assert_allclose(printed["step_curvature"], curvatures[-2:], rtol=1e-4)
        assert printed["conserved"] == pytest.approx(x[0] ** 2 - x[1] ** 2, rel=1e-9)
        assert printed["conserved_ledger"] == pytest.approx(printed["conserved"], rel=1e-11)
    printed = answer(capsys, changed(SIMULATE, rule="heavy-ball", loss="ring"))
    assert printed["step_curvature"] == [None, None]
    assert printed["conserved"] is printed["conserved_ledger"] is None
    assert answer(capsys, changed(SIMULATE, steps="0"))["step_curvature"] == []


FORMULA = ["--formula", "½(a − xy)² + b; a = 1 in [0.5, 3]; b = 2 in [0, 3]", "--rule", "ngd"]


def test_formula_in_place_of_a_loss(capsys, tmp_path: Path) -> None:
    """In all three commands; in files and programs too, from which it is reopened."""
    files = [tmp_path / f"run.{end}" for end in ("npz", "csv", "json", "py")]
    asked = ["simulate", *FORMULA, "--eta", "0.05", "--steps", "40"]
    for file in files:
        assert main([*asked, "--out", str(file)]) == 0
        printed = json.loads(capsys.readouterr().out)
    loss = dynamics.formula(FORMULA[1])
    run = dynamics.simulate(loss, "ngd", None, 0.05, 40)
    assert printed["x"] == run.x[-1].tolist()
    assert printed["minimum"] == 2.0
    assert "is subtracted" in printed["remarks"][0]
    settings = [
        json.loads(str(np.load(files[0])["settings"])),
        json.loads(files[1].with_suffix(".settings.json").read_text(encoding="utf-8")),
        json.loads(files[2].read_text(encoding="utf-8"))["settings"],
    ]
    for one in settings:
        again = dynamics.formula(one["formula"], one["parameters"])
        assert again is loss
        assert tuple(one["start"]) == loss.start
    scope: dict = {}
    with np.errstate():
        exec(files[3].read_text(encoding="utf-8").split("figure, (left")[0], scope)
    np.testing.assert_allclose(scope["paths"][0], run.x, rtol=1e-12)


def test_formula_has_a_flow_and_a_rate(capsys) -> None:
    text = ["--parameter", "a=2", "--start", "2,1.2"]
    assert main(["flow", *FORMULA, *text, "--tau", "0.5"]) == 0
    x = json.loads(capsys.readouterr().out)["x"]
    assert x[0] * x[1] == pytest.approx(2)
    assert main(["rate", *FORMULA, *text, "--tau", "0.2", "--etas", "0.1,0.05"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["parameters"] == {"a": 2.0, "b": 2.0}


def test_formula_is_fitted_to_a_file(capsys, tmp_path: Path) -> None:
    """A line through (0, 0), (1, 1), (2, 0): least squares by hand."""
    (tmp_path / "three.csv").write_text("x,y\n0,0\n1,1\n2,0\n")
    line = ["simulate", "--formula", "a x + b", "--data", str(tmp_path / "three.csv")]
    assert main([*line, "--rule", "gd", "--eta", "0.4", "--steps", "300"]) == 0
    printed = json.loads(capsys.readouterr().out)
    np.testing.assert_allclose(printed["x"], [0, 1 / 3], atol=1e-7)
    assert printed["minimum"] == pytest.approx(1 / 9)
    assert dynamics.formula(printed["settings"]["formula"]).variables == ("a", "b")
    (tmp_path / "wide.csv").write_text("0,0,1\n1,1,1\n2,0,1\n")
    line[-1] = str(tmp_path / "wide.csv")
    assert main([*line, "--rule", "gd", "--eta", "0.4", "--steps", "300"]) == 2
    assert "data must be rows of an input and a target, got [3, 3]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sinn(x)", "dynamics: sinn is not known. Did you mean sin? At letter 1 of 'sinn(x)'.\n"),
        ("x; a = 1", None),
        ("x³ − 3xy²", "rule must not be sqrt-gd for this formula. L falls without end"),
    ],
)
def test_bad_formula_gets_one_line(capsys, text: str, message: str | None) -> None:
    line = ["simulate", "--formula", text, "--rule", "sqrt-gd", "--eta", "0.1", "--steps", "3"]
    assert main([*line, *(["--parameter", "q=1"] if message is None else [])]) == 2
    told = capsys.readouterr().err
    assert (message or "no parameter 'q': the formula has a") in told
    assert told.count("\n") == 1


def test_simulate(capsys) -> None:
    printed = answer(capsys, SIMULATE)
    run = dynamics.simulate("hyperbola", "ngd", (2.0, 0.7), 0.05, 40)
    found = dynamics.measure(run)
    assert printed["x"] == run.x[-1].tolist()
    assert printed["x_prev"] == run.x[-2].tolist()
    assert printed["projection"] == found.projection[-1].tolist()
    assert printed["loss"] == found.loss[-1]
    assert printed["sharpness"] == found.projection_sharpness[-1]
    assert printed["flow"] == found.flow[-1].tolist()
    assert printed["gap"] == found.gap[-1]
    assert printed["stableness_pair"] == found.stableness_pair[-1]
    assert printed["outcome"] == "reached"
    assert printed["eigengap_closes"] is None
    assert printed["settings"]["start"] == [2.0, 0.7]


def test_the_step_where_the_eigengap_closes(capsys) -> None:
    line = "simulate --loss crossing --rule sqrt-gd --eta 0.1 --start 1.8,0.8,0.5 --steps 600"
    closes = answer(capsys, line)["eigengap_closes"]
    run = dynamics.simulate("crossing", "sqrt-gd", (1.8, 0.8, 0.5), 0.1, 600)
    assert dynamics.measure(run).projection[closes, 0] < np.log(2) + 1e-4
    assert dynamics.measure(run).projection[closes - 1, 0] > np.log(2)


@pytest.mark.parametrize("rule", ["heavy-ball", "gradient-flow"])
def test_a_rule_without_a_flow_has_none(capsys, rule: str) -> None:
    printed = answer(capsys, changed(SIMULATE, rule=rule))
    assert printed["flow"] is None
    assert printed["gap"] is None
    assert printed["x"] is not None


def test_no_steps(capsys) -> None:
    printed = answer(capsys, changed(SIMULATE, steps="0"))
    assert printed["x"] == [2.0, 0.7]
    assert printed["x_prev"] is None
    assert printed["stableness_pair"] is None


def test_divergence_is_an_answer(capsys) -> None:
    printed = answer(
        capsys, "simulate --loss paper-valley --rule gd --eta 0.05 --start 14.7,3 --steps 100"
    )
    assert printed["outcome"] == "not_finite"
    assert printed["outcome_step"] == 6
    assert printed["x"][0] is not None


@pytest.mark.parametrize("start", ["-2,0.7", "-.5,-1", "2,-0.7", "-2e0,1"])
def test_a_start_may_begin_with_a_minus(capsys, start: str) -> None:
    printed = answer(capsys, changed(SIMULATE, start=start))
    assert printed["settings"]["start"] == [float(number) for number in start.split(",")]


def test_noise_and_seed(capsys) -> None:
    ends = [answer(capsys, f"{SIMULATE} --noise 1e-3 --seed {seed}")["x"] for seed in (1, 1, 2)]
    assert ends[0] == ends[1] != ends[2]
    assert answer(capsys, f"{SIMULATE} --noise 1e-3 --seed 2")["settings"]["seed"] == 2


def test_flow(capsys) -> None:
    """ln X + ½X² = const − τ/2, and λ₁ = 1 + X²."""
    printed = answer(capsys, changed(FLOW, start="2,0"))
    x, y = printed["x"]
    np.testing.assert_allclose(np.log(x) + x**2 / 2, np.log(2) + 2 - 1, rtol=1e-12)
    assert y == 0
    np.testing.assert_allclose(printed["sharpness"], 1 + x**2, rtol=1e-12)


def test_flow_begins_at_the_projection(capsys) -> None:
    """√L on the parabolic valley from a point with y = 0: x₀e^{−τ/4}; from above it, from Φ."""
    line = "flow --loss parabolic-valley --rule sqrt-gd --start 2,0 --tau 2"
    np.testing.assert_allclose(answer(capsys, line)["x"], [2 * np.exp(-0.5), 0], rtol=1e-12)
    above = answer(capsys, changed(line, start="2,1"))["x"]
    foot = dynamics.LOSSES["parabolic-valley"].projection(np.array([2.0, 1.0]))
    np.testing.assert_allclose(above, [foot[0] * np.exp(-0.5), 0], rtol=1e-12)


def test_gradient_flow_is_followed_in_its_own_time(capsys) -> None:
    line = "flow --loss quadratic --rule gradient-flow --start 1,1 --tau 0.5"
    np.testing.assert_allclose(answer(capsys, line)["x"], np.exp([-1.5, -0.5]), rtol=1e-8)


def test_rate(capsys) -> None:
    printed = answer(capsys, RATE)
    assert printed["etas"] == [0.1, 0.05, 0.025]
    assert len(printed["gaps"]) == 3
    low, high = printed["slope_interval"]
    assert low < printed["slope"] < high


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".json"])
@pytest.mark.parametrize("line", [SIMULATE, FLOW])
def test_out(capsys, tmp_path: Path, line: str, suffix: str) -> None:
    path = tmp_path / f"run{suffix}"
    printed = answer(capsys, f"{line} --out {path}")
    beside = [tmp_path / "run.settings.json"] if suffix == ".csv" else []
    assert sorted(tmp_path.iterdir()) == [path, *beside]
    for file in beside:
        told = json.loads(file.read_text())
        assert told.pop("about")["versions"]["edgewalk"] == dynamics.VERSION
        assert told == printed["settings"]
    name = "x" if line == SIMULATE else "flow"
    if suffix == ".npz":
        last = np.load(path)[name][-1]
    elif suffix == ".json":
        last = np.array(json.loads(path.read_text())["columns"][name])[-1]
    else:
        head, *rows = [row.split(",") for row in path.read_text().splitlines()]
        last = np.array([float(rows[-1][head.index(f"{name}_{i}")]) for i in range(2)])
    np.testing.assert_array_equal(last, printed["x"])


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_a_program_as_out(capsys, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"run{suffix}"
    printed = answer(capsys, f"{SIMULATE} --out {path}")
    text = path.read_text()
    if suffix == ".ipynb":
        cells = json.loads(text)["cells"][1:]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    names = {}
    with np.errstate():
        exec(text.split("figure, ")[0], names)
    np.testing.assert_allclose(names["paths"][0][-1], printed["x"], atol=1e-12)


def test_decimal_commas(capsys, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    printed = answer(capsys, f"{SIMULATE} --out {path} --decimal-comma")
    head, *rows = [row.split(";") for row in path.read_text().splitlines()]
    last = [rows[-1][head.index(f"x_{i}")] for i in range(2)]
    assert [float(cell.replace(",", ".")) for cell in last] == printed["x"]


BAD = [
    (changed(SIMULATE, loss="hyperbla"), "no loss called 'hyperbla'. Did you mean 'hyperbola'?"),
    (changed(SIMULATE, rule="nqd"), "no rule called 'nqd'. Did you mean 'ngd'?"),
    (changed(SIMULATE, eta="0"), "eta must be a number above 0, got 0.0"),
    (changed(SIMULATE, eta="-1"), "eta must be a number above 0, got -1.0"),
    (changed(SIMULATE, eta="nan"), "must be a number, got 'nan'"),
    (changed(SIMULATE, eta="0,05"), "got '0,05'. Did you mean 0.05? Decimals have a point."),
    (changed(SIMULATE, eta="1_0e-2"), "must be a number, got '1_0e-2'"),
    (changed(SIMULATE, eta="٠.٥"), "must be a number, got '٠.٥'"),
    (changed(RATE, etas="0,1;0,05"), "Did you mean 0.1, 0.05? Decimals have a point."),
    (changed(SIMULATE, eta="fast"), "must be a number, got 'fast'"),
    (changed(SIMULATE, start="2"), "start must have 2 numbers for hyperbola, got 1"),
    (changed(SIMULATE, start="2,x"), "must be a number, got 'x'"),
    (changed(SIMULATE, start="2,inf"), "start must be finite numbers, got 2.0,inf"),
    (changed(SIMULATE, loss="ring", start="0,0"), "start must lie in r > 0.1"),
    (changed(SIMULATE, steps="-1"), "steps must be a whole number in 0 … 10000000, got -1"),
    (changed(SIMULATE, steps="10000001"), "steps must be a whole number in 0 … 10000000, got 100"),
    (changed(SIMULATE, steps="1.5"), "must be a whole number, got '1.5'"),
    (changed(SIMULATE, noise="-1"), "noise must be 0 or more, got -1.0"),
    (changed(SIMULATE, seed="-1"), "seed must be a whole number in 0 … 4294967295, got -1"),
    (changed(SIMULATE, out="run.txt"), "end in .npz, .csv, .json, .py, .ipynb, got run.txt"),
    (changed(SIMULATE, out="none/run.csv"), "out must lie in a folder that exists, got none/run"),
    (
        f"{SIMULATE} --out run.npz --decimal-comma",
        "decimal-comma wants an out that ends in .csv, got run.npz",
    ),
    (changed(SIMULATE, start=None), "the following arguments are required: --start"),
    (changed(SIMULATE, step="1"), "unrecognized arguments: --step"),
    (
        changed(FLOW, rule="adam"),
        "rule must have a flow (ngd, sqrt-gd, gd, gradient-flow",
    ),
    (changed(FLOW, tau="-1"), "tau must be a number above 0, got -1.0"),
    (changed(FLOW, tau="inf"), "tau must be a number above 0, got inf"),
    (changed(FLOW, out="run.txt"), "out must end in .npz, .csv, .json, got run.txt"),
    (changed(RATE, etas="0.1"), "etas must hold two different step sizes or more, got 1"),
    (changed(RATE, etas="0.1,"), "must be a number, got ''"),
    (
        changed(RATE, rule="gd"),
        "rule must have a limiting flow (ngd, sqrt-gd, rmsprop, sam",
    ),
    (changed(RATE, tau="0"), "tau must be a number above 0, got 0.0"),
    ("", "the following arguments are required: COMMAND"),
    ("walk", "invalid choice: 'walk'"),
]


@pytest.mark.parametrize(("line", "message"), BAD)
def test_bad_input_gets_one_line(
    capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status = main(line.split())
    except SystemExit as leaving:
        status = leaving.code
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert message in printed.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_gets_one_line(capsys, tmp_path: Path) -> None:
    (tmp_path / "run.csv").mkdir()
    assert main([*SIMULATE.split(), "--out", str(tmp_path / "run.csv")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1


def test_as_a_program(tmp_path: Path) -> None:
    def program(line: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "dynamics", *line.split()]
        root = Path(__file__).parents[2]
        # As Windows writes into a pipe: what is not ASCII is in the formulas.
        return subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            cwd=root,
            env=os.environ | {"PYTHONIOENCODING": "cp1252"},
            check=False,
        )

    quick = changed(SIMULATE, loss="quadratic", rule="gd")
    good = program(f"{quick} --out {tmp_path / 'run.npz'}")
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["outcome"] == "reached"
    assert (tmp_path / "run.npz").exists()
    listed = json.loads(program("list").stdout)
    assert "η" in listed["rules"]["gd"]["formula"]
    bad = program(changed(SIMULATE, eta="-1"))
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr == "dynamics: eta must be a number above 0, got -1.0\n"


def test_numbers_of_a_rule_are_options(capsys) -> None:
    printed = answer(capsys, changed(SIMULATE, rule="heavy-ball", beta="0.5"))
    assert printed["settings"]["beta"] == 0.5
    rule = dynamics.RULES["heavy-ball"].at(beta=0.5)
    assert printed["x"] == dynamics.simulate("hyperbola", rule, (2.0, 0.7), 0.05, 40).x[-1].tolist()
    flow = answer(capsys, changed(FLOW, rule="sam", rho="0.1", eta="0.05"))
    assert flow["settings"]["rho"] == 0.1
    assert answer(capsys, "list")["rules"]["sam"]["parameters"]["rho"]["default"] == 0.05


def test_the_flow_of_gd_starts_where_the_run_does(capsys) -> None:
    printed = answer(capsys, changed(FLOW, rule="gd", eta="0.5", tau="0.001"))
    np.testing.assert_allclose(printed["x"], [2.0, 0.5], atol=5e-3)


def test_a_number_that_a_rule_has_not_is_refused(capsys) -> None:
    assert main(changed(SIMULATE, beta="0.5").split()) == 2
    assert "no parameter 'beta': ngd has none" in capsys.readouterr().err


def test_a_step_size_may_change_on_the_way(capsys, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    line = changed(SIMULATE, eta="0.2@0,0.05@20")
    printed = answer(capsys, f"{line} --out {file}")
    assert printed["settings"]["eta"] == "0.2@0,0.05@20"
    run = dynamics.simulate("hyperbola", "ngd", (2.0, 0.7), "0.2@0,0.05@20", 40)
    assert printed["x"] == run.x[-1].tolist()
    kept = json.loads(file.read_text(encoding="utf-8"))["columns"]
    assert kept["eta"][18:22] == [0.2, 0.2, 0.05, 0.05]
    with pytest.raises(SystemExit):
        main(changed(SIMULATE, eta="0.2@0,0.05@0").split())
    assert "steps of eta must begin with 0 and ascend" in capsys.readouterr().err


def test_a_fork_leaves_the_run_at_its_step(capsys, tmp_path: Path) -> None:
    """And says of its file, and of its program, what was changed."""
    more = "--fork 20 --fork-rule rmsprop --beta2 0.5 --fork-eta 0.02 --fork-push 0.1,-0.1"
    files = [tmp_path / f"run.{end}" for end in ("csv", "py")]
    for file in files:
        printed = answer(capsys, f"{SIMULATE} {more} --fork-noise 1e-9 --out {file}")
    fork = {"step": 20, "rule": "rmsprop", "beta2": 0.5, "eta": 0.02, "noise": 1e-9}
    assert printed["settings"]["forks"] == [fork | {"push": [0.1, -0.1]}]
    parent = dynamics.simulate("hyperbola", "ngd", (2, 0.7), 0.05, 40)
    rows = np.genfromtxt(files[0], delimiter=",", names=True)
    np.testing.assert_array_equal(rows["x_0"][:20], parent.x[:20, 0])
    np.testing.assert_allclose(rows["x_1"][20], parent.x[20, 1] - 0.1, atol=1e-12)
    assert "(rmsprop, 0.02, 20, [0.1, -0.1], 1e-09)" in files[1].read_text()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--fork-eta 0.1", "fork must say at which step: --fork T"),
        ("--fork 5 --fork-eta 0", "eta of a fork must be a number above 0, got 0.0"),
        ("--fork 5 --fork-rule gdd", "no rule called 'gdd'. Did you mean 'gd'?"),
        ("--fork 5 --fork-push 1", "push must have 2 numbers for hyperbola, got (1.0,)"),
        ("--fork -5", "fork must be a step, 0 or more, got -5"),
        ("--fork 5 --beta 0.5", "no parameter 'beta': ngd has none"),
    ],
)
def test_what_is_wrong_with_a_fork_is_told(capsys, more: str, message: str) -> None:
    assert main(f"{SIMULATE} {more}".split()) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"dynamics: {message}")
    assert printed.err.count("\n") == 1


# ---- crowd ----


def test_crowd(capsys) -> None:
    printed = answer(capsys, CROWD)
    found = crowd("hyperbola", "gd", Region((0.6, 0.5), (2.2, 1.6)), 7, (0.1, 0.4, 0.8), 400)
    for name, column in summary(found)._asdict().items():
        assert printed[name] == clean(column), name
    assert printed["runs"] == [49, 49, 49]
    assert printed["settings"]["region"] == [0.6, 2.2, 0.5, 1.6]


def test_crowd_of_a_disk_without_sides(capsys) -> None:
    line = CROWD.replace("hyperbola", "rank-one") + " --kind disk --start 2,1,1.5,0.5"
    printed = answer(capsys, line)
    assert printed["runs"] == [37, 37, 37]
    assert printed["share_crossed"] == [None, None, None]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"region": "0,1,2"}, "region must be four numbers, x0,x1,y0,y1, got 3"),
        ({"region": "1,0,2,3"}, "x0 < x1"),
        ({"grid": "1"}, "grid must be in 2 … 400, got 1"),
        ({"etas": "0.1,-1"}, "eta"),
        ({"kind": "star"}, "kind must be one of rectangle, disk, annulus, got star"),
    ],
)
def test_bad_crowds_get_one_line(capsys, options: dict, words: str) -> None:
    assert main(changed(CROWD, **options).split()) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
