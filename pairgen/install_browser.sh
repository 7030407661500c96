#!/bin/sh
# Bring Chromium and the fonts that composed pages use. As root on Debian or Ubuntu by apt-get; elsewhere
# Playwright's own Chromium, and a line that says which fonts to install.
set -eu
PYTHON="${PYTHON:-python3}"
fonts="fonts-inter fonts-noto-core fonts-noto-mono fonts-noto-cjk"

has_chromium() {
    [ -n "${DIFFSPOT_CHROMIUM:-}" ] && return 0
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}
has_fonts() {
    command -v fc-list >/dev/null 2>&1 && fc-list | grep -q 'Inter' && fc-list | grep -q 'Noto Sans' \
        && fc-list | grep -q 'Noto Serif' && fc-list | grep -q 'Noto Sans CJK'
}

if has_chromium && has_fonts; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    # Quiet: a fresh machine prints hundreds of lines that nobody reads.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium-headless-shell fontconfig $fonts >/dev/null
    exit 0
fi
has_chromium || "$PYTHON" -m playwright install chromium || {
    echo "Chromium is needed: install it (Debian: apt-get install chromium-headless-shell), or name it in DIFFSPOT_CHROMIUM" >&2
    exit 1
}
has_fonts || echo "Fonts are missing: install Inter and Noto (Debian: apt-get install $fonts)" >&2
