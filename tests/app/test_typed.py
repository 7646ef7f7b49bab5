"""Whatever is typed or stands in a link: chance draws it, and a seed makes it the same again.

Page and server read the same numbers, no resource fails at any query, each refusal can be read by
a person and leads to a link that is not refused, and no decimal comma is taken for two numbers.
"""

import json
import random
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from app.http import LENIENT
from app.lab.settings import FIELDS as LAB_FIELDS
from app.lab.settings import read_lab_query
from app.link import MAX_ETA, MIN_ETA
from app.stage.settings import FIELDS, read_query
from dynamics import LOSSES, RULES
from dynamics.__main__ import main
from dynamics.numerals import read_number, read_whole
from tests.app.bodies import head_of
from tests.javascript import node

READINGS = Path(__file__).with_name("readings.mjs")
SIGNS = ("", "", "", "+", "-", "−", "–", "--")
POWERS = ("", "", "e3", "E-3", "e−3", "e+07", "e", "·10⁻⁴", "·10²", "·10", "e400", "e-400")
SPACES = ("", "", "", " ", "\t", "\n", "\u00a0", "\u2009", "\ufeff", "\x1c", "\x85")
WORDS = (
    "inf",
    "-inf",
    "nan",
    "Infinity",
    "0x1f",
    "1_000",
    "١",
    "１",
    "½",
    "²",
    "true",
    "null",
    "1/3",
)

STAGE = ("run.bin", "run.json", "run.csv", "run.npz", "run.settings.json", "run.py", "section.bin")
OF_A_LOSS = ("valley.bin", "heights.bin", "sheet.bin")
LAB = ("lab.json", "regimes.bin", "orbit.bin", "rate.ndjson", "rate.json", "rate.csv")
MOST_STEPS = 2000  # of queries that can be read, which are computed
SENSIBLE = {"eta": "0.2, .1", "start": "−1.5, 1", "noise": "1e−3", "steps": "1,000", "at": "7.0"}
SENSIBLE |= {"seed": "3e2", "clock": "eta", "rule": "gd,ngd", "hide": "header, loss"}
KEYS = list(dict.fromkeys(field.key for field in FIELDS))
COMPILED = "parabolic-valley"


def numeral(draw: random.Random) -> str:
    """A number, or nearly one, as people and programs write them."""
    digits = "".join(draw.choice("0123456789") for _ in range(draw.randint(0, 4)))
    more = "".join(draw.choice("0123456789") for _ in range(draw.randint(0, 3)))
    body = draw.choice((digits, f"{digits}.{more}", f"{digits}.{more}", f"{digits},{more}"))
    text = draw.choice(SIGNS) + body + draw.choice(POWERS)
    if draw.random() < 0.1:
        text = draw.choice(WORDS)
    return draw.choice(SPACES) + text + draw.choice(SPACES)


def typed(draw: random.Random) -> str:
    """What a field of a link may say: numbers, words of the link, and any character."""
    one = draw.random()
    if one < 0.6:
        separator = draw.choice((",", ", ", "; ", " "))
        return separator.join(numeral(draw) for _ in range(draw.choice((1, 1, 2, 3))))
    if one < 0.8:
        return draw.choice(
            (*LOSSES, *RULES, "ngd,gd", "tau", "space", "rate", "valley", "1", "", "ring ")
        )
    return "".join(chr(draw.randrange(0xD800)) for _ in range(draw.randint(0, 9)))


def test_page_and_server_read_the_same_numbers() -> None:
    draw = random.Random(1)
    texts = [numeral(draw) for _ in range(5000)]
    done = node(READINGS, input=json.dumps(texts), check=True, capture_output=True)
    read = [read_number(text) for text in texts]
    differ = {
        text: (ours, theirs)
        for text, ours, theirs in zip(texts, read, json.loads(done.stdout), strict=True)
        if repr(ours) != repr(float(theirs))
    }
    assert not differ
    assert sum(value == value for value in read) > 1000


def assert_refused(client: FlaskClient, address: str, body: bytes) -> None:
    """A refusal that a person can read, the same with 200, and a way on."""
    refused = json.loads(body)
    assert refused["problems"], address
    for problem in refused["problems"]:
        assert problem["text"].endswith((".", "?")), address
        assert "NaN" not in problem["text"] or "NaN" in address or "nan" in address
    lenient = client.get(address, headers={"Prefer": LENIENT})
    assert (lenient.status_code, lenient.get_json()) == (200, refused)
    nearest = dict(parse_qsl(refused["nearest"], keep_blank_values=True))
    reader = read_lab_query if address.startswith(tuple(f"/{name}" for name in LAB)) else read_query
    assert not reader(nearest).problems, address


