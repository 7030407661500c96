"""The browser's page: its frame, its style sheet in the report's colours, and the policy that binds it."""

from base64 import b64encode
from hashlib import sha256
from typing import Final

from analysis.report.drawing import PALETTE
from pairgen.browse_script import SCRIPT

_LAYOUT: Final = """
* { box-sizing: border-box; } [hidden] { display: none !important; }
html, body { height: 100%; }
body { --target: #dc2626; --affected: #2563eb; margin: 0; height: 100dvh; background: var(--sheet); color: var(--ink);
  display: grid; grid-template: auto minmax(0, 1fr) / minmax(16rem, 21rem) minmax(0, 1fr);
  font: 15px/1.55 system-ui, "Segoe UI", Inter, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline;
  padding: .7rem 1.2rem; border-bottom: 1px solid var(--line); background: var(--paper); }
h1 { margin: 0; font-size: 1.1rem; font-weight: 650; letter-spacing: -.012em; overflow-wrap: anywhere; }
h2 { margin: .9rem 0 .5rem; font-size: 1.3rem; line-height: 1.35; font-weight: 600; letter-spacing: -.012em;
  max-width: 60rem; overflow-wrap: anywhere; text-wrap: pretty; }
h3 { margin: 1.6rem 0 .4rem; font-size: 1rem; font-weight: 600; }
p { margin: 0; } a { color: var(--hue); text-decoration: none; } a:hover { text-decoration: underline; }
.soft { color: var(--soft); } .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
:focus-visible { outline: 2px solid var(--hue); outline-offset: 2px; border-radius: 4px; }
button, select, input[type=search] { font: inherit; font-size: .87rem; color: inherit; background: var(--paper);
  border: 1px solid var(--line); border-radius: 7px; padding: .28rem .65rem; min-height: 2.1rem; }
button { cursor: pointer; } button:hover:not(:disabled) { border-color: var(--soft); }
button:disabled { color: var(--soft); opacity: .55; cursor: default; }
input { accent-color: var(--hue); } summary { cursor: pointer; }
"""

_LIST: Final = """
aside { display: flex; flex-direction: column; min-height: 0; border-right: 1px solid var(--line);
  background: var(--paper); }
#filters { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; padding: .8rem 1rem .5rem; }
#filters input { grid-column: 1 / -1; width: 100%; min-width: 0; }
#filters label { display: grid; gap: .1rem; font-size: .76rem; color: var(--soft); min-width: 0; }
#filters select { width: 100%; min-width: 0; color: var(--ink); text-overflow: ellipsis; }
#filters select.is-set { border-color: var(--hue); box-shadow: 0 0 0 1px var(--hue); }
.counted { display: flex; justify-content: space-between; align-items: center; gap: .5rem; min-height: 2.4rem;
  padding: 0 1rem .4rem; border-bottom: 1px solid var(--line); font-size: .87rem; }
.counted output { font-weight: 600; }
.counted button { border: 0; background: none; color: var(--hue); padding: .1rem .3rem; min-height: 1.8rem; }
#list { flex: 1; overflow-y: auto; min-height: 0; overscroll-behavior: contain; }
#list:focus-visible { outline: 0; }
#list:focus-visible .option[aria-selected=true], #list:focus-visible:not(:has([aria-selected=true])) {
  outline: 2px solid var(--hue); outline-offset: -2px; }
.option { padding: .55rem 1rem .6rem; border-bottom: 1px solid var(--line); cursor: pointer;
  border-left: 3px solid transparent; }
.option:hover { background: color-mix(in srgb, var(--hue) 5%, var(--paper)); }
.option[aria-selected=true] { background: color-mix(in srgb, var(--hue) 11%, var(--paper));
  border-left-color: var(--hue); }
.option .head { display: flex; gap: .5rem; align-items: baseline; font-size: .9rem; }
.option .head b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.option .sentence { font-size: .87rem; line-height: 1.4; display: -webkit-box; -webkit-line-clamp: 2;
  -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }
.option .foot { font-size: .76rem; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tag { display: inline-block; padding: .02rem .5rem; border-radius: 99px; background: var(--sheet); color: var(--soft);
  border: 1px solid var(--line); font-size: .75rem; white-space: nowrap; }
.tags { display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; }
.tags .id { margin-left: .3rem; font-size: .82rem; overflow-wrap: anywhere; min-width: 0; }
.empty { padding: 1.5rem 1rem; color: var(--soft); }
"""

