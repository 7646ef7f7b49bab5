"""python -m tests.agreed: draws every agreed picture anew. Look at what changed, then keep it."""

from app.server import create_app
from dynamics.compilation import prepare_process
from tests.agreed import FOLDER, RUNS, draw

prepare_process()
client = create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client()
for run in RUNS:
    for name, text in draw(client, run).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(name)
