"""The batch script: golden files, and what a config may not say."""

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.errors import ConfigError
from slurm.config import NodesConfig, SlurmConfig, read_config
from slurm.script import SweepJob, render

GOLDEN = Path(__file__).parent / "golden"

JOB = SweepJob(
    sweep="leaderboard",
    arguments=("+sweep=leaderboard", "limit=200", "models.mine.name=it's mine; rm -rf $HOME"),
    folder=Path("/project/my sweeps"),
    jobs=Path("/project/runs/slurm"),
    store=Path("/project/runs/store"),
    python="/project/.venv/bin/python",
    secrets=("OPENAI_API_KEY",),
)
PLAIN = SlurmConfig(kind="slurm", nodes=2)
FULL = SlurmConfig(
    kind="slurm",
    nodes=4,
    min_nodes=3,
    cpus_per_node=64,
    mem_gb_per_node=512,
    gpus_per_node=4,
    gpu_type="h100",
    gpu_memory_gb=80,
    partition="gpu",
    account="vision",
    qos="long",
    constraint="ib&nvme",
    exclude="g7,g[9-12]",
    time_min=720,
    drain_s=600,
    modules=("cuda/12.4",),
    environment={"HF_HOME": "/scratch/it's here/$USER"},
    pass_environment=("WANDB_API_KEY",),
    setup=("source /etc/profile.d/site.sh",),
    container=("apptainer", "exec", "--nv", "/images/diff spot.sif"),
    srun_options=("--container-mounts=/scratch:/scratch",),
    sbatch_options=("--mail-type=END",),
    interface="ib0",
)
MIXED = replace(FULL, also=(NodesConfig(nodes=1, cpus_per_node=16, partition="cpu"),), exclude=None)
SCRIPTS = {"plain": PLAIN, "full": FULL, "heterogeneous": MIXED}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_is_the_golden_one(name: str) -> None:
    """After a change that is meant, write what `render` returns to the golden file and read the difference."""
    assert render(SCRIPTS[name], JOB) == (GOLDEN / f"{name}.sh").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_bash_reads_the_script(name: str) -> None:
    done = subprocess.run(["bash", "-n"], input=render(SCRIPTS[name], JOB), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_values_reach_the_shell_as_they_are() -> None:
    """The rendered head of a script, read by a real bash, holds the very words that were given."""
    lines = render(FULL, JOB).splitlines()
    wanted = [line for line in lines if line.startswith(("export HF_HOME", "node=(", "sweep=("))]
    script = "\n".join([*wanted, 'printf "%s\\0" "$HF_HOME" "${node[@]}" "${sweep[@]}"'])
    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split("\0")[:-1]
    python = [*FULL.container, JOB.python, "-m", "slurm.node"]
    sweep = [*JOB.arguments, "cluster=ray", "cluster.gpu_memory_gb=80"]
    assert said == ["/scratch/it's here/$USER", *python, *sweep]


def test_secrets_come_by_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    text = render(FULL, JOB)
    assert "sk-very-secret" not in text
    export = next(line for line in text.splitlines() if line.startswith("#SBATCH --export="))
    assert {"OPENAI_API_KEY", "WANDB_API_KEY", "PATH"} <= set(export.partition("--export=")[2].split(","))
    assert "ALL" not in export


@pytest.mark.parametrize("config", SCRIPTS.values(), ids=SCRIPTS)
def test_directives_are_one_word_each(config: SlurmConfig) -> None:
    directives = [line for line in render(config, JOB).splitlines() if line.startswith("#SBATCH")]
    assert all(len(shlex.split(line)) == 2 for line in directives), directives


def test_a_folder_with_a_blank_or_a_percent_sign_keeps_its_log() -> None:
    text = render(PLAIN, replace(JOB, jobs=Path("/my runs/100%/slurm")))
    assert '#SBATCH --output="/my runs/100%%/slurm/%j.log"\n' in text
    with pytest.raises(ConfigError, match="can't write its log"):
        render(PLAIN, replace(JOB, jobs=Path('/my "runs"/slurm')))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"partitoin": "gpu"}, "unknown setting 'partitoin': did you mean partition"),
        ({"nodes": 0}, "nodes=0: take 1 or more"),
        ({"nodes": 2, "min_nodes": 3}, "min_nodes=3: the job has 2 nodes"),
        ({"partition": "gpu\n#SBATCH --uid=0"}, "partition="),
        ({"account": "a b"}, "account="),
        ({"exclude": "n1;reboot"}, "exclude="),
        ({"environment": {"A B": "x"}}, "is no variable's name"),
        ({"pass_environment": ["KEY=value"]}, "is no variable's name"),
        ({"sbatch_options": ["mail"]}, "must begin with a dash"),
        ({"drain_s": 4000}, "drain_s=4000"),
        ({"temp_dir": "/a/folder/too/deep/for/any/socket"}, "16 characters"),
        ({"also": [{"gpus_per_nodes": 1}]}, "gpus_per_nodes"),
    ],
)
def test_a_setting_that_cannot_be_is_named(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_config({"kind": "slurm", **values})
    assert message in str(raised.value)
