#!/bin/bash
# Ray over the nodes of this job, a sweep on it, and a new start when the time limit nears.
#SBATCH --job-name=diffspot-leaderboard
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=60
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --no-kill
#SBATCH --open-mode=append
#SBATCH --output=/project/runs/slurm/%j.log
#SBATCH --export=HOME,LANG,LOGNAME,OPENAI_API_KEY,PATH,USER

cd '/project/my sweeps' || exit

# All nodes see this folder: Ray's address, its token (mode 0600), what became of each node.
export DIFFSPOT_JOB=/project/runs/slurm/"$SLURM_JOB_ID"
export DIFFSPOT_STORE=/project/runs/store
node=(/project/.venv/bin/python -m slurm.node)
settings=(--min-nodes=1 --start-deadline-s=300 --drain-s=300 --max-idle-requeues=2 --object-store-gb=1.0 --temp-dir=/tmp)
sweep=(+sweep=leaderboard limit=200 'models.mine.name=it'"'"'s mine; rm -rf $HOME' cluster=ray)

# One step a node, so that a bad one takes no other with it.
names=() groups=()
group_0=(--cpus-per-task=8)
for name in $(scontrol show hostnames "$SLURM_JOB_NODELIST"); do
    names+=("$name") groups+=(group_0)
done
start() {  # start INDEX head|worker [ARGUMENT ...]
    local -n group=${groups[$1]}
    exec srun "${group[@]}" --nodes=1 --ntasks=1 --nodelist="${names[$1]}" --overlap --mem=0 \
        "${node[@]}" "$2" --index="$1" --name="${names[$1]}" "${settings[@]}" -- "${@:3}"
}

mkdir -p "$DIFFSPOT_JOB" || exit
rm -rf "$DIFFSPOT_JOB"/{address,ended,exclude,nodes}
mkdir "$DIFFSPOT_JOB"/nodes
scontrol write batch_script "$SLURM_JOB_ID" "$DIFFSPOT_JOB/script.sh" >/dev/null
export RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH=$DIFFSPOT_JOB/token
trap 'rm -f "$RAY_AUTH_TOKEN_PATH"' EXIT
(umask 077 && head --bytes=32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$RAY_AUTH_TOKEN_PATH")
export SLURM_EXPORT_ENV=ALL DIFFSPOT_NODES="${names[*]}"

# Near the time limit: the sweep finishes what is in flight. srun hands the signal on.
trap 'draining=yes; [ ! -s "$DIFFSPOT_JOB/address" ] || kill -USR1 "$head"' USR1

# The head: the first node that can start Ray. It runs the sweep, too.
for index in "${!names[@]}"; do
    (start "$index" head "${sweep[@]}") &
    head=$!
    deadline=$((SECONDS + 300))
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
    status=85
fi

if [ $status -eq 85 ]; then
    trap '' TERM  # to be requeued ends this script, and there is a line to come
    bad=$(cat "$DIFFSPOT_JOB/exclude" 2>/dev/null)
    if [ -n "$bad" ] && ! sbatch --test-only --exclude="$bad" "$DIFFSPOT_JOB/script.sh"; then
        echo "SLURM has no other nodes for $bad: not excluded"
        bad=
    fi
    scontrol requeue "$SLURM_JOB_ID"
    [ -z "$bad" ] || scontrol update JobId="$SLURM_JOB_ID" ExcNodeList="${bad}"
    exit $status
fi
scancel --signal=USR1 "$SLURM_JOB_ID"  # the other nodes' steps
for ((second = 0; second < 15 && $(jobs -pr | wc -l) > 0; second++)); do sleep 1; done
exit $status
