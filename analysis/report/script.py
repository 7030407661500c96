"""The report's script: sorting, filtering, one judge at a time, pairs, figures as files. It writes text, no markup."""

from typing import Final

DOM: Final = r"""
'use strict';
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'on') for (const [event, does] of Object.entries(value)) node.addEventListener(event, does);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
};
"""
"""What a script of a page of ours begins with: finding and making elements."""

_REST: Final = r"""
const read = (name) => JSON.parse(document.getElementById(name)?.textContent ?? 'null');

// Sorting: absent figures last, both ways; equal ones keep their order.
function sortBy(table, column, down) {
  const rows = all('tbody tr', table);
  const key = (row) => {
    const cell = row.cells[column];
    if (cell.hasAttribute('data-v')) return Number(cell.dataset.v);
    return cell.classList.contains('figure') || cell.classList.contains('bar') ? null : cell.textContent.trim();
  };
  const order = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  const keyed = rows.map((row) => [key(row), row]);
  keyed.sort(([a], [b]) => a === null ? (b === null ? 0 : 1) : b === null ? -1 : down ? order(b, a) : order(a, b));
  one('tbody', table).append(...keyed.map(([, row]) => row));
  all('thead th', table).forEach((head, place) => {
    if (place === column) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    else head.removeAttribute('aria-sort');
  });
}
for (const table of all('table')) {
  all('tbody tr:first-child > *', table).forEach((cell, column) => {
    const isNumber = cell.classList.contains('figure') && !table.matches('.heat');
    one('thead tr', table).cells[column].classList.toggle('number', isNumber);
  });
}
for (const table of all('table.sortable')) {
  all('thead th', table).forEach((head, column) => {
    const name = make('button', {type: 'button', class: 'sort'});
    name.append(...head.childNodes);
    const isText = !one(`tbody tr > :nth-child(${column + 1})[data-v]`, table);
    const isRank = ['rank', 'could be'].includes(name.textContent);
    name.addEventListener('click', () => {
      const now = head.getAttribute('aria-sort');
      sortBy(table, column, now ? now === 'ascending' : !(isText || isRank));
    });
    head.append(name);
  });
}

// One judge at a time, rows by name and role.
const judges = [...new Set(all('.by-judge').map((part) => part.dataset.judge))];
function showJudge(name) {
  for (const part of all('.by-judge')) part.hidden = part.dataset.judge !== name;
  for (const button of all('#judges-bar button')) button.setAttribute('aria-pressed', button.value === name);
}
function filterRows() {
  const words = one('#filter').value.trim().toLowerCase();
  const roles = new Map(all('#roles input').map((box) => [box.value, box.checked]));
  let shown = 0;
  for (const row of all('tr[data-model]')) {
    const role = row.dataset.role ?? roleOf.get(row.dataset.model);
    row.hidden = !row.dataset.model.toLowerCase().includes(words) || roles.get(role) === false;
    shown += !row.hidden && row.closest('.standings') && !row.closest('[hidden]') ? 1 : 0;
  }
  one('#shown').textContent = `${shown} shown`;
}
// A published row bears the name of a row of the run; tables without roles show the run's.
const roleOf = new Map(all('tr[data-role]:not([data-role=published])').map((row) =>
  [row.dataset.model, row.dataset.role]));
const roleNames = [...new Set(all('tr[data-role]').map((row) => row.dataset.role))];
const plural = (role) => role === 'published' ? 'published rows' : `${role}s`;
const bar = one('#tools');
if (judges.length > 1) {
  const buttons = judges.map((name) =>
    make('button', {type: 'button', value: name, on: {click: () => { showJudge(name); filterRows(); }}}, name));
  bar.append(make('div', {id: 'judges-bar', class: 'segments', role: 'group', 'aria-label': 'Judge'}, ...buttons));
}
bar.append(
  make('input', {id: 'filter', type: 'search', placeholder: 'Filter rows', 'aria-label': 'Filter rows by name',
    on: {input: filterRows}}),
  make('span', {id: 'roles'}, ...roleNames.map((role) =>
    make('label', {},
      make('input', {type: 'checkbox', value: role, checked: true, on: {change: filterRows}}), ` ${plural(role)}`))),
  make('span', {id: 'shown', class: 'soft', 'aria-live': 'polite'}),
  make('button', {id: 'theme', type: 'button', 'aria-label': 'Light or dark', on: {click: () => {
    const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark' ||
      (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset.theme = isDark ? 'light' : 'dark';
  }}}, '◐'));
if (judges.length) showJudge(judges[0]);
filterRows();

// Figures as files.
function fileOf(drawing) {
  const copy = drawing.cloneNode(true);
  const theme = document.documentElement.dataset.theme ??
    (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = `${one('style').textContent} :root{color-scheme:${theme}!important;background:var(--paper)}`;
  copy.prepend(style);
  return new XMLSerializer().serializeToString(copy);
}
function save(address, name) {
  make('a', {href: address, download: name}).click();
}
function saveSvg(drawing, name) {
  const address = URL.createObjectURL(new Blob([fileOf(drawing)], {type: 'image/svg+xml'}));
  save(address, `${name}.svg`);
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
async function savePng(drawing, name) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(fileOf(drawing))}`;
  await picture.decode();
  const {width, height} = drawing.viewBox.baseVal;
  const canvas = make('canvas', {width: 2 * width, height: 2 * height});
  canvas.getContext('2d').drawImage(picture, 0, 0, 2 * width, 2 * height);
  save(canvas.toDataURL('image/png'), `${name}.png`);
}
for (const figure of all('figure.plot')) {
  const drawing = one('svg', figure), caption = one('figcaption', figure);
  const name = caption.textContent.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  caption.append(make('span', {class: 'save'},
    make('button', {type: 'button', on: {click: () => saveSvg(drawing, name)}}, 'SVG'),
    make('button', {type: 'button', on: {click: () => savePng(drawing, name)}}, 'PNG')));
}
"""

