"""The report's style sheet: system type, one hue for figures, light and dark, paper and phone."""

from typing import Final

from analysis.report.changes import HEAT_STEPS
from analysis.report.drawing import CHART_STYLE, PALETTE

_HEAT: Final = "".join(f".heat{step}{{--heat:{8 * step + 2 * (step > 0)}%}}" for step in range(HEAT_STEPS + 1))

_TYPE: Final = """
:root[data-theme=light] { color-scheme: light; } :root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body { margin: 0; background: var(--sheet); color: var(--ink);
  font: 15px/1.55 system-ui, "Segoe UI", Inter, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
main, header.top { margin: 0 auto; padding: 0 1.5rem; max-width: 80rem; }
header.top { padding-top: 3rem; } main { padding-bottom: 5rem; }
h1 { margin: 0 0 .4rem; font-size: 2rem; line-height: 1.15; letter-spacing: -.022em; font-weight: 650;
  overflow-wrap: anywhere; }
h2 { margin: 3.6rem 0 .35rem; font-size: 1.3rem; letter-spacing: -.012em; font-weight: 650; }
h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; font-weight: 600; } h4 { margin: 0; font-size: .93rem; font-weight: 600; }
p { margin: .3rem 0 .8rem; max-width: 46rem; text-wrap: pretty; }
.lede { font-size: 1.05rem; } .soft, figcaption { color: var(--soft); }
.good { color: var(--good); } .half { color: var(--half); } .bad { color: var(--bad); }
.findings { margin: 1.4rem 0 0; padding: 0; list-style: none; display: grid; gap: .7rem; max-width: 60rem; }
.findings li { padding-left: 1rem; border-left: 3px solid var(--hue); }
:focus-visible { outline: 2px solid var(--hue); outline-offset: 2px; border-radius: 4px; }
button, select, input[type=search] { font: inherit; font-size: .87rem; color: inherit; background: var(--paper);
  border: 1px solid var(--line); border-radius: 7px; padding: .28rem .65rem; min-height: 2rem; }
button { cursor: pointer; } button:hover { border-color: var(--soft); }
select { max-width: 13rem; } label { font-size: .87rem; white-space: nowrap; } input { accent-color: var(--hue); }
summary { cursor: pointer; } details > summary { font-weight: 500; }
nav.bar { position: sticky; top: 0; z-index: 5; border-block: 1px solid var(--line); margin-top: 2rem;
  background: color-mix(in srgb, var(--sheet) 92%, transparent); backdrop-filter: blur(8px); }
#tools { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: center; margin: 0 auto; max-width: 80rem;
  padding: .5rem 1.5rem; }
#roles { display: flex; gap: .9rem; } #theme { margin-left: auto; } #filter { width: 11rem; }
.segments { display: inline-flex; max-width: 100%; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper); }
.segments button { border: 0; border-radius: 7px; background: none; white-space: nowrap; }
.segments button[aria-pressed=true] { background: var(--hue); color: var(--on-hue); }
.contents { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 1.4rem 0 0; font-size: .9rem; }
.contents a, a { color: var(--hue); text-decoration: none; } a:hover { text-decoration: underline; }
.tag { display: inline-block; margin-left: .5rem; padding: .02rem .5rem; border-radius: 99px; background: var(--sheet);
  color: var(--soft); border: 1px solid var(--line); font-size: .75rem; font-weight: 400; white-space: nowrap; }
.tag.bad { color: var(--bad); }
"""

