"""The browser's script: the list, its filters, keys and links; it writes text, no markup."""

from typing import Final

from analysis.report.script import DOM
from pairgen.browse_pair import PAIR, PICTURES

_LIST: Final = r"""
const number = (value) => value.toLocaleString('en');
const FACETS = {operator: 'Operator', tier: 'Tier', domain: 'Domain', task: 'Task type'};
const SAID = {no_diff: 'Nothing changed.', benign: 'Nothing in the page changed; the pictures differ.',
  unlabelled: 'Nobody says what differs here.'};
const AT_ONCE = 200;
const state = {rows: [], shown: [], drawn: 0, chosen: null, start: '', order: {}};
const wanted = {operator: '', tier: '', domain: '', task: '', words: []};
const spoken = (word) => word.replaceAll('_', ' ');
const sentenceOf = (row) => row.sentence || SAID[row.task] || 'The file has no sentence for this pair.';

function trouble(says) {
  let held = one('#trouble');
  if (!held) one('header').after(held = make('p', {id: 'trouble', role: 'alert'}));
  held.textContent = says;
}
async function ask(address) {
  let reply;
  try {
    reply = await fetch(address);
  } catch {
    throw new Error('The server no longer answers: start the command again and reload this page.');
  }
  if (!reply.ok) throw new Error(await reply.text());
  one('#trouble')?.remove();
  return reply.json();
}

// Filters: a row fits if every facet and every word does; each facet counts what the others leave.
function fits(row, except) {
  for (const facet of Object.keys(FACETS)) {
    if (facet !== except && wanted[facet] && ![row[facet]].flat().includes(wanted[facet])) return false;
  }
  return wanted.words.every((word) => row.text.includes(word));
}
function valuesOf(facet) {
  const known = state.order[facet] ?? [], rank = (name) => known.includes(name) ? known.indexOf(name) : known.length;
  const found = [...new Set(state.rows.flatMap((row) => row[facet]))];
  return found.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
function makeFilters() {
  const words = make('input', {type: 'search', id: 'words', placeholder: 'Search id, sentence, page   ( / )',
    'aria-label': 'Search id, sentence and page', autocomplete: 'off', spellcheck: 'false', on: {input: () => {
      wanted.words = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      filter();
    }}});
  one('#filters').append(words);
  for (const [facet, name] of Object.entries(FACETS)) {
    const values = valuesOf(facet);
    if (values.length < 2) continue;
    const select = make('select', {id: `by-${facet}`, on: {change: () => { wanted[facet] = select.value; filter(); }}},
      make('option', {value: ''}, 'all'), ...values.map((value) => make('option', {value}, value)));
    one('#filters').append(make('label', {}, name, select));
  }
  one('#clear').addEventListener('click', clearFilters);
}
function clearFilters() {
  for (const facet of Object.keys(FACETS)) wanted[facet] = '';
  wanted.words = [];
  for (const field of all('#filters input, #filters select')) field.value = '';
  filter();
}
function countOptions() {
  for (const facet of Object.keys(FACETS)) {
    const select = one(`#by-${facet}`);
    if (!select) continue;
    select.classList.toggle('is-set', Boolean(wanted[facet]));
    const counts = new Map();
    for (const row of state.rows) {
      if (fits(row, facet)) for (const value of [row[facet]].flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    for (const option of [...select.options].slice(1)) {
      const count = counts.get(option.value) ?? 0;
      option.textContent = `${spoken(option.value)} (${number(count)})`;
      option.disabled = !count && option.value !== wanted[facet];
    }
  }
}
function filter() {
  state.shown = state.rows.filter((row) => fits(row));
  countOptions();
  const isNarrowed = Object.values(wanted).some((value) => value.length);
  one('#count').textContent = `${number(state.shown.length)} of ${number(state.rows.length)}`;
  one('#clear').hidden = !isNarrowed;
  const list = one('#list');
  list.replaceChildren();
  list.scrollTop = state.drawn = 0;
  if (!state.shown.length) {
    list.append(make('p', {class: 'empty'}, 'No pair fits: clear a filter, or search for less.'));
  }
  drawMore(AT_ONCE);
  markChosen(false);
  showPlace();
}

// The list: drawn as far as it was scrolled, so that a file of any size opens at once.
function drawMore(until) {
  const end = Math.min(until, state.shown.length);
  for (; state.drawn < end; state.drawn += 1) one('#list').append(optionOf(state.shown[state.drawn], state.drawn));
}
function optionOf(row, place) {
  const tier = row.tier === row.task || row.tier === 'none' ? [] : [make('span', {class: 'tag'}, spoken(row.tier))];
  const foot = [row.id, row.domain === 'none' ? '' : row.domain].filter(Boolean).join('  ·  ');
  return make('div', {class: 'option', role: 'option', id: `row-${row.at}`, 'aria-selected': `${row === state.chosen}`,
    'aria-setsize': state.shown.length, 'aria-posinset': place + 1, on: {click: () => choose(row, {isOpened: true})}},
    make('div', {class: 'head'}, make('b', {}, row.operator.map(spoken).join(', ')), ...tier),
    make('div', {class: 'sentence'}, sentenceOf(row)), make('div', {class: 'foot'}, foot));
}
function markChosen(isScrolled = true) {
  const place = state.shown.indexOf(state.chosen), list = one('#list');
  for (const option of all('[aria-selected=true]', list)) option.setAttribute('aria-selected', 'false');
  list.removeAttribute('aria-activedescendant');
  if (place < 0) return;
  if (place >= state.drawn) {
    if (!isScrolled) return;
    drawMore(place + AT_ONCE);
  }
  const option = one(`#row-${state.chosen.at}`);
  option.setAttribute('aria-selected', 'true');
  list.setAttribute('aria-activedescendant', option.id);
  if (isScrolled) option.scrollIntoView({block: 'nearest'});
}
function step(by) {
  if (!state.shown.length) return;
  const place = state.shown.indexOf(state.chosen);
  const next = place < 0 ? 0 : Math.min(Math.max(place + by, 0), state.shown.length - 1);
  choose(state.shown[next]);
}
"""

