"""The house's rule: imports go down only, and a few libraries have one home."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FLOORS = (
    ("schemas",),
    ("records",),
    ("model_adapters", "judge", "analysis"),
    ("orchestrator",),
    ("finetune", "pairgen", "slurm"),
    ("web",),
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

HOMES = {
    "ray": ("orchestrator/",),
    "hydra": ("orchestrator/",),
    "omegaconf": ("orchestrator/",),
    "playwright": ("pairgen/",),
    "openai": ("model_adapters/engines/",),
    "anthropic": ("model_adapters/engines/",),
    "google": ("model_adapters/engines/",),
    "vllm": ("model_adapters/engines/",),
    "transformers": ("model_adapters/engines/", "analysis/vision_model.py"),
    "trl": ("finetune/",),
    "peft": ("finetune/",),
}


def source_files() -> list[Path]:
    return sorted(path for room in FLOOR_OF for path in (ROOT / room).rglob("*.py"))


def imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only_and_libraries_stay_home(path: Path) -> None:
    place = path.relative_to(ROOT)
    room = place.parts[0]
    for name in imported_names(path):
        if name in FLOOR_OF and name != room:
            assert FLOOR_OF[name] < FLOOR_OF[room], f"{place} imports {name}: sideways or up"
        if name in HOMES:
            assert str(place).startswith(HOMES[name]), f"{place} imports {name}, whose home is {HOMES[name][0]}"


def test_every_room_has_source_files() -> None:
    rooms = {path.relative_to(ROOT).parts[0] for path in source_files()}
    assert {"schemas", "records", "model_adapters", "judge", "analysis", "orchestrator", "pairgen"} <= rooms


def test_modules_stay_below_400_lines_and_functions_below_70() -> None:
    for path in source_files():
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, f"{path} is too long"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                assert node.end_lineno - node.lineno + 1 <= 70, f"{path}:{node.lineno} {node.name} is too long"


def test_the_distribution_lists_every_package() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    rooms = [ROOT / room for room in FLOOR_OF if (ROOT / room).is_dir()]
    found = {path.parent for room in rooms for path in room.rglob("__init__.py")}
    assert listed == {str(folder.relative_to(ROOT)).replace("/", ".") for folder in found}
