"""The browser's script, continued: the pictures of one pair, and what the file says of it."""

from typing import Final

PICTURES: Final = r"""
// The pictures: three panes, side by side or on top of each other; a view only says which of them are seen.
const VIEWS = {three: 'Side by side', slider: 'Slider', blink: 'Blink', before: 'Before', after: 'After',
  diff: 'Difference'};
const PANES = {before: ['Before', 'Screenshot before'], after: ['After', 'Screenshot after'],
  diff: ['Difference × 8', 'What differs, eight times as strong, dark on white']};
const BLINK_MS = 700, MARGIN_PX = 48, MAX_ZOOM = 8;
const look = {mode: 'three', lastMode: 'three', isZoomed: false, size: null, timer: 0, boxes: {}};
const addressOf = (row, side) => `/image/${row.at}/${side}?${state.start}`;

function setMode(mode) {
  if (mode === 'blink' && look.mode !== 'blink') look.lastMode = look.mode;
  look.mode = mode;
  const panes = one('#panes');
  panes.dataset.mode = mode;
  for (const button of all('#views button')) button.setAttribute('aria-pressed', button.value === mode);
  clearInterval(look.timer);
  panes.dataset.side = 'before';
  if (mode === 'blink') {
    const swap = () => { panes.dataset.side = panes.dataset.side === 'before' ? 'after' : 'before'; };
    look.timer = setInterval(swap, BLINK_MS);
  }
  place();
}
const toggleBlink = () => setMode(look.mode === 'blink' ? look.lastMode : 'blink');
function paneOf(side) {
  const [name, alt] = PANES[side];
  const image = make('img', {alt, draggable: 'false', on: {load: () => arrived(side), error: () => failed(side)}});
  const boxes = ['affected', 'target'].map((name) => make('div', {class: `box ${name}`}));
  const view = make('div', {class: 'view', on: {click: () => { if (look.mode === 'three') setMode(side); }}},
    make('div', {class: 'layer'}, image), ...boxes);
  return make('figure', {class: `pane ${side}`, 'data-state': 'loading'}, make('figcaption', {}, name), view);
}
function load(row) {
  look.size = null;
  for (const side of Object.keys(PANES)) {
    const pane = one(`.pane.${side}`);
    pane.dataset.state = 'loading';
    one('.fault', pane)?.remove();
    one('img', pane).src = addressOf(row, side);
  }
}
function arrived(side) {
  one(`.pane.${side}`).dataset.state = 'ready';
  const sizes = all('.pane[data-state=ready] img').map((image) => [image.naturalWidth, image.naturalHeight]);
  look.size = [0, 1].map((axis) => Math.max(...sizes.map((size) => size[axis])));
  place();
  if (all('.pane[data-state=ready]').length === 3) lookAhead();
}
async function failed(side) {
  const pane = one(`.pane.${side}`), image = one('img', pane), address = image.src;
  let why = 'this picture cannot be shown';
  try {
    const reply = await fetch(address);
    if (!reply.ok) why = await reply.text();
  } catch { why = 'the server no longer answers'; }
  if (image.src !== address) return;
  pane.dataset.state = 'broken';
  one('.fault', pane)?.remove();
  one('.view', pane).append(make('p', {class: 'fault', role: 'alert'}, why));
}
function lookAhead() {
  const next = state.shown[state.shown.indexOf(state.chosen) + 1];
  if (next) for (const side of ['before', 'after']) new Image().src = addressOf(next, side);
}

// Boxes and zoom are in the larger picture's pixels, as shares of it.
function region() {
  const boxes = Object.values(look.boxes), [width, height] = look.size;
  const [left, top] = [0, 1].map((axis) => Math.min(...boxes.map((box) => box[axis])) - MARGIN_PX);
  const [right, bottom] = [0, 1].map((axis) => Math.max(...boxes.map((box) => box[axis] + box[axis + 2])) + MARGIN_PX);
  const zoom = Math.max(1, Math.min(width / (right - left), height / (bottom - top), MAX_ZOOM));
  const start = (middle, side) => Math.max(0, Math.min(side - side / zoom, middle - side / zoom / 2));
  return {zoom, x: start((left + right) / 2, width), y: start((top + bottom) / 2, height)};
}
function place() {
  if (!look.size) return;
  const [width, height] = look.size, panes = one('#panes');
  const isZoomed = look.isZoomed && Object.keys(look.boxes).length > 0;
  const shown = isZoomed ? region() : {zoom: 1, x: 0, y: 0}, {zoom, x, y} = shown;
  for (const view of all('.view', panes)) {
    view.style.aspectRatio = `${width} / ${height}`;
    one('.layer', view).style.transform = `scale(${zoom}) translate(${-100 * x / width}%, ${-100 * y / height}%)`;
    view.classList.toggle('is-large', zoom * view.clientWidth >= 2 * width);
    const image = one('img', view);
    image.style.width = `${100 * image.naturalWidth / width}%`;
    drawBox(one('.box.target', view), look.boxes.target, shown);
    drawBox(one('.box.affected', view), look.boxes.affected, shown);
  }
}
function drawBox(frame, box, {zoom, x: left, y: top}) {
  frame.hidden = !box;
  if (!box) return;
  const [width, height] = look.size, [x, y, w, h] = box;
  Object.assign(frame.style, {left: `${100 * zoom * (x - left) / width}%`, top: `${100 * zoom * (y - top) / height}%`,
    width: `${100 * zoom * w / width}%`, height: `${100 * zoom * h / height}%`});
}
"""