def query_of(draw: random.Random, keys: list[str]) -> dict[str, str]:
    """Some keys with what may be typed there, often with what makes sense."""
    usual = {key: text for key, text in SENSIBLE.items() if draw.random() < 0.5}
    return usual | {key: typed(draw) for key in draw.sample(keys, draw.choice((0, 0, 1, 1, 3)))}


def test_no_link_makes_the_stage_fail(client: FlaskClient) -> None:
    draw = random.Random(2)
    keys = [
        *(field.key for field in FIELDS),
        "p.k",
        "first",
        "count",
        "part",
        "decimal",
        "view",
        "x",
    ]
    counts = {200: 0, 400: 0}
    for _ in range(250):
        query = query_of(draw, keys)
        of_runs = {key: text for key, text in query.items() if key in KEYS}
        reading = read_query(of_runs)
        runs = reading.settings.runs
        if sum(run.steps for run in runs) > MOST_STEPS or reading.settings.loss != COMPILED:
            query["rule"] = "no rule"  # is refused before it is computed
        path = draw.choice(STAGE if "rule" in query else (*STAGE, *OF_A_LOSS))
        answer = client.get(f"/{path}", query_string=query)
        counts[answer.status_code] += 1
        if answer.status_code == 400:
            assert_refused(client, f"/{path}?{answer.request.query_string.decode()}", answer.data)
        elif path == "run.bin" and {"first", "count"}.isdisjoint(query):
            head, _ = head_of(answer.data)
            again = read_query(dict(parse_qsl(head["query"], keep_blank_values=True)))
            assert again.settings == reading.settings, query
            assert not again.problems + again.notices
    assert min(counts.values()) > 40, counts


def test_no_link_makes_the_lab_fail(client: FlaskClient) -> None:
    draw = random.Random(3)
    keys = [*(field.key for field in LAB_FIELDS), "p.k", "x"]
    for _ in range(400):
        query = query_of(draw, keys)
        if not read_lab_query(query).problems:
            query["size"] = "no size"  # is refused before it is computed
        path = draw.choice(LAB)
        answer = client.get(f"/{path}", query_string=query)
        assert answer.status_code == 400, (path, query)
        assert_refused(client, f"/{path}?{answer.request.query_string.decode()}", answer.data)


@pytest.mark.parametrize("seed", range(20))
def test_no_decimal_comma_is_taken_for_two_numbers(
    seed: int, capsys: pytest.CaptureFixture
) -> None:
    draw = random.Random(seed)
    meant = f"0.{draw.randint(1, 10 ** draw.randint(1, 5))}"
    value = float(meant)
    comma = meant.replace(".", ",")
    for reading, etas in (
        (read_query({"eta": comma}), lambda settings: settings.eta),
        (read_lab_query({"plot": "collapse", "etas": comma}), lambda settings: settings.step_sizes),
    ):
        (problem,) = reading.problems
        assert f"Did you mean {meant}?" in problem.text
        assert etas(reading.settings) == (value,)
    (problem,) = read_query({"noise": comma}).problems
    assert f"Did you mean {meant}?" in problem.text
    (problem,) = read_query({"start": f"{comma}, {comma}"}).problems
    assert f"Did you mean {meant}, {meant}?" in problem.text
    words = ("simulate", "--loss", COMPILED, "--rule", "ngd", "--start", "1,1", "--steps", "9")
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--eta", comma])
    assert stopped.value.code == 2
    assert f"Did you mean {meant}?" in capsys.readouterr().err


@pytest.mark.parametrize("seed", range(5))
def test_a_number_is_the_same_in_every_notation(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(100):
        value = round(draw.uniform(1e-3, 1e3), 3)
        power = draw.randint(-5, 5)
        raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        texts = (f"{value}e{power}", f"+{value}E{power}".replace("-", "−"), f" {value}·10{raised}")
        assert {read_query({"eta": text}).settings.eta for text in texts} == {
            (min(max(float(texts[0]), MIN_ETA), MAX_ETA),)
        }
        assert read_number(f"−{value}") == -value
        assert read_whole(f"{int(value * 1e4):,}") == int(value * 1e4)
