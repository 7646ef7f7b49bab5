"""What is asked, a line each: `GET /path?query` or `python -m dynamics …`.

A line may end in words on how it is asked:

    … | again            a second time, with the tag of the first answer
    … | head             only what stands before the numbers is recorded
    … | numbers          of what stands before them only what is about the runs
    … | post             by POST
    … | accepts gzip     with that encoding allowed
    … | process          in a process of its own, where the exit status is the system's

Runs are short, and such that a change in the last digit of a start stays below the tolerance: what
is recorded is what the product answers, not how rounding went.
"""

from collections.abc import Iterator

FLAT = (
    "parabolic-valley", "paper-valley", "hyperbola", "quartic-hyperbola", "ellipse", "ring",
    "sine-valley", "quadratic",
)  # fmt: skip
HIGH = (
    "plane-valley", "two-curvatures", "crossing", "product-3", "product-4", "rank-one",
    "tiny-network", "quadratic-3", "quadratic-5", "self-stabilization",
)  # fmt: skip
LOSSES = FLAT + HIGH
RULES = ("ngd", "sqrt-gd", "gd", "gradient-flow")
# A step size at which GD does not bounce for ever on the loss, times which all are taken.
SCALE = {"paper-valley": 2.0, "self-stabilization": 0.5}
# Where rounding grows, runs are shorter by these factors.
SHORTER = {"tiny-network": 0.4, "self-stabilization": 0.15}


def groups() -> dict[str, list[str]]:
    """All requests by the name of the file that holds their answers."""
    made = {
        "pages": pages(),
        "stage-links": stage_links(),
        "stage-links-broken": stage_links_broken(),
        "runs": runs(),
        "run-files": run_files(),
        "windows": windows(),
        "landscapes": landscapes(),
        "sections": sections(),
        "lab-links": lab_links(),
        "lab-links-broken": lab_links_broken(),
        "lab-resources": lab_resources(),
        "command-line": command_line(),
        "command-line-broken": command_line_broken(),
    }
    return {name: list(dict.fromkeys(lines)) for name, lines in made.items()}


def is_quick(group: str, line: str) -> bool:
    """Whether the request belongs to every run of the tests."""
    if group in ("pages", "stage-links-broken", "lab-links-broken", "command-line-broken"):
        return "process" not in line
    return line in QUICK


def pages() -> Iterator[str]:
    yield from ("GET /healthz", "GET /", "GET /?loss=ring&eta=0.05", "GET /lab", "GET /lab/")
    yield from ("GET /about", "GET /about/", "GET /lab?plot=rate", "GET /about?x=1")
    yield from ("GET /no-such-page", "GET /no-such.bin", "GET /run.txt", "GET /run.bin | post")
    yield from ("GET /assets/nothing.css", "GET /favicon.ico")
    yield from ("GET / | accepts gzip", "GET /valley.bin?loss=ring | accepts gzip")


def stage_links() -> Iterator[str]:
    """What the page makes of a link that it can read: header, notices and words."""
    yield "GET /run.bin | head"
    for link in (
        "loss=hyperbola",
        "loss=ring&eta=0.05&steps=200",
        "rule=sqrt-gd",
        "rule=gd,ngd&steps=100",
        "rule=gradient-flow,gd,sqrt-gd,ngd&steps=60",
        "eta=0.1,0.05&steps=100",
        "rule=ngd,gd&eta=0.1,0.05&steps=100",
        "start=-1.5,0.25&steps=100",
        "steps=0",
        "steps=1",
        "steps=1e3",
        "noise=0.001&seed=4&steps=100",
        "steps=100&clock=step&axis=log&strobe=even&look=log&panel=alignment",
        "steps=100&clock=eta&strobe=midpoints&look=surface&at=40",
        "steps=100&look=sharpness&strobe=odd&at=100",
        "steps=100&rule=ngd,gd&focus=1&embed=1&hide=header,rules,story",
        "steps=100&embed=0&hide=",
        "loss=product-3&steps=100",
        "loss=product-3&rule=ngd,gd&steps=100&at=30",
        "loss=self-stabilization&rule=gd&eta=0.5&steps=300",
        "loss=crossing&eta=0.02&steps=2000",
        "loss=quadratic&eta=0.1&steps=200",
        "loss=rank-one&steps=200&panel=alignment",
        "loss=tiny-network&steps=100",
        "rule=gd&eta=3&steps=100",
        "loss=hyperbola&rule=gd&eta=2&steps=200",
        "loss=hyperbola&rule=gd&start=2.5,0.41&eta=0.34&steps=500",
        "loss=ring&start=0.3,0.1&eta=0.02&steps=300",
    ):
        yield f"GET /run.bin?{link} | head"


