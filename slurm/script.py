"""The batch script, rendered by a pure function: what a config doesn't say, the script doesn't do.

Everything that is decided while the job runs is in `slurm/node.py`; the script holds what only SLURM's own commands can
do, so that the nodes need no Python outside a container.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ConfigError
from slurm.config import NodesConfig, SlurmConfig
from slurm.job_folder import EXIT_REQUEUE

_BASE_ENVIRONMENT = ("HOME", "LANG", "LOGNAME", "PATH", "USER")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepJob:
    """What is run: the same whatever the cluster."""

    sweep: str
    """Its name; the job is called after it."""
    arguments: tuple[str, ...]
    """Of `python -m orchestrator`, but for the cluster's."""
    folder: Path
    """Working directory; relative paths among the arguments start here."""
    jobs: Path
    """Folder of the jobs, which all nodes see; absolute."""
    store: Path
    """Folder of the store, whose growth is the job's progress; absolute."""
    python: str
    """Python on the nodes."""
    secrets: tuple[str, ...] = ()
    """Names of the variables that the sweep's rows read."""


def render(config: SlurmConfig, job: SweepJob) -> str:
    """Return the batch script. It holds names of secrets, never their values."""
    lines = [
        "#!/bin/bash -l" if config.modules else "#!/bin/bash",  # a login shell knows `module`
        "# Ray over the nodes of this job, a sweep on it, and a new start when the time limit nears.",
        *_directives(config, job),
        "",
        *_environment(config, job),
        "",
        *_nodes(config),
        _steps(config),
    ]
    return "\n".join(lines)


def _directives(config: SlurmConfig, job: SweepJob) -> Iterator[str]:
    for option in (
        f"--job-name={_word(f'diffspot-{job.sweep}')}",
        *_node_options(config),
        f"--time={config.time_min}",
        f"--signal=B:USR1@{config.drain_s}",
        "--requeue",
        "--no-kill",
        "--open-mode=append",
        f"--output={_output(job.jobs)}",
        f"--export={','.join(sorted({*_BASE_ENVIRONMENT, *job.secrets, *config.pass_environment}))}",
        *config.sbatch_options,
    ):
        yield f"#SBATCH {option}"
    for group in config.also:
        yield "#SBATCH hetjob"
        yield from (f"#SBATCH {option}" for option in _node_options(group))


def _node_options(group: NodesConfig) -> Iterator[str]:
    yield f"--nodes={group.nodes}"
    yield "--ntasks-per-node=1"
    yield f"--cpus-per-task={group.cpus_per_node}"
    yield from _gpu_option(group)
    if group.mem_gb_per_node is not None:
        yield f"--mem={group.mem_gb_per_node}G"
    for name in ("partition", "account", "qos", "constraint", "reservation", "exclude"):
        value = getattr(group, name)
        if value is not None:
            yield f"--{name}={value}"


def _environment(config: SlurmConfig, job: SweepJob) -> Iterator[str]:
    yield f"cd {shlex.quote(str(job.folder))} || exit"
    if config.modules:
        yield f"module load {shlex.join(config.modules)}"
    for name, value in config.environment.items():
        yield f"export {name}={shlex.quote(value)}"
    yield from config.setup
    yield ""
    yield "# All nodes see this folder: Ray's address, its token (mode 0600), what became of each node."
    yield f'export DIFFSPOT_JOB={shlex.quote(str(job.jobs))}/"$SLURM_JOB_ID"'
    yield f"export DIFFSPOT_STORE={shlex.quote(str(job.store))}"
    yield f"node=({shlex.join([*config.container, config.python or job.python, '-m', 'slurm.node'])})"
    yield f"settings=({shlex.join(_settings(config))})"
    yield f"sweep=({shlex.join([*job.arguments, *_cluster_of_sweep(config)])})"


def _cluster_of_sweep(config: SlurmConfig) -> Iterator[str]:
    yield "cluster=ray"
    if config.gpu_memory_gb is not None:
        yield f"cluster.gpu_memory_gb={config.gpu_memory_gb:g}"


def _settings(config: SlurmConfig) -> Iterator[str]:
    for name in ("min_nodes", "start_deadline_s", "drain_s", "max_idle_requeues", "object_store_gb", "temp_dir"):
        yield f"--{name.replace('_', '-')}={getattr(config, name)}"
    if config.interface:
        yield f"--interface={config.interface}"


def _gpu_option(group: NodesConfig) -> list[str]:
    if not group.gpus_per_node:
        return []
    return [f"--gpus-per-node={f'{group.gpu_type}:' if group.gpu_type else ''}{group.gpus_per_node}"]


def _nodes(config: SlurmConfig) -> Iterator[str]:
    """Yield what lists the nodes, each with the options of its steps."""
    yield "# One step a node, so that a bad one takes no other with it."
    yield "names=() groups=()"
    groups: Sequence[NodesConfig] = (config, *config.also)
    for number, group in enumerate(groups):
        options = [f"--het-group={number}"] if config.also else []
        options += [f"--cpus-per-task={group.cpus_per_node}", *_gpu_option(group), *config.srun_options]
        suffix = f"_HET_GROUP_{number}" if config.also else ""
        yield f"group_{number}=({shlex.join(options)})"
        yield f'for name in $(scontrol show hostnames "$SLURM_JOB_NODELIST{suffix}"); do'
        yield f'    names+=("$name") groups+=(group_{number})'
        yield "done"


