#!/bin/sh
# Bring SLURM's daemons and commands: what the tests of jobs run on. As root on Debian or Ubuntu by apt-get; elsewhere
# a line that says what to install. Nothing is started: the tests start their own, on ports of their own.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
packages="slurm-wlm munge"

has_all() {
    for program in munged slurmctld slurmd sbatch srun scontrol squeue scancel; do
        command -v "$program" >/dev/null 2>&1 || return 1
    done
}

if has_all; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    exit 0
fi
echo "SLURM is missing: its tests will be skipped, and fail under CI=true (Debian: apt-get install $packages)" >&2
