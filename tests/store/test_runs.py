"""What is known of a run: its id, and how far it came."""

from __future__ import annotations

from pathlib import Path

from nnviz.spec import RunSpec
from nnviz.store.runs import Progress, new_id
from nnviz.store.store import Store


def test_ids_do_not_begin_like_an_option() -> None:
    ids = [new_id() for _ in range(500)]
    assert len(set(ids)) == 500
    assert all(id[0].isalnum() and len(id) == 22 for id in ids)


def test_how_far_a_run_came(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.create_run("r", RunSpec())
        assert store.progress("r") == Progress()
        for seq, val_loss in enumerate((0.5, 0.2, 0.3, None)):
            row = {"epoch": seq / 2, "seconds": seq / 4, "loss": 1 / (seq + 1), "val_loss": val_loss}
            store.add_event("r", {"event": "metrics", "seq": seq, **row})
        assert store.progress("r") == Progress(epoch=1.5, seconds=0.75, loss=0.25, val_loss=0.3, best_val_loss=0.2)
        assert store.progress("another") == Progress()