# Of each field: nothing, nonsense, the nearly right, out of range, too many.
STAGE_FIELDS = {
    "loss": ("", "rings", "Hyperbola", "hyperbla", "Ring of radius", "x" * 60, "../../etc/passwd"),
    "rule": ("", "gdd", "ngd,foo", "NGD", "gd,gd,ngd", "sqrt", ","),
    "eta": (
        *("", "x", "0", "-1", "1e9", "0.1,0.1", "0.1,x", "0.1,0.2,0.3,0.4,0.5", "nan", "inf"),
        *("1_000", "١", "1e-13", "0.1;0.2", "0.1,,0.2"),
    ),
    "start": ("", "1", "x,1", "1,2,3", "1e9,1", "nan,1", "inf,0", "1, 2", "1;2"),
    "steps": ("", "x", "-1", "1.5", "1e12", "1e99", "nan", "0x10"),
    "noise": ("", "x", "-1", "2", "nan", "inf"),
    "seed": ("", "x", "-1", "1.5", "4294967296", "1e30"),
    "clock": ("", "time", "ETA", "taus"),
    "axis": ("", "logarithmic", "LOG"),
    "strobe": ("", "evens", "none"),
    "look": ("", "roots", "3d"),
    "panel": ("", "align", "gap"),
    "focus": ("", "x", "-1", "7", "0.5"),
    "at": ("", "x", "-1", "1e9", "2.5"),
    "hide": ("everything", "header,nothing", "header,,rules", "header,header"),
    "embed": ("", "yes", "2"),
    "formula": ("x^2", ""),
    "losss": ("ring",),
    "Eta": ("0.1",),
    "q": ("1",),
}


def stage_links_broken() -> Iterator[str]:
    """Refusals, and notices of what was clamped."""
    for field, values in STAGE_FIELDS.items():
        for value in values:
            steps = "" if field == "steps" else "&steps=40"
            yield f"GET /run.bin?{field}={value}{steps} | head"
    for link in (
        "loss=ring&start=0,0",
        "loss=product-3&start=1,1",
        "loss=self-stabilization&start=0,-9,3",
        "eta=x&start=1&steps=z&foo=2&clock=never",
        "rule=ngd,gd,sqrt-gd&eta=0.1,0.05&steps=40",
        "steps=40&first=0",
        "steps=40&count=10",
        "steps=40&first=x&count=3",
        "steps=40&first=0&count=0",
        "steps=40&first=-1&count=3",
        "steps=40&first=1.5&count=3",
        "steps=40&first=&count=3",
    ):
        yield f"GET /run.bin?{link} | head"
    yield "GET /run.csv?eta=x"
    yield "GET /run.json?loss=rings"
    yield "GET /run.npz?start=1"
    yield "GET /run.csv?first=0&count=3"
    for path in ("valley.bin", "heights.bin", "sheet.bin"):
        yield f"GET /{path}"
        yield f"GET /{path}?loss=rings"
    for view in ("", "1,2,3", "1,0,1,2", "a,b,c,d", "0,1,0,inf", "0,1,0,nan", "1,2,3,4,5"):
        yield f"GET /heights.bin?loss=ring&view={view}"
    yield "GET /heights.bin?loss=product-3&view=0,1,0,1"
    yield "GET /sheet.bin?loss=ring"
    yield "GET /sheet.bin?loss=rank-one"
    yield "GET /section.bin?loss=ring"
    yield "GET /section.bin?loss=product-3&of=curvature"
    yield "GET /section.bin?loss=product-3&view=1,0,1,2"
    yield "GET /section.bin?loss=product-3&eta=x&view=z"


def eta_of(loss: str, eta: float) -> str:
    return f"{eta * SCALE.get(loss, 1.0):.12g}"


