"""The site of files: what is held, and the package of it."""

import gzip
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from app import scorm
from app.held import COMPARED, held_of
from app.runspec import LossSpec
from app.site import main, size_of, write_package, write_site
from app.stage.settings import of_scene, opening, write_query
from dynamics import LOSSES

LOSS = "parabolic-valley"
ADL = f"{{{scorm.ADL}}}"
IMS = f"{{{scorm.NAMESPACE}}}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small one."""
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, [LOSS], [1.0, 0.5])
    return folder


def index_of(folder: Path) -> dict:
    return json.loads(gzip.decompress((folder / "held" / f"{LOSS}.bin").read_bytes()))


@pytest.mark.parametrize("key", LOSSES)
def test_what_a_loss_offers_is_held(key: str) -> None:
    """As it opens, its scenes, every rule, all of them side by side, and half of the step size."""
    held = [one.runs for some in held_of(key).values() for one in some]
    first = opening(key)
    offered = [first, *(of_scene(LossSpec(key), scene) for scene in LOSSES[key].scenes)]
    assert all(one.runs in held for one in offered)
    rules = {tuple(run.rule.key for run in runs) for runs in held}
    assert {(rule,) for rule in COMPARED} <= rules
    assert max(map(len, rules)) == 4
    assert (first.eta[0], first.eta[0] / 2) in {tuple(run.eta for run in runs) for runs in held}


@pytest.mark.parametrize("key", LOSSES)
def test_nothing_is_held_twice(key: str) -> None:
    links = [write_query(one) for some in held_of(key).values() for one in some]
    assert len(links) == len(set(links))


def test_every_file_that_is_named_is_there_and_no_other(site: Path) -> None:
    index = index_of(site)
    named = {name for runs in index["runs"] for name in runs["files"]}
    for family in index["families"]:
        named |= {family["figures"], *(one["file"] for one in family["held"])}
    assert {file.stem for file in (site / "held").iterdir()} == named | {LOSS}


def test_numbers_are_the_servers_to_the_last_bit(site: Path, client) -> None:
    """Unpacked as `pack_tightly` says."""
    runs = next(
        one
        for one in index_of(site)["runs"]
        if one["header"]["settings"]["eta"] == [0.125] and len(one["files"]) == 3
    )
    rules = ",".join(runs["header"]["settings"]["rule"])
    said = client.get(f"/run.bin?rule={rules}&eta=0.125").data
    numbers = b"".join(loosened(site / "held" / f"{name}.bin") for name in runs["files"])
    assert said[8 + int.from_bytes(said[4:8], "little") :] == numbers


def loosened(file: Path) -> bytes:
    """What was packed tightly without a head."""
    content = gzip.decompress(file.read_bytes())
    head, count = np.frombuffer(content, "<u4", 2)
    assert head == 0
    stretches = np.frombuffer(content, "<u4", 2 * count, 8).reshape(-1, 2)
    planes = np.frombuffer(content, "u1", offset=int(8 + 8 * count)).reshape(4, -1)
    values = planes.T.copy().view("<u4").ravel()
    begin = 0
    for length, lag in stretches.tolist():
        for k in range(lag):
            own = slice(begin + k, begin + length, lag)
            values[own] = np.cumsum(np.cumsum(values[own], dtype="<u4"), dtype="<u4")
        begin += length
    return values.tobytes()


def test_pages_ask_their_own_host_alone(site: Path) -> None:
    for name, up in (("index.html", ""), ("about/index.html", "../")):
        text = (site / name).read_text(encoding="utf-8")
        assert "default-src 'self'; script-src 'self' ;" in text
        assert f'src="{up}assets/js/' in text
        assert "lab/" not in text.replace("lab/?plot", "").replace('href="lab/"', "")
    assert not [file for file in site.rglob("*") if file.suffix == ".mjs"]
    modules = [file for file in site.rglob("*.js") if "vendor" not in file.parts]
    assert not any('.mjs"' in file.read_text(encoding="utf-8") for file in modules)


def test_a_page_does_not_speak_of_what_it_lacks(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "Choose another loss or rule" in text
    assert "Drag the ring" not in text
    assert "ring in focus" not in text
    assert "The lab" not in text
    assert [text.count(f'<option value="{key}"') for key in (LOSS, "ring")] == [1, 0]


def test_a_package_has_a_part_for_each_scene(site: Path, tmp_path: Path) -> None:
    file = write_package(site, [LOSS])
    with zipfile.ZipFile(file) as zipped:
        names = set(zipped.namelist())
        manifest = Xml.fromstring(zipped.read("imsmanifest.xml"))
        pages = {name: zipped.read(name).decode() for name in names if name.endswith(".html")}
    file.unlink()
    assert manifest.findtext(f"{IMS}metadata/{IMS}schema") == "ADL SCORM"
    assert manifest.findtext(f"{IMS}metadata/{IMS}schemaversion") == "1.2"
    resources = {
        one.get("identifier"): one for one in manifest.findall(f"{IMS}resources/{IMS}resource")
    }
    items = manifest.findall(f"{IMS}organizations/{IMS}organization/{IMS}item")
    assert len(items) == len(pages) == 1 + len(LOSSES[LOSS].scenes)
    for item in items:
        part = resources[item.get("identifierref")]
        assert part.get(f"{ADL}scormtype") == "sco"
        assert "data-reports" in pages[str(part.get("href"))]
        (shared,) = part.findall(f"{IMS}dependency")
        assert resources[shared.get("identifierref")].get(f"{ADL}scormtype") == "asset"
    listed = {one.get("href") for one in manifest.iter(f"{IMS}file")}
    assert listed == names - {"imsmanifest.xml"}


@pytest.mark.parametrize("given", [["--losses", "none"], []])
def test_what_cannot_be_done_is_said(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit, match="2"):
        main(["--out", str(tmp_path), *given])
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert size_of(tmp_path) == 4
