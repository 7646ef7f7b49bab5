"""The agreed pictures.

python -m tests.agreed                   draw every one anew; look at what changed, then keep it
python -m tests.agreed prepare FOLDER    write there what they are drawn from
"""

import sys
import tempfile
from pathlib import Path

from app.server import create_app
from dynamics.compilation import prepare_process
from tests.agreed import FOLDER, draw, prepare

prepare_process()
client = create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client()
if sys.argv[1:2] == ["prepare"]:
    prepare(client, Path(sys.argv[2]))
else:
    with tempfile.TemporaryDirectory() as folder:
        prepare(client, Path(folder))
        for path in Path(folder).glob("*.json"):
            for name, text in draw(path.read_text("utf-8")).items():
                (FOLDER / name).write_text(text, encoding="utf-8")
                print(name)