_PAIR: Final = """
main { min-width: 0; overflow-y: auto; padding: .8rem 1.3rem 3rem; }
main:focus-visible { outline-offset: -2px; }
.toolbar { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
.toolbar label { font-size: .87rem; white-space: nowrap; } .steps { display: flex; align-items: center; gap: .4rem; }
.toolbar label:has(:disabled) { color: var(--soft); opacity: .55; }
#place { min-width: 5.2rem; text-align: center; font-size: .87rem; } #back { display: none; }
.segments { display: inline-flex; max-width: 100%; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper); scrollbar-width: none; }
.segments button { border: 0; border-radius: 7px; background: none; white-space: nowrap; padding-inline: .55rem; }
.segments button[aria-pressed=true] { background: var(--hue); color: var(--on-hue); }
.key { display: inline-block; width: 1rem; height: .75rem; border: 2px solid var(--target); border-radius: 3px;
  margin-right: .3rem; vertical-align: -.05rem; } .key.affected { border: 2px dashed var(--affected); }
#panes { display: grid; gap: .8rem; margin: .9rem 0; position: relative; --cut: 50%; }
#panes[data-mode=three] { grid-template-columns: repeat(3, minmax(0, 1fr)); }
#panes:not([data-mode=three]) { max-width: 80rem; }
#panes:not([data-mode=three]) .pane { grid-area: 1 / 1; }
.pane { margin: 0; min-width: 0; } .pane figcaption { font-size: .81rem; color: var(--soft); margin-bottom: .2rem; }
.view { position: relative; overflow: hidden; aspect-ratio: 16 / 10;
  border: 1px solid var(--line); border-radius: 8px; background: var(--sheet); }
#panes:not([data-mode=three]) figcaption { position: absolute; z-index: 5; bottom: .5rem; left: .5rem; margin: 0;
  padding: .05rem .5rem; border-radius: 5px; font-size: .75rem; background: #111c; color: #fff; pointer-events: none; }
#panes[data-mode=slider] .after figcaption { left: auto; right: .5rem; }
#panes[data-mode=slider] .before .view { clip-path: inset(0 calc(100% - var(--cut)) 0 0); }
#panes[data-mode=slider] .before { z-index: 1; } #panes[data-mode=slider] .diff { visibility: hidden; }
#panes[data-mode=before] .pane:not(.before), #panes[data-mode=after] .pane:not(.after),
#panes[data-mode=diff] .pane:not(.diff), #panes[data-mode=blink] .diff,
#panes[data-mode=blink][data-side=before] .after, #panes[data-mode=blink][data-side=after] .before {
  visibility: hidden; }
#panes[data-mode=three] .view { cursor: zoom-in; }
.layer { position: absolute; inset: 0; transform-origin: 0 0; }
.layer img { position: absolute; left: 0; top: 0; display: block; background: #fff; }
.pane:not([data-state=ready]) :is(img, .box) { visibility: hidden; }
.is-large .layer img { image-rendering: pixelated; }
.fault { position: absolute; inset: 0; display: grid; place-items: center; padding: 1rem; text-align: center;
  font-size: .87rem; background: var(--sheet); color: var(--bad); overflow-wrap: anywhere; }
#panes[data-mode=slider] .before .fault { right: 50%; } #panes[data-mode=slider] .after .fault { left: 50%; }
.pane[data-state=loading] .view::after { content: ""; position: absolute; inset: 0; background: var(--sheet); }
.box { position: absolute; pointer-events: none; border-radius: 1px; outline: 2px solid var(--target);
  outline-offset: 1px; filter: drop-shadow(0 0 1px #fff) drop-shadow(0 0 1px #fff); }
.box.affected { outline: 2px dashed var(--affected); outline-offset: 4px; }
.no-target .box.target, .no-affected .box.affected { display: none; }
#cut { position: absolute; z-index: 6; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize;
  touch-action: pan-y; }
.line { position: absolute; z-index: 4; top: 0; bottom: 0; left: var(--cut); width: 2px; margin-left: -1px;
  background: #111; box-shadow: 0 0 0 1px #fff; pointer-events: none; }
.line::after { content: "⇔"; position: absolute; top: 50%; left: 50%; translate: -50% -50%; width: 2.1rem;
  height: 2.1rem; border-radius: 50%; background: #111; color: #fff; display: grid; place-items: center;
  border: 2px solid #fff; }
#cut:focus-visible ~ .line::after { outline: 3px solid var(--hue); }
#panes:not([data-mode=slider]) :is(#cut, .line) { display: none; }
#told { columns: 22rem; column-gap: 1rem; max-width: 80rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem;
  margin-bottom: 1rem; break-inside: avoid; }
.card h3 { margin: 0 0 .4rem; }
dl { margin: 0; display: grid; grid-template-columns: minmax(5rem, max-content) minmax(0, 1fr); gap: .25rem 1rem;
  font-size: .9rem; }
dl + dl { margin-top: .8rem; padding-top: .8rem; border-top: 1px solid var(--line); }
dt { color: var(--soft); } dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
dd del { color: var(--soft); text-decoration: none; } dd ins { text-decoration: none; font-weight: 600; }
.keys { margin-top: 1.6rem; font-size: .82rem; } kbd { font: inherit; border: 1px solid var(--line); border-radius: 4px;
  padding: 0 .35rem; background: var(--paper); }
#trouble { grid-column: 1 / -1; padding: .6rem 1.2rem; background: var(--paper); color: var(--bad);
  border-bottom: 1px solid var(--line); }
"""

