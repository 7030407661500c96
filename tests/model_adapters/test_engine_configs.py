"""What engine configs refuse, what they say of themselves, and what they never show."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from model_adapters import ADAPTERS
from model_adapters.engines import ENGINES
from model_adapters.engines.endpoint import Prices
from model_adapters.engines.hf import HfConfig
from model_adapters.engines.openai import OpenAIConfig
from model_adapters.engines.vllm import VllmConfig
from schemas.errors import ConfigError

SECRET = "sk-live-0123456789abcdef"
PRICES = Prices(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of="2026-01-01")


def test_identity_holds_what_changes_a_reply_and_nothing_else() -> None:
    base = OpenAIConfig(model="m", base_url="http://host/v1")
    for same in (
        {"timeout_s": 5.0}, {"max_in_flight": 2}, {"api_key_env": "K"}, {"base_url": "http://host/v1/"},
        {"prices": PRICES},
    ):  # fmt: skip
        assert OpenAIConfig(**{"model": "m", "base_url": "http://host/v1", **same}).identity() == base.identity()  # type: ignore[arg-type]
    for other in (
        {"model": "n"}, {"base_url": "http://other/v1"}, {"revision": "r"}, {"extra_body": {"a": 1}},
        {"reasoning": {"a": 1}}, {"omit_fields": ("temperature",)}, {"output_budget_field": "max_tokens"},
    ):  # fmt: skip
        assert OpenAIConfig(**{"model": "m", "base_url": "http://host/v1", **other}).identity() != base.identity()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "key", "is_priced", "is_tried"),
    [
        ("https://api.openai.com/v1", "K", True, False),
        ("https://api.example.org/v1", None, False, True),
        ("http://127.0.0.1:8000/v1", "K", False, True),
        ("http://10.1.2.3:8000/v1", "K", False, True),
        ("http://node17:8000/v1", None, False, True),
        ("http://[::1]:8000/v1", None, False, True),
    ],
)
def test_needs(url: str, key: str | None, is_priced: bool, is_tried: bool) -> None:
    needs = OpenAIConfig(model="m", base_url=url, api_key_env=key).needs()
    assert (needs.is_priced, needs.url == url) == (is_priced, is_tried)
    assert needs.env_vars == ((key,) if key else ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "localhost:8000"}, {"base_url": "ftp://x/v1"}, {"base_url": f"https://me:{SECRET}@host/v1"},
        {"base_url": f"https://host/v1?key={SECRET}"}, {"extra_body": {"model": "x"}}, {"timeout_s": 0}, {"modle": "x"},
        {"base_url": f"http://me:{SECRET}@[::1/v1"}, {"base_url": f"me:{SECRET}@host/v1"},
        {"base_url": f"http://me:{SECRET}@host:99999/v1"}, {"base_url": f"https://host/v1#{SECRET}"},
        {"base_url": "http://127.0.0.1:99999/v1"}, {"base_url": "http://127.0.0.1:abc/v1"}, {"base_url": "http://[::1/v1"},
        {"timeout_s": "nan"}, {"timeout_s": "inf"},
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_without_showing_secrets(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        ENGINES.configure({"kind": "openai", "model": "m", **wrong})
    assert SECRET not in str(caught.value)


def test_a_config_is_built_from_plain_values() -> None:
    values = {
        "kind": "openai", "model": "m", "prices": asdict(PRICES),
        "extra_body": {"a": [1, {"b": None}]}, "omit_fields": ["temperature"],
    }  # fmt: skip
    config = ENGINES.configure(values)  # type: ignore[arg-type]
    assert isinstance(config, OpenAIConfig)
    assert config.prices == PRICES
    assert config.extra_body == {"a": [1, {"b": None}]}


def test_a_vllm_row_says_what_it_needs() -> None:
    config = ENGINES.configure({"kind": "vllm", "model": "org/m", "num_gpus": 8, "gpu_memory_gb": 564})
    assert isinstance(config, VllmConfig)
    needs = config.needs()
    assert (needs.num_gpus, needs.gpu_memory_gb, needs.packages, needs.extra) == (8, 564, ("vllm",), "vllm")
    assert needs.unavailable is None
    on_cpu = VllmConfig(model="org/m", num_gpus=0, gpu_memory_gb=5).needs()
    assert (on_cpu.num_gpus, on_cpu.gpu_memory_gb, on_cpu.packages, on_cpu.extra) == (0, 0, ("vllm",), "vllm-cpu")


def test_a_transformers_row_says_what_it_needs() -> None:
    config = ENGINES.configure({"kind": "hf", "model": "org/m", "num_gpus": 2, "gpu_memory_gb": 100})
    assert isinstance(config, HfConfig)
    needs = config.needs()
    assert (needs.num_gpus, needs.gpu_memory_gb, needs.extra) == (2, 100, "hf")
    assert needs.packages == ("torch", "transformers", "accelerate")
    on_cpu = HfConfig(model="org/m", num_gpus=0, gpu_memory_gb=5, lora_path="some/lora").needs()
    assert (on_cpu.num_gpus, on_cpu.gpu_memory_gb, on_cpu.packages) == (0, 0, ("torch", "transformers", "peft"))


def test_the_row_to_fill_in_builds_once_it_is() -> None:
    row = yaml.safe_load((Path(__file__).parents[2] / "conf" / "model" / "transformers.yaml").read_text("utf-8"))
    config = ENGINES.configure(row["engine"] | {"model": "org/m"})
    assert isinstance(config, HfConfig)
    assert (row["engine"]["model"], config.num_gpus, config.max_model_len) == ("???", 1, None)


def test_a_transformers_model_is_known_by_what_changes_its_replies(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second, tmp_path / "lora"):
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")
    base = HfConfig(model=str(first)).identity()
    assert HfConfig(model=str(second)).identity() == base, "a moved folder keeps its keys"
    assert base["kind"] == "hf"
    for same in ({"max_batch": 1}, {"max_in_flight": 1}, {"num_threads": 1}, {"timeout_s": 1.0}, {"num_gpus": 0}):
        assert HfConfig(**{"model": str(first), **same}).identity() == base  # type: ignore[arg-type]
    for other in (
        {"max_model_len": 9}, {"dtype": "float16"}, {"attention": "eager"}, {"max_pixels": 9}, {"seed": 1},
        {"processor_args": {"a": 1}}, {"template_args": {"a": 1}}, {"lora_path": str(tmp_path / "lora")},
    ):  # fmt: skip
        assert HfConfig(**{"model": str(first), **other}).identity() != base  # type: ignore[arg-type]
    (second / "model.safetensors").write_bytes(b"others!")
    assert HfConfig(model=str(second)).identity() != base
    with pytest.raises(ConfigError, match="nothing is at"):
        HfConfig(model=str(tmp_path / "absent")).identity()
    with pytest.raises(ConfigError, match="is built by: python -m"):
        HfConfig(model=str(tmp_path / "tiny_model")).identity()
    hub = [HfConfig(model="org/m", revision=revision).identity() for revision in (None, "a" * 40)]
    assert hub[0] != hub[1]


@pytest.mark.parametrize(
    "wrong",
    [{"trust_remote_code": True}, {"num_gpus": -1}, {"replicas": 0}, {"timeout_s": 0}, {"max_in_flight": 0},
     {"max_batch": 0}],
)  # fmt: skip
def test_a_transformers_row_refuses_what_no_engine_can_mean(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="org/m"):
        HfConfig(model="org/m", **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"trust_remote_code": True}, {"num_gpus": -1}, {"replicas": 0}, {"timeout_s": 0}, {"max_in_flight": 0},
        {"gpu_memory_utilization": 1.5},
    ],
)  # fmt: skip
def test_a_vllm_row_refuses_what_no_engine_can_mean(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="org/m"):
        VllmConfig(model="org/m", **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": float("nan")}, {"temperature": float("inf")}, {"temperature": -0.1}, {"temperature": "nan"},
        {"top_p": 1.1}, {"top_p": -0.1}, {"top_p": float("nan")}, {"max_output_tokens": 0},
    ],
)  # fmt: skip
def test_a_sampling_that_no_server_could_take_is_refused(wrong: dict[str, Any]) -> None:
    values = {"seed": 123_456, **wrong}
    with pytest.raises(ConfigError, match=rf"adapter vlm_chat: sampling: .*{next(iter(wrong))}") as caught:
        ADAPTERS.configure({"kind": "vlm_chat", "sampling": values})
    assert "123456" not in str(caught.value), "the other settings are of no account, and may be secrets"


def test_a_sampling_at_its_bounds_is_taken() -> None:
    ADAPTERS.configure({"kind": "vlm_chat", "sampling": {"temperature": 0, "top_p": 1, "max_output_tokens": 1}})


def test_a_wrong_value_is_still_shown() -> None:
    with pytest.raises(ConfigError, match=r"seed.*\(got 'x'\)"):
        ADAPTERS.configure({"kind": "vlm_chat", "sampling": {"seed": "x"}})