PAIR: Final = r"""
// What the file says of one pair.
const HEADED = new Set(['id', 'ground_truth_diff', 'mutations_text', 'mutation_types', 'mutation_dicts_json',
  'task_type', 'difficulty', 'domain', 'renderer', 'user_query']);
const LABELS = {pixel_diff: 'Pixels that differ', target_diff: 'Difference in target',
  outside_diff: 'Difference outside', page_id: 'Page', mechanism: 'Mechanism', magnitude: 'Magnitude',
  template_id: 'Template', visual_effects: 'Looks like'};
const isBox = (name) => /_bbox_[xywh]$/.test(name);
const read = (text) => { try { return JSON.parse(text); } catch { return null; } };
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const written = (value) => typeof value === 'string' ? value : JSON.stringify(value);

function listOf(entries) {
  return make('dl', {}, ...entries.flatMap(([name, value]) =>
    [make('dt', {}, name), value instanceof Node ? make('dd', {}, value) : make('dd', {}, value)]));
}
function boxesOf(facts) {
  const boxes = {};
  for (const name of ['target', 'affected']) {
    const box = ['x', 'y', 'w', 'h'].map((side) => facts[`${name}_bbox_${side}`]);
    if (box.every((side) => typeof side === 'number') && box[2] > 0 && box[3] > 0) boxes[name] = box;
  }
  return boxes;
}
function mutationOf(text, sentence) {
  const mutation = read(text);
  if (!isObject(mutation)) return listOf([['as stored', written(text)]]);
  const {old_value, new_value, template, ...rest} = mutation;
  const entries = Object.entries(rest).map(([name, value]) => [spoken(name), written(value)]);
  if (old_value || new_value) {
    const [old, now] = [old_value ?? '', new_value ?? ''].map(written);
    entries.push(['change', make('span', {}, make('del', {}, old), ' → ', make('ins', {}, now))]);
  }
  if (template && template !== sentence) entries.push(['template', written(template)]);
  return listOf(entries);
}
function card(name, ...children) {
  return make('section', {class: 'card', 'aria-label': name}, make('h3', {}, name), ...children);
}
function factsOf(facts) {
  const entries = [];
  for (const [name, value] of Object.entries(facts)) {
    if (HEADED.has(name) || isBox(name) || Array.isArray(value) && !value.length) continue;
    const shown = name === 'pixel_diff' && typeof value === 'number' ? `${Number((100 * value).toPrecision(3))}%`
      : Array.isArray(value) ? value.map((one) => spoken(written(one))).join(', ')
        : typeof value === 'number' ? String(Number(value.toPrecision(5))) : written(value);
    entries.push([LABELS[name] ?? name, shown]);
  }
  for (const [name, [x, y, w, h]] of Object.entries(look.boxes)) {
    entries.push([name === 'target' ? 'Target' : 'Affected area', `${w} × ${h} px at ${x}, ${y}`]);
  }
  return entries;
}
function rendererOf(text) {
  const renderer = read(text);
  if (!isObject(renderer)) return [['Renderer', written(text)]];
  return Object.entries(renderer).map(([name, value]) => {
    if (!isObject(value)) return [name, written(value)];
    const lines = Object.entries(value).map(([font, digest]) => `${font}  ${written(digest).slice(0, 12)}`);
    return [name, make('details', {}, make('summary', {}, number(lines.length)), lines.join('\n'))];
  });
}
function cardsOf(facts) {
  const mutations = [facts.mutation_dicts_json ?? []].flat(), about = factsOf(facts), cards = [];
  if (mutations.length) cards.push(card(mutations.length > 1 ? 'Mutations' : 'Mutation',
    ...mutations.map((text) => mutationOf(text, facts.ground_truth_diff))));
  if (facts.user_query) cards.push(card('Question', make('p', {}, facts.user_query)));
  if (facts.renderer) cards.push(card('Renderer', listOf(rendererOf(facts.renderer))));
  if (about.length) cards.push(card('About the pair', listOf(about)));
  return cards;
}
function showPlace() {
  const at = state.shown.indexOf(state.chosen), held = one('#place');
  if (!held) return;
  held.textContent = at < 0 ? 'not in the list' : `${number(at + 1)} of ${number(state.shown.length)}`;
  one('#previous').disabled = at === 0 || !state.shown.length;
  one('#next').disabled = at === state.shown.length - 1;
}
async function choose(row, {isOpened = false, isLinked = true} = {}) {
  if (isOpened) document.body.dataset.show = 'pair';
  const isNew = row !== state.chosen;
  state.chosen = row;
  markChosen();
  showPlace();
  if (!isNew) return;
  const link = `#${encodeURIComponent(row.key)}`;
  if (isLinked) history.replaceState(null, '', link);
  document.title = `${row.id || `pair ${row.at + 1}`} · ${state.name}`;
  one('#sentence').textContent = sentenceOf(row);
  const tags = [...row.operator, row.tier, row.domain, row.task].filter((word) => word && word !== 'none');
  one('#tags').replaceChildren(...[...new Set(tags)].map((word) => make('span', {class: 'tag'}, spoken(word))),
    make('a', {class: 'id', href: link, title: 'Link to this pair'}, row.id || `row ${row.at + 1}`));
  look.boxes = {};
  load(row);
  let facts;
  try {
    facts = await ask(`/row/${row.at}`);
  } catch (error) { return trouble(error.message); }
  if (row !== state.chosen) return;
  look.boxes = boxesOf(facts);
  for (const name of ['target', 'affected']) one(`#show-${name}`).disabled = !look.boxes[name];
  one('#zoom').disabled = !Object.keys(look.boxes).length;
  one('#told').replaceChildren(...cardsOf(facts));
  place();
}
"""