_TABLES: Final = """
.scroll { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  margin: .7rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: middle; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .81rem; line-height: 1.25;
  vertical-align: bottom; }
tbody tr:hover > * { background: color-mix(in srgb, var(--hue) 5%, var(--paper)); }
td.figure { text-align: right; white-space: nowrap; } td.bar { white-space: nowrap; }
.name { font-weight: 550; white-space: nowrap; position: sticky; left: 0; background: var(--paper); z-index: 1; }
.who { overflow-wrap: anywhere; }
.sort { all: unset; cursor: pointer; font: inherit; border-radius: 4px; }
.sort:focus-visible { outline: 2px solid var(--hue); outline-offset: 2px; }
.sort::after { content: "↕"; opacity: 0; margin-left: .15em; font-size: .85em; }
.sort:hover::after, .sort:focus-visible::after { opacity: .6; } th.number { text-align: right; }
.sort:hover { color: var(--ink); }
[aria-sort=ascending] .sort::after { content: "↑"; opacity: 1; }
[aria-sort=descending] .sort::after { content: "↓"; opacity: 1; }
tr[data-role=probe] > *, tr[data-role=published] > * {
  background: color-mix(in srgb, var(--sheet) 65%, var(--paper)); }
tr[data-role=probe] .span, tr[data-role=published] .span { stroke: var(--soft); }
tr[data-role=probe] .point, tr[data-role=published] .point { fill: var(--soft); }
.bar b { display: inline-block; min-width: 2.3rem; text-align: right; font-weight: 600; }
.bounds { display: inline-block; color: var(--soft); font-size: .76rem; margin: 0 .4rem; min-width: 3.7rem; }
td.figure .bounds { margin: 0; display: block; line-height: 1.1; min-width: 0; }
td.bar, .standings td, .standings th { padding-inline: .45rem; } .mark { vertical-align: middle; }
.narrow { width: auto; } .narrow td, .narrow th { padding-right: 1.8rem; }
.scroll:has(.narrow), .scroll:has(.heat) { width: fit-content; max-width: 100%; }
.verdict { font-weight: 600; }
.heat { width: auto; } .heat thead th { max-width: 5.2rem; padding-inline: .25rem; text-align: center; }
.heat thead th:first-child { text-align: left; padding-left: .6rem; }
.heat td.figure { text-align: center; min-width: 3rem; padding: .4rem .25rem; }
.heat td[class*=heat] { background: color-mix(in oklab, var(--hue) var(--heat), var(--paper)) !important; }
.heat .sort::after { display: none; } .heat [aria-sort] .sort::after { display: inline; }
.heat7, .heat8, .heat9, .heat10 { color: var(--on-hue); }
.edge { border-left: 2px solid var(--line); }
"""

_FIGURES: Final = """
figure { margin: 1rem 0; }
figure.plot .scroll { padding: .8rem; margin-top: .35rem; width: fit-content; max-width: 100%; }
figcaption { display: flex; gap: .8rem; align-items: baseline; font-size: .87rem; }
.save { display: inline-flex; gap: .3rem; } .save button { padding: 0 .45rem; min-height: 1.5rem; font-size: .72rem;
  color: var(--soft); }
svg.chart { display: block; max-width: 100%; min-width: 36rem; height: auto; }
svg.panel { min-width: 0; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .7rem; margin: .8rem 0; }
.panels svg { width: 100%; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 0 1.2rem; }
.two figure { min-width: 0; }
.keys > span { margin-right: 1.2rem; white-space: nowrap; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-right: .4rem;
  vertical-align: -.08rem; }
.key.part-named { background: var(--hue); } .key.part-misnamed { background: var(--hue); opacity: .42; }
.key.part-missed { background: var(--line); } .key.part-unscored { background: var(--half); }
.badge { margin: 1.4rem 0 0; max-width: 60rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 10px; padding: .7rem 1rem; }
.badge ul { list-style: none; padding: 0; margin: .6rem 0 0; display: grid; gap: .3rem; }
.badge li { display: grid; grid-template-columns: 5.2rem 1fr; gap: .6rem; }
"""

