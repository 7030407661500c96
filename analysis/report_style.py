"""The report's style sheet: one hue for figures, light and dark."""

from typing import Final

HEAT_STEPS: Final = 10

_HEAT = "".join(f".heat{step}{{--heat:{9 * step}%}}" for step in range(HEAT_STEPS + 1))

STYLE: Final = (
    """
:root { color-scheme: light dark; --ink: #1b2130; --soft: #667085; --line: #e2e6ee; --paper: #ffffff; --sheet: #f6f7fa;
  --hue: #2158c8; --on-hue: #ffffff; --good: #12703c; --half: #8a5a00; --bad: #b3261e; --mark: #e0218a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf1; --soft: #98a2b6; --line: #2c3446; --paper: #161b27;
  --sheet: #0e121b; --hue: #7fb0ff; --on-hue: #0b1220; --good: #5fd394; --half: #e5b454; --bad: #ff8a80;
  --mark: #ff6ab8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 82rem; background: var(--sheet); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Inter, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0; font-size: 1.6rem; letter-spacing: -.01em; }
h2 { margin: 2.6rem 0 .3rem; font-size: 1.15rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: .3rem 0 .8rem; max-width: 52rem; }
.soft, figcaption { color: var(--soft); }
.scroll, .pair { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; margin: .7rem 0 1rem; }
.scroll { overflow-x: auto; }
.pair { padding: 1.1rem 1.2rem; margin-bottom: 1.4rem; }
.pair .scroll { margin-bottom: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .42rem .65rem; text-align: left; vertical-align: middle; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .85rem; white-space: nowrap; }
td.name { font-weight: 600; white-space: nowrap; }
td.figure { text-align: right; white-space: nowrap; }
td.bar { white-space: nowrap; }
.standings th, .standings td { padding-inline: .5rem; }
tr:has(.role-probe) td { background: color-mix(in oklab, var(--sheet) 60%, var(--paper)); }
.tag { margin-left: .5rem; padding: .05rem .45rem; border-radius: 99px; background: var(--sheet); color: var(--soft);
  border: 1px solid var(--line); font-size: .75rem; font-weight: 400; }
.bar b { display: inline-block; min-width: 2.6rem; text-align: right; margin-right: .5rem; }
.bar svg { vertical-align: middle; }
.track { stroke: var(--line); stroke-width: 6; stroke-linecap: round; }
.span { stroke: var(--hue); stroke-width: 6; stroke-linecap: round; opacity: .35; }
.point { fill: var(--hue); }
.narrow, .heat { width: auto; }
.narrow td, .narrow th { padding-right: 2rem; }
.scroll:has(.narrow), .scroll:has(.heat) { width: fit-content; max-width: 100%; }
.heat th { max-width: 5.5rem; padding: .42rem .3rem; white-space: normal; vertical-align: bottom; text-align: center; }
.heat th:first-child { padding-left: .65rem; text-align: left; min-width: 14rem; }
.heat th:first-child, .heat td.name { position: sticky; left: 0; background: var(--paper); }
.heat td.figure { text-align: center; min-width: 3.5rem; padding: .42rem .3rem; }
.heat td.figure[class*=heat] { background: color-mix(in oklab, var(--hue) var(--heat), var(--paper)); }
.heat7, .heat8, .heat9, .heat10 { color: var(--on-hue); }
.edge { border-left: 2px solid var(--line); }
.good { color: var(--good); } .half { color: var(--half); } .bad { color: var(--bad); }
.images { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; margin: .8rem 0; }
figure { margin: 0; }
figure svg { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
figcaption { font-size: .85rem; margin-bottom: .25rem; }
.truth { fill: none; stroke: var(--mark); stroke-width: 3; stroke-dasharray: 9 5; }
thead th.figure { text-align: right; }
.answers td { vertical-align: top; }
.answer { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 9rem; overflow-y: auto; max-width: 44rem; }
.verdict { white-space: nowrap; font-weight: 600; }
"""
    + _HEAT
    + "\n"
)