_STEPS = """\
start() {  # start INDEX head|worker [ARGUMENT ...]
    local -n group=${groups[$1]}
    exec srun "${group[@]}" --nodes=1 --ntasks=1 --nodelist="${names[$1]}" --overlap --mem=0 \\
        "${node[@]}" "$2" --index="$1" --name="${names[$1]}" "${settings[@]}" -- "${@:3}"
}

mkdir -p "$DIFFSPOT_JOB" || exit
rm -rf "$DIFFSPOT_JOB"/{address,ended,exclude,nodes}
mkdir "$DIFFSPOT_JOB"/nodes
scontrol write batch_script "$SLURM_JOB_ID" "$DIFFSPOT_JOB/script.sh" >/dev/null
export RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH=$DIFFSPOT_JOB/token
trap 'rm -f "$RAY_AUTH_TOKEN_PATH"' EXIT
(umask 077 && head --bytes=32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >"$RAY_AUTH_TOKEN_PATH")
export SLURM_EXPORT_ENV=ALL DIFFSPOT_NODES="${names[*]}"

# Near the time limit: the sweep finishes what is in flight. srun hands the signal on.
trap 'draining=yes; [ ! -s "$DIFFSPOT_JOB/address" ] || kill -USR1 "$head"' USR1

# The head: the first node that can start Ray. It runs the sweep, too.
for index in "${!names[@]}"; do
    (start "$index" head "${sweep[@]}") &
    head=$!
    deadline=$((SECONDS + START_DEADLINE_S))
    until [ -s "$DIFFSPOT_JOB/address" ] || ! kill -0 "$head" 2>/dev/null; do
        [ $SECONDS -lt $deadline ] || { kill -TERM "$head"; sleep 5; kill -KILL "$head"; }
        sleep 0.5
    done
    [ ! -s "$DIFFSPOT_JOB/address" ] || break
    wait "$head"
    echo $? >"$DIFFSPOT_JOB/nodes/$index.exit"
    echo "node ${names[$index]} can't start Ray: see above"
done
[ -s "$DIFFSPOT_JOB/address" ] || { echo "no node of this job can start Ray"; exit 1; }
[ -z "$draining" ] || kill -USR1 "$head"

# The others join it.
for other in "${!names[@]}"; do
    [ "$other" -gt "$index" ] || continue
    { (start "$other" worker); echo $? >"$DIFFSPOT_JOB/nodes/$other.exit"; } &
done
wait "$head"
status=$?
while [ $status -eq 138 ]; do  # SIGUSR1 ended `wait`, not the sweep
    wait "$head"
    status=$?
done
if [ $status -ne 0 ] && [ ! -e "$DIFFSPOT_JOB/ended" ]; then
    echo "the head on node ${names[$index]} was cut off"
    status=EXIT_REQUEUE
fi

if [ $status -eq EXIT_REQUEUE ]; then
    trap '' TERM  # to be requeued ends this script, and there is a line to come
    bad=$(cat "$DIFFSPOT_JOB/exclude" 2>/dev/null)
    if [ -n "$bad" ] && ! CAN_EXCLUDE; then
        echo "SLURM has no other nodes for $bad: not excluded"
        bad=
    fi
    scontrol requeue "$SLURM_JOB_ID"
    [ -z "$bad" ] || scontrol update JobId="$SLURM_JOB_ID" ExcNodeList="${bad}MORE_EXCLUDED"
    exit $status
fi
scancel --signal=USR1 "$SLURM_JOB_ID"  # the other nodes' steps
for ((second = 0; second < 15 && $(jobs -pr | wc -l) > 0; second++)); do sleep 1; done
exit $status
"""


def _output(jobs: Path) -> str:
    """Return the log's pattern, in which a percent sign of a folder's own is none of SLURM's."""
    text = str(jobs).replace("%", "%%")
    if '"' in text or "\n" in text or "\\" in text:
        raise ConfigError(f"runs={jobs.parent}: SLURM can't write its log below a folder of that name")
    return f'"{text}/%j.log"' if " " in text else f"{text}/%j.log"


def _steps(config: SlurmConfig) -> str:
    # of a heterogeneous job, SLURM can't say beforehand what another choice of nodes would bring
    can_exclude = "false" if config.also else 'sbatch --test-only --exclude="$bad" "$DIFFSPOT_JOB/script.sh"'
    values = {
        "START_DEADLINE_S": str(config.start_deadline_s),
        "EXIT_REQUEUE": str(EXIT_REQUEUE),
        "CAN_EXCLUDE": can_exclude,
        "MORE_EXCLUDED": f",{config.exclude}" if config.exclude else "",
    }
    text = _STEPS
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _word(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in text)
