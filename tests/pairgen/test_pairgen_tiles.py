import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from orchestrator.door import PROJECT_ROOT
from pairgen.tiles import TilesConfig, main, write_tiles
from schemas.errors import ConfigError, UserError

EMBEDDED = PROJECT_ROOT / "data/embedded/pairs.parquet"


def test_tiles_show_changed_pairs_drawn_by_seed_and_list_them(tmp_path: Path) -> None:
    assert write_tiles(EMBEDDED, tmp_path / "a", TilesConfig(pairs=5, rows=2, seed=3)) == 5
    assert write_tiles(EMBEDDED, tmp_path / "b", TilesConfig(pairs=5, rows=2, seed=4)) == 5
    names = [path.name for path in sorted((tmp_path / "a").iterdir())]
    assert names == ["tile-001.png", "tile-002.png", "tile-003.png", "tiles.csv"]
    listed = [list(csv.DictReader(io.StringIO((tmp_path / x / "tiles.csv").read_text()))) for x in "ab"]
    assert [(row["tile"], row["row"]) for row in listed[0]] == [
        ("1", "1"),
        ("1", "2"),
        ("2", "1"),
        ("2", "2"),
        ("3", "1"),
    ]
    ids = [[row["id"] for row in rows] for rows in listed]
    assert ids[0] != ids[1]
    assert all(name.startswith(("easy", "medium", "hard")) for name in ids[0])
    heights = []
    for name in names[:3]:
        with Image.open(tmp_path / "a" / name) as tile:
            heights.append(tile.height)
    assert heights[0] == heights[1] == 2 * heights[2]


def test_what_tiles_cannot_be_made_of_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="usage"):
        main([str(EMBEDDED), str(tmp_path), "pears=3"])
    with pytest.raises(UserError, match="no file"):
        main([str(tmp_path / "none.parquet"), str(tmp_path)])
