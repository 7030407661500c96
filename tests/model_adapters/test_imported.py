"""A file of predictions as a model row."""

import asyncio
import json
import pickle
from pathlib import Path

import pytest

from model_adapters import ADAPTERS
from model_adapters.imported import Imported, ImportedConfig
from schemas.errors import DatasetError, MissingPrediction
from schemas.records import Answer, Question


def line(pair_id: str, prediction: object, **more: object) -> str:
    return json.dumps({"id": pair_id, "split": "test", "model": "theirs", "prediction": prediction, **more})


def write(folder: Path, *lines: str) -> ImportedConfig:
    path = folder / "predictions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return ImportedConfig(path=str(path))


def predict(config: ImportedConfig, pair_id: str) -> Answer:
    async def once() -> Answer:
        adapter = Imported(config)
        await adapter.start()
        try:
            empty = memoryview(b"")
            return await adapter.predict(Question(pair_id=pair_id, before=empty, after=empty, user_query=""))
        finally:
            await adapter.close()

    return asyncio.run(once())


def test_a_line_becomes_an_answer(tmp_path: Path) -> None:
    config = write(tmp_path, line("p1", "it grew", raw_response="<think>..</think>it grew"), "", line("p2", "ünï"))
    answer = predict(config, "p1")
    assert (answer.text, answer.status, answer.served_model) == ("it grew", "ok", "theirs")
    assert answer.raw_text == "<think>..</think>it grew"
    assert predict(config, "p2").text == "ünï"
    assert predict(config, "p2").raw_text is None


@pytest.mark.parametrize("prediction", ["", "  \n", None])
def test_an_empty_prediction_is_an_empty_answer(tmp_path: Path, prediction: str | None) -> None:
    assert predict(write(tmp_path, line("p1", prediction)), "p1").status == "empty"


def test_a_missing_pair_is_an_error_of_that_pair(tmp_path: Path) -> None:
    with pytest.raises(MissingPrediction, match="p9"):
        predict(write(tmp_path, line("p1", "x")), "p9")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ('{"id": "p2", "predic', "no valid JSON"),
        ("[1]", "not a JSON object"),
        ('{"prediction": "x"}', "'id' is missing"),
        ('{"id": 5, "prediction": "x"}', "'id' is missing or no text"),
        ('{"id": "p2"}', "'prediction' is missing"),
        ('{"id": "p2", "prediction": ["x"]}', "is list, not text"),
        ('{"id": "p1", "prediction": "again"}', "a second prediction for pair p1"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, broken: str, words: str) -> None:
    config = write(tmp_path, line("p1", "x"), "", broken)
    with pytest.raises(DatasetError, match=f"predictions.jsonl, line 3: .*{words}"):
        predict(config, "p1")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "p1", "prediction": "x"}\r\n{"id": "p2", "prediction": "\xff"}\r\n')
    with pytest.raises(DatasetError, match="line 2"):
        predict(ImportedConfig(path=str(path)), "p1")


def test_a_file_that_is_absent_or_empty(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="set the adapter's path"):
        ImportedConfig(path=str(tmp_path / "none.jsonl")).identity()
    with pytest.raises(DatasetError, match="holds no prediction"):
        predict(write(tmp_path, ""), "p1")


def test_identity_is_the_content_not_the_place(tmp_path: Path) -> None:
    here, there, other = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    for folder in (here, there, other):
        folder.mkdir()
    config = write(here, line("p1", "x"))
    assert config.identity() == write(there, line("p1", "x")).identity()
    assert config.identity() != write(other, line("p1", "y")).identity()


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    assert predict(write(tmp_path, line("p1", "x")), "p1").text == "x"
    assert predict(write(tmp_path, line("p1", "y")), "p1").text == "y"


def test_strangers_are_listed(tmp_path: Path) -> None:
    config = write(tmp_path, line("p1", "x"), line("q1", "x"), line("q0", "x"))
    assert config.strangers({"p1", "p2"}) == ["q1", "q0"]
    with pytest.raises(DatasetError, match=r"2 ids .*'q1'.*on_strangers=ignore"):
        config.check({"p1", "p2"})
    config.check({"p1", "q1", "q0"})
    ImportedConfig(path=config.path, on_strangers="ignore").check({"p1"})


def test_config(tmp_path: Path) -> None:
    config = ADAPTERS.configure({"kind": "imported", "path": str(tmp_path), "on_strangers": "ignore"})
    assert not config.uses_prompt
    assert config.reads_pair_id
    assert config.told("p1", {}) == ()


def test_a_file_is_read_once_for_all_its_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = write(tmp_path, line("p1", "x"))
    reads: list[Path] = []
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    assert len({str(config.identity()) for _ in range(5)}) == 1
    assert len(reads) == 1


def test_a_worker_refuses_a_file_that_is_not_the_one_in_the_keys(tmp_path: Path) -> None:
    config = ADAPTERS.configure({"kind": "imported", "path": write(tmp_path, line("p1", "x")).path})
    before = config.identity()
    sent = pickle.loads(pickle.dumps(config))
    assert predict(sent, "p1").text == "x"
    write(tmp_path, line("p1", "y"))
    with pytest.raises(DatasetError, match=r"predictions\.jsonl has changed since .*; run again"):
        predict(sent, "p1")
    assert sent.identity() == before
    assert write(tmp_path, line("p1", "y")).identity() != before
