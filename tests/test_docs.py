"""What README, CONTRIBUTING, Help and `--help` name is what the code has: no less, and no more."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app.__main__ as command
from app import export, site
from app.budgets import Budgets
from app.disk import NAMES
from app.lab import settings as lab
from app.link import BESIDE
from app.server import create_app
from app.stage import layout, settings
from app.stage.layout import EXPORTS, KEYS, stage
from app.study import settings as study
from app.vocabulary import FILM_FORMS, PANELS, PICTURE_FORMS
from dynamics import LOSSES, RULES
from dynamics import __main__ as mathematics
from dynamics.files import SUFFIXES
from dynamics.program import PROGRAMS

ROOT = Path(__file__).parents[1]
README, CONTRIBUTING, MAKEFILE = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "Makefile")
)
KEY_FILES = {"stage": "stage/keys.mjs", "study": "study/page.mjs"}
# What the page's scripts call keys, and how a person reads them.
WRITTEN = {
    '" "': "Space",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    '"["': "[",
    '"]"': "]",
    '"?"': "?",
    "Escape": "Esc",
}
# Options of programs that are not ours, and of those for who works on this.
FOREIGN = {"--directory", "--count"}
# Variables that say where things are, of the system's own.
OF_SYSTEM = {"XDG_CACHE_HOME", "LOCALAPPDATA"}


def named(text: str) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def section(title: str, text: str = README) -> str:
    """What stands below a heading, to the next of its rank."""
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def table(head: str) -> list[str]:
    """The first cells of the table whose head begins so."""
    rows = README[README.index(f"| {head} |") :].split("\n\n")[0].splitlines()[2:]
    return [row.split("|")[1].strip() for row in rows]


def sources(*folders: str) -> Iterator[ast.AST]:
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


# ---- links, keys, catalogue ----

PAGES = {
    "on the stage": (settings.FIELDS, BESIDE),
    "in the lab": (lab.FIELDS, BESIDE),
    "in the study": (study.FIELDS, ()),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_field_of_a_link_is_named_and_no_other(page: str) -> None:
    fields, beside = PAGES[page]
    told = [name for cell in table(page) for name in named(cell)]
    assert len(told) == len(set(told))
    numbers = {"p.NAME"} if beside else set()
    assert set(told) == {field.key for field in fields} | set(beside) | numbers


def test_every_choice_of_the_link_is_one() -> None:
    """Words in the second cells that a field can take: all that are named are read."""
    read = {"plot": lab.read_lab_query, "panel": settings.read_query}
    rows = [row.split("|") for row in section("The link").splitlines() if row.startswith("| `")]
    for key, reads in read.items():
        (choices,) = [named(row[2]) for row in rows if named(row[1])[0] == key]
        assert len(choices) > 2
        for choice in choices:
            assert not reads({key: choice}).problems, (key, choice)


def test_every_part_that_can_be_hidden_is_named_and_no_other() -> None:
    """On the stage after the colon of its row; in the study where its frame is told."""
    (row,) = [row for row in section("The link").splitlines() if "left out, with commas: " in row]
    assert tuple(named(row.split("commas: ")[1].split(";")[0])) == settings.HIDEABLE
    (line,) = [line for line in README.splitlines() if "so is `hide=`, of " in line]
    assert tuple(named(line.split("so is `hide=`, of ")[1])) == study.HIDEABLE


@pytest.mark.parametrize("page", KEY_FILES)
def test_every_key_of_a_page_is_named(page: str) -> None:
    text = (ROOT / "assets/js" / KEY_FILES[page]).read_text(encoding="utf-8")
    bound = keys_in(text)
    assert len(bound) > 4
    told = {part for cell in table("key") for name in named(cell) for part in name.split()}
    if page == "stage":
        assert told == bound | {"Shift", "Ctrl", "+"}
    else:
        sentence = next(line for line in README.splitlines() if line.startswith("The study has"))
        assert {"Space", "Home", "End", "e", "←", "→"} == bound
        assert {part for name in named(sentence) for part in name.split()} == bound - {"←", "→"}


def keys_in(script: str) -> set[str]:
    """The names in the records of keys, and of what goes with Ctrl."""
    records = re.findall(
        r"(?:const keys =|const commands =|this\.keys =) (\{\n.*?\n *\});", script, re.S
    )
    assert records
    names: list[str] = []
    for record in records:
        indent = re.findall(r"^( +)\S", record, re.M)[0]
        names += re.findall(rf'^{indent}("[^"]+"|\w+)(?=[:(,])', record, re.M)
    return {WRITTEN.get(name, name) for name in names}


def test_help_and_readme_name_the_same_keys() -> None:
    told = [name for cell in table("key") for name in named(cell)]
    assert sorted(told) == sorted(keys for keys, _ in KEYS)


def test_the_catalogue_is_named_by_dimension() -> None:
    """Each loss among those of as many parameters; each rule; and no other."""
    paragraph = next(one for one in README.split("\n\n") if one.startswith("Losses of two "))
    losses, rules = paragraph.split(" Rules: ")
    parts = re.split(r"of two parameters|of three|of more", losses)[1:]
    for part, sizes in zip(parts, ({2}, {3}, range(4, 100)), strict=True):
        assert set(named(part)) == {key for key, loss in LOSSES.items() if loss.d in sizes}
    assert set(named(rules.split(", of which")[0])) == set(RULES)


# ---- panels, forms ----


def texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list | tuple):
        for item in node:
            yield from texts(item)
    else:
        yield from texts(getattr(node, "children", None) or [])


def test_every_panel_is_named_and_no_other() -> None:
    """What is seen on the stage; the difference of two runs is told where runs are."""
    shown = set(texts(stage(settings.Settings())))
    told = set(table("panel"))
    assert set(PANELS.values()) - {"Difference"} <= told
    assert "*Difference*" in README
    assert set(layout.ASKED.values()) <= told
    assert told - {"Time bar"} <= shown


def test_every_form_of_an_export_is_named() -> None:
    words = [name.removeprefix("Film, ") for name in (PICTURE_FORMS | FILM_FORMS).values()]
    for word in words:
        assert re.search(rf"\b{word}\b", README), word
    (files,) = re.findall(r"^Under \*Export\*, (.*) are these", README, re.M)
    assert re.findall(r"\*([^*]+)\*", files) == list(EXPORTS)
    for suffix in (*SUFFIXES, *PROGRAMS):
        assert re.search(rf"{re.escape(suffix)}\b", README), suffix


def test_every_resource_is_named_and_no_other() -> None:
    """In the table of resources, with its forms; and elsewhere none that is not there."""
    rules = [rule.rule for rule in create_app().server.url_map.iter_rules()]
    ours = {path for rule in rules for path in spelt(rule) if re.fullmatch(r"/[a-z][\w.-]+", path)}
    told = {path for cell in table("resource") for name in named(cell) for path in forms(name)}
    assert told == ours - {"/lab", "/study", "/about"}
    others = re.findall(r"(?<=`)(?:GET )?(/[a-z]+\.[a-z.]+)", README)
    assert set(others) <= ours


def spelt(rule: str) -> list[str]:
    """The paths of a rule that has its ending among several."""
    begin, _, choice = rule.partition("<any(")
    return [begin + one for one in choice.split(")")[0].split(", ")] if choice else [rule]


def forms(name: str) -> list[str]:
    """`/run.bin .csv` as the paths that it is short for."""
    path, *others = name.split()
    return [path, *(path.split(".")[0] + other for other in others)]


# ---- commands, options, environment ----


def options(parser: argparse.ArgumentParser) -> set[str]:
    """All long names of a parser and of those of its commands."""
    found: set[str] = set()
    for action in parser._actions:
        found |= {name for name in action.option_strings if name.startswith("--")}
        if isinstance(action, argparse._SubParsersAction):
            found |= {name for one in action.choices.values() for name in options(one)}
    return found


def subcommands(parser: argparse.ArgumentParser) -> set[str]:
    return {
        name
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name in action.choices
    }


def test_every_option_is_named_and_no_other() -> None:
    own = {"--version", "--help"}.union(
        *(options(one._parser()) for one in (mathematics, export, site))
    )
    told = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", README))
    assert own - told == set()
    said = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", CONTRIBUTING))
    assert said - own - FOREIGN - sizes_of_words() == set()


def sizes_of_words() -> set[str]:
    """What the style sheet calls `--small` and so on, which is no option."""
    style = (ROOT / "assets/style/base.css").read_text(encoding="utf-8")
    return set(re.findall(r"(--[a-z]+):", style))


def test_every_command_is_named() -> None:
    for name in subcommands(mathematics._parser()):
        assert re.search(rf"python -m dynamics {name}\b", README), name
    known = set(re.findall(rf"^{re.escape(command.COMMAND)} ([a-z]+)\b", command.HELP, re.M))
    assert known == {"export", "site"}
    for name in known:
        assert f"python -m app {name} " in README
    for module in re.findall(r"python -m (app|dynamics) ([a-z]+)", README + CONTRIBUTING):
        assert module[1] in known | subcommands(mathematics._parser()), module


def test_every_target_of_make_is_named_and_no_other() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    helped = set(re.findall(r'@echo "make (\S+)', MAKEFILE))
    told = set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", README + CONTRIBUTING, re.M))
    inside = {"help", "browser", "engines", "readers"}  # what the others ask for
    assert helped - inside == told
    assert set(phony.split()) - inside == helped
    assert all(re.search(rf"^{name}[: ]", MAKEFILE, re.M) for name in helped)


def test_every_variable_of_the_environment_is_named_and_no_other() -> None:
    told = set(re.findall(r"`([A-Z]{4,}|[A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", README))
    assert (variables() | {"CACHE_TYPE"}) - told == set()
    assert told - variables() - {"CACHE_TYPE"} - words_in_capitals() == set()
    for name in variables() - OF_SYSTEM - {"XLA_FLAGS", "OPENBLAS_NUM_THREADS"}:
        assert name in command.HELP, name


def variables() -> set[str]:
    """What is looked for in `os.environ`, wherever."""
    found = set(NAMES) | {budget.setting for budget in Budgets()}
    for node in sources("app", "dynamics", "edgewalk"):
        text = ast.unparse(node) if isinstance(node, ast.Call | ast.Subscript) else ""
        found |= set(re.findall(r"^os\.environ(?:\.get|\.setdefault)?[(\[]'([A-Z_]+)'", text))
    return found


def words_in_capitals() -> set[str]:
    """Records of the library, and what an example leaves open."""
    return {"LOSSES", "RULES", "LINK", "FOLDER", "FILE", "MEMORY", "MEMORY_STEPS"}


# ---- what can be run ----


def blocks() -> Iterator[str]:
    """Lines of indented and fenced blocks that are no Python, in both files; joined where one ends
    in a backslash."""
    for text in (README, CONTRIBUTING):
        for line in re.sub(r"\\\n *", "", text).splitlines():
            if re.match(r" {4}\S", line):
                yield line.split("  #")[0].strip()


COMMANDS = [line for line in blocks() if re.match(r"(make|pip|py|python|\.venv\S+python) ", line)]
RUN = [line for line in COMMANDS if re.match("python -m dynamics (?!study)", line)]
READ = [
    line for line in COMMANDS if re.match("python -m (dynamics study|app (export|site)) ", line)
]


def test_there_are_commands() -> None:
    """Each is run, read, or one of those that serve, install or test."""
    rest = [line for line in COMMANDS if line not in (*RUN, *READ)]
    assert len(RUN) >= 6
    assert len(READ) >= 2
    for line in rest:
        assert re.match(r"(make [a-z-]+$|pip install |py -m venv|\.venv|python -m app$)", line), (
            line
        )


@pytest.mark.parametrize("line", RUN)
def test_a_command_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mathematics.main(shlex.split(line)[3:]) == 0
    assert capsys.readouterr().out.startswith("{")


@pytest.mark.parametrize("line", READ)
def test_a_command_that_takes_minutes_is_read(line: str) -> None:
    _, _, module, *rest = shlex.split(line)
    if module == "dynamics":
        assert mathematics._parser().parse_args(rest)
    else:
        parser = {"export": export, "site": site}[rest[0]]._parser()
        assert parser.parse_args(rest[1:])


def test_the_lines_of_python_about_a_formula_run() -> None:
    lines = [
        line.strip() for line in README.splitlines() if line.startswith("    loss = dynamics.")
    ]
    after = [line.strip() for line in README.splitlines() if line.startswith("    run = dynamics.")]
    import dynamics

    scope: dict[str, Any] = {"dynamics": dynamics}
    exec("\n".join((*lines, *after)), scope)
    assert len(scope["run"].x) > 1
