"""A package of SCORM 1.2: a zip with a manifest, that learning platforms import.

[CAM] ADL, *SCORM 1.2 Content Aggregation Model*, 2001: the manifest. Each part is a resource of its
own, of the type `sco`, which reports by the platform's API (`assets/js/scorm.mjs`); what all of
them load is one resource of the type `asset` that each depends on.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as Xml

NAMESPACE = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
ADL = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMAS = f"{NAMESPACE} imscp_rootv1p1p2.xsd {ADL} adlcp_rootv1p2.xsd"
NAME = "edgewalk"
SHARED = "shared"
MANIFEST = "imsmanifest.xml"


class Part(NamedTuple):
    """What a learner opens: its title, and its page in the package."""

    title: str
    page: str


def package(folder: Path, file: Path, title: str, parts: Sequence[Part]) -> None:
    """Zip a folder with a manifest of its parts at the root."""
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    pages = {part.page for part in parts}
    text = manifest(title, parts, [name for name in names if name not in pages])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        zipped.writestr(MANIFEST, text)
        for name in names:
            zipped.write(folder / name, name)


def manifest(title: str, parts: Sequence[Part], shared: Sequence[str]) -> bytes:
    """The manifest of parts and of the files that they share."""
    root = Xml.Element(
        "manifest",
        {
            "identifier": NAME,
            "version": "1.0",
            "xmlns": NAMESPACE,
            "xmlns:adlcp": ADL,
            "xmlns:xsi": INSTANCE,
            "xsi:schemaLocation": SCHEMAS,
        },
    )
    metadata = Xml.SubElement(root, "metadata")
    Xml.SubElement(metadata, "schema").text = "ADL SCORM"
    Xml.SubElement(metadata, "schemaversion").text = "1.2"
    all_of_it = Xml.SubElement(root, "organizations", default=f"{NAME}-scenes")
    scenes = Xml.SubElement(all_of_it, "organization", identifier=f"{NAME}-scenes")
    Xml.SubElement(scenes, "title").text = title
    resources = Xml.SubElement(root, "resources")
    for part in parts:
        name = part.page.partition(".")[0]
        item = Xml.SubElement(
            scenes, "item", identifier=f"item-{name}", identifierref=f"part-{name}"
        )
        Xml.SubElement(item, "title").text = part.title
        resource = _resource(resources, f"part-{name}", "sco", [part.page], href=part.page)
        Xml.SubElement(resource, "dependency", identifierref=SHARED)
    _resource(resources, SHARED, "asset", shared)
    Xml.indent(root)
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)


def _resource(
    resources: Xml.Element, name: str, kind: str, files: Sequence[str], **more: str
) -> Xml.Element:
    given = {"identifier": name, "type": "webcontent", "adlcp:scormtype": kind} | more
    resource = Xml.SubElement(resources, "resource", given)
    for file in files:
        Xml.SubElement(resource, "file", href=file)
    return resource