SCRIPT: Final = DOM + _REST

BROWSER: Final = r"""
// The pairs: one at a time, pictures decoded when they are shown.
const pairs = read('pairs-data') ?? [];
const pictures = new Map();
const pictureOf = (name) => {
  if (!pictures.has(name)) pictures.set(name, read(`picture-${name}`));
  return pictures.get(name);
};
const state = {shown: pairs, place: 0, mode: 'slider', cut: 50};
const VIEWS = {slider: 'Slider', difference: 'Difference', before: 'Before', after: 'After'};

function choices(label, names, does) {
  const options = names.map(([value, name]) => make('option', {value}, name));
  const select = make('select', {name: label.toLowerCase(), on: {change: () => does(select.value)}}, ...options);
  return make('label', {}, `${label} `, select);
}
const wanted = {kind: '', tier: '', outcome: ''};
function chosen(pair) {
  if (wanted.kind && pair.kind !== wanted.kind || wanted.tier && pair.tier !== wanted.tier) return false;
  if (!wanted.outcome) return true;
  const [model, class_] = JSON.parse(wanted.outcome);
  const classes = class_ === 'good' ? ['good'] : ['bad', 'half'];
  return pair.answers.some((said) => said.model === model &&
    said.verdicts.some((verdict) => classes.includes(verdict.class)));
}
function want(name, value) {
  wanted[name] = value;
  state.shown = pairs.filter(chosen);
  state.place = 0;
  showPair();
}
function move(step) {
  if (!state.shown.length) return;
  state.place = (state.place + step + state.shown.length) % state.shown.length;
  showPair();
}
function setMode(mode) {
  state.mode = mode;
  for (const button of all('#views button')) button.setAttribute('aria-pressed', button.value === mode);
  const stage = one('.stage');
  if (stage) stage.dataset.mode = mode;
  const range = one('.stage input');
  if (range) range.disabled = mode !== 'slider';
  if (mode === 'difference') drawDifference();
}

async function drawDifference() {
  const canvas = one('.stage canvas');
  if (!canvas || canvas.dataset.drawn) return;
  canvas.dataset.drawn = 'yes';
  const [before, after] = all('.stage img');
  await Promise.all([before.decode(), after.decode()]);
  const {width, height} = canvas;
  const paint = canvas.getContext('2d', {willReadFrequently: true});
  const pixels = (picture) => {
    paint.drawImage(picture, 0, 0, width, height);
    return paint.getImageData(0, 0, width, height);
  };
  const old = pixels(before).data, now = pixels(after), data = now.data;
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const apart = Math.max(Math.abs(old[at] - data[at]), Math.abs(old[at + 1] - data[at + 1]),
      Math.abs(old[at + 2] - data[at + 2]));
    if (apart) {
      count += 1;
      const strength = Math.min(1, 0.35 + apart / 96);
      data[at] = 255 - 41 * strength; data[at + 1] = 200 - 176 * strength; data[at + 2] = 230 - 103 * strength;
    } else {
      const grey = 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2];
      data[at] = data[at + 1] = data[at + 2] = 190 + grey * 0.25;
    }
  }
  paint.putImageData(now, 0, 0);
  const percent = (100 * count / (width * height)).toPrecision(2);
  const counted = `${count.toLocaleString('en')} pixels differ (${percent}%)`;
  one('#counted').textContent = count ? counted : 'no pixel differs';
}

function stageOf(pair) {
  if (!pair.before) return make('p', {class: 'soft'}, 'No pictures of this pair are in this file.');
  const [width, height] = pair.size;
  const picture = (name, alt) =>
    make('img', {src: pictureOf(name), alt, width, height, class: alt, draggable: 'false'});
  const stage = make('div', {class: 'stage', 'data-mode': state.mode},
    picture(pair.before, 'before'), picture(pair.after, 'after'), make('canvas', {width, height}));
  stage.style.aspectRatio = `${width} / ${height}`;
  if (pair.box) {
    const [x, y, w, h] = pair.box, frame = make('div', {class: 'truth-box'});
    Object.assign(frame.style, {left: `${100 * (x - 4) / width}%`, top: `${100 * (y - 4) / height}%`,
      width: `${100 * (w + 8) / width}%`, height: `${100 * (h + 8) / height}%`});
    stage.append(frame);
  }
  const range = make('input', {type: 'range', min: 0, max: 100, step: 1, value: state.cut,
    'aria-label': 'Before on the left, after on the right', on: {input: () => cut(Number(range.value))}});
  stage.append(make('div', {class: 'cut'}), make('span', {class: 'side left'}, 'before'),
    make('span', {class: 'side right'}, 'after'), range);
  const cut = (value) => { state.cut = value; stage.style.setProperty('--cut', `${value}%`); };
  cut(state.cut);
  return stage;
}
function verdictOf(verdict) {
  const head = make('span', {class: `verdict ${verdict.class}`}, verdict.word);
  const words = [];
  const by = verdict.by ? `, by ${verdict.by}` : '';
  if (verdict.matched) words.push([`taken from the answer${by}`, verdict.matched]);
  verdict.invented.forEach((claim) => words.push(['invented', claim]));
  if (verdict.said) words.push(["the judge's words", verdict.said]);
  const told = words.flatMap(([name, said]) => [make('dt', {}, name), make('dd', {}, said)]);
  const judge = make('span', {class: 'soft'}, `${verdict.judge} `);
  if (!told.length) return make('p', {}, judge, head);
  return make('details', {}, make('summary', {}, judge, head), make('dl', {}, ...told));
}
function answerOf(said) {
  const tag = said.role === 'model' ? [] : [make('span', {class: 'tag'}, said.role)];
  return make('article', {class: 'answer'}, make('h4', {}, said.model, ...tag),
    make('blockquote', {tabindex: 0, 'aria-label': `Answer of ${said.model}`}, said.text),
    make('div', {class: 'verdicts'}, ...said.verdicts.map(verdictOf)));
}
function showPair() {
  const pair = state.shown[state.place], held = one('#pair');
  one('#place').textContent = pair ? `${state.place + 1} of ${state.shown.length}` : 'no such pair';
  if (!pair) return held.replaceChildren();
  const tags = [pair.tier !== pair.kind ? pair.tier : '', pair.domain].filter(Boolean);
  held.replaceChildren(
    make('h3', {}, pair.kind, ...tags.map((name) => make('span', {class: 'tag'}, name)),
      make('span', {class: 'id soft'}, pair.id)),
    make('p', {class: 'truth'}, pair.truth), stageOf(pair), make('p', {id: 'counted', class: 'soft'}),
    make('div', {class: 'answers'}, ...pair.answers.map(answerOf)));
  setMode(state.mode);
}
const browser = one('#browser');
if (browser && pairs.length) {
  const named = (names, none) => [['', none], ...[...new Set(names)].map((name) => [name, name])];
  const models = [...new Set(pairs.flatMap((pair) => pair.answers.map((said) => said.model)))].sort();
  const outcomes = models.flatMap((name) => [[JSON.stringify([name, 'good']), `${name}: right by a judge`],
    [JSON.stringify([name, 'bad']), `${name}: wrong by a judge`]]);
  browser.replaceChildren(make('div', {class: 'toolbar'},
    make('button', {type: 'button', 'aria-label': 'Previous pair', on: {click: () => move(-1)}}, '←'),
    make('span', {id: 'place', 'aria-live': 'polite'}),
    make('button', {type: 'button', 'aria-label': 'Next pair', on: {click: () => move(1)}}, '→'),
    choices('Change', named(pairs.map((pair) => pair.kind), 'any'), (value) => want('kind', value)),
    choices('Tier', named(pairs.map((pair) => pair.tier), 'any'), (value) => want('tier', value)),
    choices('Outcome', [['', 'any'], ...outcomes], (value) => want('outcome', value)),
    make('div', {id: 'views', class: 'segments', role: 'group', 'aria-label': 'View'},
      ...Object.entries(VIEWS).map(([value, name]) =>
        make('button', {type: 'button', value, on: {click: () => setMode(value)}}, name))),
    make('label', {}, make('input', {type: 'checkbox', checked: true,
      on: {change: (event) => browser.classList.toggle('no-box', !event.target.checked)}}), ' mark the place')),
    make('div', {id: 'pair'}));
  browser.addEventListener('keydown', (event) => {
    if (event.target.matches('input, select') || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {ArrowLeft: () => move(-1), ArrowRight: () => move(1), s: () => setMode('slider'),
      d: () => setMode('difference'), b: () => setMode('before'), a: () => setMode('after')};
    if (keys[event.key]) { keys[event.key](); event.preventDefault(); }
  });
  showPair();
}
"""