def runs() -> Iterator[str]:
    """Every loss by every rule; two step sizes; noise."""
    for loss in LOSSES:
        at, short = f"GET /run.bin?loss={loss}", SHORTER.get(loss, 1)
        yield f"{at}&rule={','.join(RULES)}&eta={eta_of(loss, 0.1)}&steps={240 * short:g} | numbers"
        etas = f"{eta_of(loss, 0.05)},{eta_of(loss, 0.03)}"
        yield f"{at}&rule=ngd,gd&eta={etas}&steps={400 * short:g} | numbers"
        yield f"{at}&rule=sqrt-gd&eta={eta_of(loss, 0.04)}&noise=0.0001&seed=7&steps=150 | numbers"
    yield "GET /run.bin?loss=hyperbola&rule=gd&start=2.5,0.41&eta=0.34&steps=600"
    yield "GET /run.bin?rule=gd&eta=3&steps=100"
    yield "GET /run.bin?rule=ngd&steps=40 | again"


def run_files() -> Iterator[str]:
    for i, loss in enumerate(LOSSES):
        suffix = ("csv", "json", "npz")[i % 3]
        rule = RULES[(i // 3) % 3]
        yield f"GET /run.{suffix}?loss={loss}&rule={rule}&eta={eta_of(loss, 0.05)}&steps=60"
    for suffix in ("csv", "json", "npz"):
        yield f"GET /run.{suffix}?rule=ngd,gradient-flow&eta=0.1,0.05&steps=30"
        yield f"GET /run.{suffix}?rule=sqrt-gd&steps=30&noise=0.001&seed=3&at=5&clock=step"
    yield "GET /run.csv?rule=sqrt-gd&steps=30&noise=0.001&seed=3&at=5&clock=step | again"


def windows() -> Iterator[str]:
    for loss in LOSSES:
        at = f"GET /run.bin?loss={loss}&eta={eta_of(loss, 0.04)}&steps=1500"
        yield f"{at}&first=700&count=40"
    at = "GET /run.bin?eta=0.1&start=2,0.3&steps=2000"
    for first, count in (
        (0, 1),
        (0, 20),
        (1999, 5),
        (2000, 1),
        (5000, 9),
        (300, 1200),
        (7, 10**15),
    ):
        yield f"{at}&first={first}&count={count}"
    yield "GET /run.bin?rule=ngd,gd&eta=0.1,0.05&steps=300&first=100&count=30"
    # Longer than what is kept in full: pairs spread over it.
    yield "GET /run.bin?eta=0.02&steps=20000&first=2000&count=12000"
    yield "GET /run.bin?eta=0.03&start=2,0.3&steps=8000"


def landscapes() -> Iterator[str]:
    for loss in LOSSES:
        yield f"GET /valley.bin?loss={loss}"
    for loss in FLAT:
        yield f"GET /heights.bin?loss={loss}&view=0.3,1.4,0.2,1.7"
    yield "GET /heights.bin?loss=parabolic-valley&view=-0.4,2.3,-0.6,1.4"
    yield "GET /heights.bin?loss=hyperbola&view=-1e3,1e3,-1e3,1e3"
    yield "GET /heights.bin?loss=ring&view=1.0000001,1.0000002,0,1e-7"
    yield "GET /valley.bin?loss=parabolic-valley | again"
    for loss in ("product-3", "plane-valley", "product-4"):
        yield f"GET /sheet.bin?loss={loss}"


def sections() -> Iterator[str]:
    for loss in HIGH:
        at = f"GET /section.bin?loss={loss}&eta={eta_of(loss, 0.05)}&steps=300"
        yield f"{at}&at=0"
        yield f"{at}&at=150&of=sharpness"
    yield "GET /section.bin?loss=product-3&steps=300&at=40&view=-0.5,0.5,-0.2,0.2"
    yield "GET /section.bin?loss=product-3&rule=ngd,gd&steps=300&at=100&of=root"
    yield "GET /section.bin?loss=product-3&steps=300&at=9999"


def lab_links() -> Iterator[str]:
    """What a link of the lab means, with nothing left open."""
    yield "GET /lab.json"
    for plot in ("regimes", "rate", "collapse"):
        yield f"GET /lab.json?plot={plot}"
        yield f"GET /lab.json?plot={plot}&loss=parabolic-valley"
    for loss in LOSSES:
        yield f"GET /lab.json?loss={loss}"
    for loss in ("hyperbola", "ring", "product-3"):
        yield f"GET /lab.json?loss={loss}&rule=ngd"
        yield f"GET /lab.json?loss={loss}&along=valley&off=0.2"
    for link in (
        "eta=0.1,2&from=0.4,0.9&to=3,0.9&size=24&steps=120&colour=sharpness&slice=0.25",
        "eta=2,0.1",
        "loss=rank-one&rule=sqrt-gd&eta=0.01,1",
        "plot=rate&rule=sqrt-gd&start=2,0.7&tau=2&etas=0.1,0.05",
        "plot=rate&loss=ring&tau=0.5",
        "plot=collapse&rule=ngd,sqrt-gd&start=2,0.7&tau=2&etas=0.1,0.05",
        "plot=collapse&rule=gd,gradient-flow,ngd,sqrt-gd",
        "plot=collapse&loss=crossing&etas=0.1",
        "plot=crowd",
        "plot=crowd&loss=product-3&rule=ngd&kind=disk&region=1,2,0.5,1&start=1,1,0.5&grid=21&slice=1",
    ):
        yield f"GET /lab.json?{link}"
    yield "GET /lab.json?plot=rate | again"


LAB_FIELDS = {
    "plot": ("", "maps", "Rate"),
    "loss": ("", "rings", "hyperbla"),
    "rule": ("", "gdd", "gradient-flow", "ngd,gd", "ngd,foo"),
    "eta": ("", "0.1", "0.1,0.1", "x,1", "0,1", "1e-20,1e20", "nan,1", "0.1,0.2,0.3"),
    "along": ("", "valleys", "curve"),
    "from": ("", "1", "x,1", "1e9,1", "1,2,3"),
    "to": ("", "1", "nan,1"),
    "off": ("", "x", "1e9", "nan"),
    "size": ("", "x", "3", "1e6", "20.5"),
    "steps": ("", "x", "0", "1e9", "1.5"),
    "colour": ("", "fates", "color"),
    "slice": ("", "x", "2", "-1"),
    "region": ("", "1,2,3", "1,1,0,1", "x,1,0,1", "1e9,0,0,1"),
    "kind": ("", "circle", "box"),
    "grid": ("", "x", "3", "1e6"),
    "start": ("", "1", "x,1"),
    "tau": ("", "x", "0", "1e3", "nan"),
    "etas": ("", "x", "0.1", "0.1,0.1"),
    "color": ("fate",),
}


def lab_links_broken() -> Iterator[str]:
    known = "eta=0.1,2&from=0.4,0.9&to=3,0.9&size=16&steps=60"
    for field, values in LAB_FIELDS.items():
        others = "&".join(part for part in known.split("&") if not part.startswith(f"{field}="))
        for value in values:
            yield f"GET /lab.json?{field}={value}&{others}"
    for link in (
        "from=1,1&to=1,1&eta=0.1,1",
        "loss=quadratic&along=valley&eta=0.1,1",
        "plot=rate&rule=gd",
        "plot=rate&rule=ngd,sqrt-gd",
        "plot=rate&etas=0.1",
        "plot=rate&etas=0.1,x",
        "plot=rate&etas=1e-9,0.1",
        "plot=rate&etas=5,0.1,0.05",
        "plot=rate&tau=100&etas=0.1,0.05",
        "plot=collapse&etas=0.1,0.2,0.3,0.4,0.5",
        "plot=collapse&rule=ngd,gd&etas=0.1,0.05,0.02",
        "plot=collapse&rule=foo&tau=x",
    ):
        yield f"GET /lab.json?{link}"
    yield "GET /regimes.bin?size=x"
    yield "GET /orbit.bin?rule=gradient-flow"
    yield "GET /rate.ndjson?etas=0.1"
    yield "GET /rate.json?rule=gd"
    yield "GET /regimes.csv?loss=rings"


MAP = "size=16&steps=200&eta=0.1,1.2&from=0.6,0.9&to=3,0.9"
CROWD = "grid=5&steps=100&region=0.8,2,0.5,1.2&eta=0.1,0.8"
RATE = "start=2,0.7&tau=1&etas=0.1,0.05,0.03"


def lab_resources() -> Iterator[str]:
    for suffix in ("bin", "csv", "npz"):
        yield f"GET /regimes.{suffix}?{MAP}"
        yield f"GET /orbit.{suffix}?{MAP}&slice=0.6"
    yield f"GET /regimes.bin?{MAP}&rule=ngd&colour=sharpness"
    yield f"GET /regimes.bin?{MAP}&rule=sqrt-gd"
    yield "GET /regimes.bin?loss=ring&along=valley&off=0.2&size=16&steps=60&rule=ngd"
    yield "GET /regimes.bin?loss=product-3&size=16&steps=100&rule=ngd&eta=0.02,0.4"
    yield "GET /regimes.bin?loss=rank-one&size=16&steps=100&rule=sqrt-gd&eta=0.02,0.4"
    yield "GET /orbit.bin?loss=parabolic-valley&rule=ngd&eta=0.05,0.5&steps=300&size=16"
    for suffix in ("ndjson", "json", "csv"):
        yield f"GET /rate.{suffix}?{RATE}"
    yield f"GET /rate.json?{RATE}&rule=sqrt-gd"
    yield "GET /rate.json?loss=product-3&tau=0.5&etas=0.1,0.05,0.03"
    yield "GET /rate.json?loss=parabolic-valley&tau=1&etas=0.1,0.05,0.025,0.0125"
    yield f"GET /crowd.bin?{CROWD}"
    yield f"GET /crowd.csv?{CROWD}&rule=ngd"
    yield f"GET /crowd.json?{CROWD}&loss=two-curvatures&kind=annulus"
    yield f"GET /starts.csv?{CROWD}&kind=disk"
    yield f"GET /regimes.bin?{MAP} | again"
    yield f"GET /rate.csv?{RATE} | again"


SIMULATE = "python -m dynamics simulate --loss hyperbola --rule ngd --eta 0.05 --start 2,0.7"
FLOW = "python -m dynamics flow --loss parabolic-valley --rule ngd --start 2,0.5"
CROWD_COMMAND = (
    "python -m dynamics crowd --loss hyperbola --rule gd --grid 5 --etas 0.1,0.8 --steps 200"
)
RATE_COMMAND = "python -m dynamics rate --loss hyperbola --rule ngd --start 2,0.7"


def command_line() -> Iterator[str]:
    yield "python -m dynamics list"
    yield "python -m dynamics list | process"
    yield f"{SIMULATE} --steps 40"
    yield f"{SIMULATE} --steps 0"
    yield f"{SIMULATE} --steps 100 --noise 0.001 --seed 5"
    for suffix in ("npz", "csv", "json"):
        yield f"{SIMULATE} --steps 40 --out OUT/run.{suffix}"
        yield f"{FLOW} --tau 2 --out OUT/flow.{suffix}"
    at = "python -m dynamics simulate"
    for rule in RULES:
        yield f"{at} --loss parabolic-valley --rule {rule} --eta 0.1 --start -1.5,0.3 --steps 200"
    yield f"{at} --loss parabolic-valley --rule gd --eta 3 --start 1,1 --steps 100"
    yield f"{at} --loss product-3 --rule sqrt-gd --eta 0.05 --start 2.2,1.2,0.7 --steps 300"
    yield f"{at} --loss crossing --rule ngd --eta 0.1 --start 1.8,0.8,0.5 --steps 600"
    yield f"{at} --loss quadratic-5 --rule ngd --eta 0.1 --start 0.2,-0.4,0.6,-0.8,1 --steps 300"
    for loss, start in (("ring", "1.5,0.7"), ("product-3", "2.2,1.2,0.7"), ("ellipse", "0.6,1.6")):
        for rule in ("ngd", "sqrt-gd", "gradient-flow"):
            yield f"python -m dynamics flow --loss {loss} --rule {rule} --start {start} --tau 1"
    yield f"{RATE_COMMAND} --tau 1 --etas 0.1,0.05,0.025"
    yield f"{CROWD_COMMAND} --region 0.6,2.2,0.5,1.6"
    yield f"{CROWD_COMMAND} --region 2,1,0,1"
    yield (
        "python -m dynamics rate --loss product-3 --rule sqrt-gd --start 2.2,1.2,0.7"
        " --tau 0.5 --etas 0.1,0.05"
    )


def command_line_broken() -> Iterator[str]:
    yield from ("python -m dynamics", "python -m dynamics nothing", "python -m dynamics list x")
    yield "python -m dynamics nothing | process"
    yield f"{SIMULATE} --steps 40 --eta x | process"
    for more in (
        "",
        "--steps x",
        "--steps -1",
        "--steps 1e3",
        "--steps 10000001",
        "--steps 40 --eta 0",
        "--steps 40 --eta -1",
        "--steps 40 --eta nan",
        "--steps 40 --eta inf",
        "--steps 40 --eta x",
        "--steps 40 --start 1",
        "--steps 40 --start 1,x",
        "--steps 40 --start nan,1",
        "--steps 40 --loss rings",
        "--steps 40 --loss hyperbla",
        "--steps 40 --rule gdd",
        "--steps 40 --noise -1",
        "--steps 40 --noise nan",
        "--steps 40 --seed -1",
        "--steps 40 --seed 1.5",
        "--steps 40 --seed 4294967296",
        "--steps 40 --out OUT/run.txt",
        "--steps 40 --out OUT/nowhere/run.csv",
        "--steps 40 --loss ring --start 0,0",
        "--steps 40 --unknown 3",
        "--step 40",
    ):
        yield f"{SIMULATE} {more}".strip()
    for more in ("", "--tau x", "--tau -1", "--tau nan", "--tau 1 --rule gd", "--tau 1 --start 1"):
        yield f"{FLOW} {more}".strip()
    yield f"{FLOW} --tau 1 --out OUT/flow.pdf"
    for more in (
        "--tau 1",
        "--tau 1 --etas 0.1",
        "--tau 1 --etas 0.1,x",
        "--tau 1 --etas 0.1,0",
        "--tau 1 --etas 2,0.1",
        "--tau 0 --etas 0.1,0.05",
        "--tau 1 --etas 0.1,0.05 --rule gd",
        "--tau 1 --etas 0.1,0.1",
    ):
        yield f"{RATE_COMMAND} {more}"


FIRST = "loss=parabolic-valley"
# Of each kind one or a few, on few losses: what a program is compiled for is used more than once.
QUICK = frozenset(
    [
        "GET /run.bin | head",
        "GET /run.bin?rule=ngd,gd&eta=0.1,0.05&steps=100 | head",
        "GET /run.bin?steps=100&clock=step&axis=log&strobe=even&look=log&panel=alignment | head",
        "GET /run.bin?rule=gd&eta=3&steps=100 | head",
        "GET /run.bin?steps=0 | head",
        f"GET /run.bin?{FIRST}&rule=ngd,sqrt-gd,gd,gradient-flow&eta=0.1&steps=240 | numbers",
        f"GET /run.bin?{FIRST}&rule=ngd,gd&eta=0.05,0.03&steps=400 | numbers",
        f"GET /run.bin?{FIRST}&rule=sqrt-gd&eta=0.04&noise=0.0001&seed=7&steps=150 | numbers",
        "GET /run.bin?rule=ngd&steps=40 | again",
        "GET /run.csv?rule=ngd,gradient-flow&eta=0.1,0.05&steps=30",
        "GET /run.json?rule=ngd,gradient-flow&eta=0.1,0.05&steps=30",
        "GET /run.npz?rule=ngd,gradient-flow&eta=0.1,0.05&steps=30",
        "GET /run.csv?rule=sqrt-gd&steps=30&noise=0.001&seed=3&at=5&clock=step | again",
        "GET /run.bin?loss=parabolic-valley&eta=0.04&steps=1500&first=700&count=40",
        "GET /run.bin?eta=0.1&start=2,0.3&steps=2000&first=300&count=1200",
        "GET /run.bin?eta=0.02&steps=20000&first=2000&count=12000",
        "GET /valley.bin?loss=parabolic-valley",
        "GET /valley.bin?loss=parabolic-valley | again",
        "GET /heights.bin?loss=parabolic-valley&view=0.3,1.4,0.2,1.7",
        "GET /sheet.bin?loss=product-3",
        "GET /section.bin?loss=product-3&eta=0.05&steps=300&at=150&of=sharpness",
        "GET /section.bin?loss=product-3&rule=ngd,gd&steps=300&at=100&of=root",
        "GET /lab.json",
        "GET /lab.json?plot=rate&rule=sqrt-gd&start=2,0.7&tau=2&etas=0.1,0.05",
        "GET /lab.json?plot=collapse&rule=ngd,sqrt-gd&start=2,0.7&tau=2&etas=0.1,0.05",
        f"GET /regimes.bin?{MAP}",
        f"GET /regimes.csv?{MAP}",
        f"GET /orbit.bin?{MAP}&slice=0.6",
        f"GET /rate.ndjson?{RATE}",
        f"GET /rate.json?{RATE}",
        "python -m dynamics list",
        f"{SIMULATE} --steps 40",
        f"{SIMULATE} --steps 40 --out OUT/run.csv",
        f"{SIMULATE} --steps 40 --out OUT/run.npz",
        f"{FLOW} --tau 2 --out OUT/flow.json",
        f"{RATE_COMMAND} --tau 1 --etas 0.1,0.05,0.025",
    ]
)