_START: Final = r"""
// The page's parts, keys and links.
const calm = {mousedown: (event) => event.preventDefault()};  // a click leaves the keys where they were
function checkbox(id, name, key, does, isOn) {
  const box = make('input', {type: 'checkbox', id, checked: isOn, on: {change: () => does(box.checked)}});
  return make('label', {on: calm}, box, ' ', ...(key ? [make('span', {class: `key ${key}`})] : []), name);
}
function makePair() {
  const panes = make('div', {id: 'panes', 'data-mode': look.mode}, ...Object.keys(PANES).map(paneOf));
  const range = make('input', {id: 'cut', type: 'range', min: 0, max: 100, step: 1, value: 50,
    'aria-label': 'Before on the left, after on the right',
    on: {input: () => panes.style.setProperty('--cut', `${range.value}%`)}});
  panes.append(range, make('div', {class: 'line'}));
  const hide = (name) => (isOn) => panes.classList.toggle(`no-${name}`, !isOn);
  const button = (id, name, label, does) =>
    make('button', {id, type: 'button', 'aria-label': label, on: {...calm, click: does}}, name);
  const views = Object.entries(VIEWS).map(([value, name]) => make('button', {type: 'button', value,
    'aria-pressed': `${value === look.mode}`,
    on: {...calm, click: () => value === 'blink' ? toggleBlink() : setMode(value)}}, name));
  one('#pair').append(make('div', {class: 'toolbar', role: 'group', 'aria-label': 'View'},
    make('span', {class: 'steps'},
      button('back', 'List', 'Back to the list', () => { document.body.dataset.show = 'list'; markChosen(); }),
      button('previous', '←', 'Previous pair', () => step(-1)), make('span', {id: 'place'}),
      button('next', '→', 'Next pair', () => step(1))),
    make('div', {id: 'views', class: 'segments', role: 'group', 'aria-label': 'Pictures'}, ...views),
    checkbox('show-target', 'target', 'target', hide('target'), true),
    checkbox('show-affected', 'affected', 'affected', hide('affected'), true),
    checkbox('zoom', 'enlarge', '', (isOn) => { look.isZoomed = isOn; place(); }, false)),
    make('h2', {id: 'sentence', 'aria-live': 'polite'}), make('div', {id: 'tags', class: 'tags'}), panes,
    make('div', {id: 'told'}), makeKeys());
}
function makeKeys() {
  const keys = [['↑ ↓ ← →', 'other pairs'], ['space', 'blink'], ['t', 'side by side'], ['s', 'slider'], ['b', 'before'],
    ['a', 'after'], ['d', 'difference'], ['x', 'boxes'], ['z', 'enlarge'], ['/', 'search']];
  return make('p', {class: 'keys soft'}, 'Keys: ', ...keys.flatMap(([key, does], at) =>
    [at ? ', ' : '', make('kbd', {}, key), ` ${does}`]));
}
function toggleBoxes() {
  const boxes = all('#show-target, #show-affected'), isOn = !boxes.some((box) => box.checked);
  for (const box of boxes) if (box.checked !== isOn) box.click();
}
const KEYS = {ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
  ' ': toggleBlink, t: () => setMode('three'), s: () => setMode('slider'), b: () => setMode('before'),
  a: () => setMode('after'), d: () => setMode('diff'), x: toggleBoxes, z: () => one('#zoom').click(),
  '/': () => one('#words').focus()};
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !state.rows.length) return;
  const {target, key} = event;
  if (target.matches('select, input[type=search]')) {
    if (key === 'Escape' || key === 'Enter') one('#list').focus();
    return;
  }
  if (key === ' ' && target.matches('button, summary, a, input[type=checkbox]')) return;
  if (target.matches('input[type=range]') && ['ArrowLeft', 'ArrowRight'].includes(key)) return;
  if (Object.hasOwn(KEYS, key)) { event.preventDefault(); KEYS[key](); }
});
function follow() {
  let key = location.hash.slice(1);
  try { key = decodeURIComponent(key); } catch { /* as it stands */ }
  const row = state.rows.find((one) => one.key === key);
  if (row && !state.shown.includes(row)) clearFilters();
  if (row) choose(row, {isOpened: true});
  return Boolean(row);
}
async function begin() {
  const {name, order, rows, start} = await ask('/rows');
  Object.assign(state, {name, order, start, rows: rows.map((row, at) =>
    ({...row, at, text: `${row.id} ${row.sentence} ${row.page}`.toLowerCase()}))});
  one('#name').textContent = document.title = name;
  one('#all').textContent = `${number(rows.length)} pairs`;
  makeFilters();
  makePair();
  filter();
  one('#list').addEventListener('scroll', ({target}) => {
    if (target.scrollTop + 2 * target.clientHeight > target.scrollHeight) drawMore(state.drawn + AT_ONCE);
  });
  new ResizeObserver(place).observe(one('#panes'));
  addEventListener('hashchange', follow);
  if (!follow()) choose(state.shown[0], {isLinked: false});
  one('#list').focus({preventScroll: true});
}
begin().catch((error) => trouble(error.message));
"""

SCRIPT: Final = DOM + _LIST + PICTURES + PAIR + _START
