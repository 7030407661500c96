#!/bin/sh
# Bring SLURM's daemons and commands: what the tests of jobs run on. On Debian or Ubuntu by apt-get, as root or, under
# CI, by sudo; elsewhere a line that says what to install. The tests start daemons of their own, on ports of their own.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
packages="slurm-wlm munge"

has_all() {
    for program in munged slurmctld slurmd sbatch srun scontrol squeue scancel; do
        command -v "$program" >/dev/null 2>&1 || return 1
    done
}

if has_all; then exit 0; fi
root=""
if [ "$(id -u)" != 0 ] && [ -n "${CI:-}" ] && sudo -n true 2>/dev/null; then root="sudo -n"; fi
if { [ "$(id -u)" = 0 ] || [ -n "$root" ]; } && command -v apt-get >/dev/null 2>&1; then
    $root apt-get update -qq
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    exit 0
fi
echo "SLURM is missing: its tests will be skipped, and fail under CI=true (Debian: apt-get install $packages)" >&2
