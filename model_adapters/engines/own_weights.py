"""What engines that load weights themselves share: their settings, what is refused before a start, what was loaded."""

import os
from pathlib import Path
from typing import Protocol

from model_adapters.engines.gpus import BusyGpu, check_free
from model_adapters.engines.weights import BrokenWeights, check_folder, digest_folder, is_local
from schemas.errors import ConfigError, EngineStartFailed
from schemas.protocols import Json


class OwnWeights(Protocol):
    """The settings that name weights and the place for them."""

    @property
    def model(self) -> str:
        """Return the hub id or local path."""
        ...

    @property
    def revision(self) -> str | None:
        """Return the hub commit."""
        ...

    @property
    def lora_path(self) -> str | None:
        """Return the folder of a LoRA adapter."""
        ...

    @property
    def trust_remote_code(self) -> bool:
        """Tell whether code from the hub may run."""
        ...

    @property
    def num_gpus(self) -> int:
        """Return the GPUs of one replica."""
        ...

    @property
    def replicas(self) -> int | None:
        """Return the most replicas."""
        ...


def settle(config: OwnWeights) -> None:
    """Make local paths absolute, since a worker may run in another folder; ConfigError for what no machine can run."""
    for name, path in (("model", config.model if is_local(config.model) else None), ("lora_path", config.lora_path)):
        if path is not None:
            object.__setattr__(config, name, str(Path(path).expanduser().absolute()))
    if config.trust_remote_code and config.revision is None:
        raise ConfigError(
            f"trust_remote_code for {config.model} asks for a pinned revision: name the commit you have read"
        )
    if config.num_gpus < 0 or (config.replicas is not None and config.replicas < 1):
        raise ConfigError(f"{config.model}: num_gpus must be at least 0, replicas at least 1")


def identity_of_weights(config: OwnWeights) -> dict[str, Json]:
    """Return what names weights and LoRA adapter in a key: a folder's content, or hub id and commit."""
    weights: Json = (
        {"sha256": _digest_or_refuse(config.model, "model")}
        if is_local(config.model)
        else {"hub": config.model, "revision": config.revision}
    )
    lora = _digest_or_refuse(config.lora_path, "lora_path") if config.lora_path else None
    return {"weights": weights, "lora": lora}


def check_beforehand(config: OwnWeights, num_gpus: int) -> None:
    """Refuse in a second what loading would find out in minutes; `num_gpus` must be free here. EngineStartFailed."""
    try:
        if is_local(config.model):
            check_folder(Path(config.model))
        if config.lora_path is not None:
            check_lora(Path(config.lora_path))
        if num_gpus:
            check_free(num_gpus)
    except BrokenWeights as error:
        raise EngineStartFailed(str(error), reason="missing_weights") from error
    except BusyGpu as error:
        raise EngineStartFailed(f"{config.model}: {error}", reason="gpu_busy") from error


def check_lora(folder: Path) -> None:
    """Raise BrokenWeights where a LoRA adapter's folder lacks its config or weights."""
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        if not (folder / name).is_file():
            raise BrokenWeights(f"lora_path {folder} holds no {name}")


def loaded_revision(config: OwnWeights, hf_config: object) -> str | None:
    """Return what was loaded: a folder's digest, or the hub's commit; None where that isn't told."""
    if is_local(config.model):
        return f"sha256:{digest_folder(Path(config.model))}"
    found = getattr(hf_config, "_commit_hash", None)
    return config.revision or (found if isinstance(found, str) else None)


def _digest_or_refuse(path: str, setting: str) -> str:
    if not Path(path).exists():
        hint = ""
        if Path(path).name == "tiny_model":
            hint = f"; this one is built by: python -m model_adapters.engines.tiny_model {os.path.relpath(path)}"
        raise ConfigError(f"{setting}: nothing is at {path}; give the folder of the weights, or a hub id{hint}")
    try:
        return digest_folder(Path(path))
    except BrokenWeights as error:
        raise ConfigError(f"{setting}: {error}") from error