_BROWSER: Final = """
.browser { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.2rem; }
.toolbar { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: center; }
#place { min-width: 4.5rem; text-align: center; font-size: .87rem; }
#pair h3 { margin-top: 1.1rem; font-size: 1.1rem; } .id { margin-left: .7rem; font-weight: 400; font-size: .82rem; }
.truth { font-size: 1.02rem; max-width: 60rem; } #counted { min-height: 1.4rem; margin: .35rem 0 0; font-size: .85rem; }
.stage { position: relative; width: 100%; max-width: 72rem; overflow: hidden; border: 1px solid var(--line);
  border-radius: 8px; background: #fff; user-select: none; --cut: 50%; }
.stage img, .stage canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.stage canvas { visibility: hidden; }
.stage[data-mode=slider] img.before { clip-path: inset(0 calc(100% - var(--cut)) 0 0); z-index: 1; }
.stage[data-mode=before] img.after, .stage[data-mode=after] img.before { visibility: hidden; }
.stage[data-mode=difference] canvas { visibility: visible; z-index: 1; }
.stage:not([data-mode=slider]) :is(.cut, .side, input) { display: none; }
.truth-box { position: absolute; z-index: 2; border: 2px dashed #d6187f; border-radius: 5px; pointer-events: none; }
.no-box .truth-box { display: none; }
.cut { position: absolute; z-index: 3; top: 0; bottom: 0; left: var(--cut); width: 2px; margin-left: -1px;
  background: #111; box-shadow: 0 0 0 1px #fff; pointer-events: none; }
.cut::after { content: "⇔"; position: absolute; top: 50%; left: 50%; translate: -50% -50%; width: 2.1rem;
  height: 2.1rem; border-radius: 50%; background: #111; color: #fff; display: grid; place-items: center;
  border: 2px solid #fff; }
.stage:has(input:focus-visible) .cut::after { outline: 3px solid var(--hue); }
.side { position: absolute; z-index: 3; bottom: .5rem; padding: .05rem .5rem; border-radius: 5px; font-size: .75rem;
  background: #111c; color: #fff; pointer-events: none; } .side.left { left: .5rem; } .side.right { right: .5rem; }
.stage input { position: absolute; z-index: 4; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0;
  cursor: ew-resize; touch-action: pan-y; }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: .9rem;
  margin-top: 1rem; }
.answer { border: 1px solid var(--line); border-radius: 10px; padding: .8rem .95rem; min-width: 0; }
blockquote { margin: .45rem 0 .6rem; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 11rem;
  overflow-y: auto; font-size: .91rem; }
.verdicts { border-top: 1px solid var(--line); padding-top: .45rem; font-size: .87rem; } .verdicts p { margin: 0; }
dl { margin: .3rem 0 .6rem; padding-left: .9rem; border-left: 2px solid var(--line); } dt { color: var(--soft); }
dd { margin: 0 0 .35rem; white-space: pre-wrap; overflow-wrap: anywhere; }
"""

_MEDIA: Final = """
@media (max-width: 46rem) {
  body { font-size: 14px; } main, header.top { padding-inline: 1rem; } header.top { padding-top: 1.6rem; }
  h1 { font-size: 1.5rem; } h2 { margin-top: 2.6rem; } #tools { padding: .5rem 1rem; } .browser { padding: .8rem; }
  #theme { margin-left: 0; } .name { white-space: normal; max-width: 9.5rem; }
  .name .who { display: inline-block; min-width: 5.2rem; }
  .name .tag { margin-left: 0; display: table; }
  .panels { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .5rem; }
  .keys-said { display: none; } .narrow td, .narrow th { white-space: nowrap; padding-right: 1rem; }
  .keys > span { display: inline-block; }
  .badge li { grid-template-columns: 1fr; gap: 0; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  :root { color-scheme: light !important; } html { font-size: 9.5px; }
  body { background: #fff; font-size: 1.1rem; }
  nav.bar, .contents, .toolbar, .save, .keys-said, .sort::after { display: none !important; }
  main, header.top { max-width: none; padding-inline: 0; } .by-judge[hidden] { display: block !important; }
  .scroll { overflow: visible; border: 0; } .name { position: static; } h2, h3 { break-after: avoid; }
  tr, figure, .answer, .panels svg { break-inside: avoid; } svg.chart { max-width: 100%; min-width: 0; }
  table { font-size: 1rem; } th, td, .standings td, .standings th, .narrow td, .narrow th { padding: .2rem .25rem; }
  .standings .mark { display: none; } .bounds { min-width: 0; margin: 0 0 0 .3rem; }
  .name { white-space: normal; } .name .tag { margin-left: 0; }
  .heat td.figure { min-width: 0; } .two { grid-template-columns: 1fr; }
  .panels { grid-template-columns: repeat(4, 1fr); }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""

STYLE: Final = PALETTE + CHART_STYLE + _TYPE + _TABLES + _FIGURES + _BROWSER + _HEAT + _MEDIA