_MEDIA: Final = """
@media (max-width: 46rem) {
  body { font-size: 14px; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
  aside { border-right: 0; } header { padding: .6rem 1rem; } main { padding: .6rem 1rem 2.5rem; }
  body[data-show=list] main, body[data-show=pair] aside { display: none; }
  #back { display: inline-block; } .toolbar { gap: .5rem; } h2 { font-size: 1.1rem; } .keys { display: none; }
  #panes[data-mode=three] { grid-template-columns: minmax(0, 1fr); } button, select { min-height: 2.5rem; }
  .toolbar label { min-height: 2rem; display: inline-flex; align-items: center; gap: .35rem; }
  input[type=search] { font-size: 16px; min-height: 2.5rem; }
}
"""

STYLE: Final = PALETTE + _LAYOUT + _LIST + _PAIR + _MEDIA

_BODY: Final = """
<header><h1 id="name">Pairs</h1><p id="all" class="soft"></p></header>
<noscript><p id="trouble">Looking through pairs needs scripts, which are off here.</p></noscript>
<aside aria-label="Pairs of the file">
<div id="filters" role="search"></div>
<p class="counted"><output id="count" aria-live="polite"></output>
<button id="clear" type="button" hidden>Clear</button></p>
<div id="list" role="listbox" tabindex="0" aria-label="Pairs"></div>
</aside>
<main id="pair" tabindex="-1" aria-label="Chosen pair"></main>
"""

ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="1" width="10" height="10" rx="2" '
    'fill="#9ca3af"/><rect x="5" y="5" width="10" height="10" rx="2" fill="#2456b3"/></svg>'
)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


POLICY: Final = (
    f"default-src 'none'; img-src 'self'; connect-src 'self'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The page runs this script and no other, takes this style, asks this server alone, and can't make markup of text."""

PAGE: Final = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Pairs</title>
<link rel="icon" href="/icon.svg">
<style>{STYLE}</style>
</head>
<body data-show="list">
{_BODY}<script>{SCRIPT}</script>
</body>
</html>
"""
