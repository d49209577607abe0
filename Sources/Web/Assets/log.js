// The log of a job: lines that can be pointed at, the first error in view, and the live end of what still runs.
import { Terminal } from './terminal.js';

const log = document.getElementById('log'), rows = document.getElementById('rows');
const el = id => document.getElementById(id);
const isBad = /\b(error|errors|fatal|failed|failure|failures|panic|panicked|traceback|exception|assertion(error)?|segmentation fault|command not found|no such file or directory|permission denied|cannot|undefined reference|not ok)\b|\*\*\*|✗|✘/i;
const isFine = /\b(0|no|without) (errors?|failed|failures?)\b|\b(errors?|failed|failures?)[:=] ?0\b/i;

const row = (number, runs) => {
  const div = document.createElement('div'), link = document.createElement('a'), text = document.createElement('span');
  div.className = 'ln'; div.id = 'L' + number;
  link.href = '#L' + number; link.dataset.n = number;
  fill(text, runs);
  div.append(link, text);
  return div;
};
const fill = (text, runs) => text.replaceChildren(...runs.map(([classes, words]) => {
  if (!classes) return words;
  const span = document.createElement('span');
  span.className = classes; span.textContent = words;
  return span;
}));

// Lines and ranges in the address.
const mark = scroll => {
  rows.querySelectorAll('.on').forEach(line => line.classList.remove('on'));
  const range = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash);
  if (!range) return;
  const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])].sort((a, b) => a - b);
  for (let n = first; n <= Math.min(last, first + 10000); n += 1) el('L' + n)?.classList.add('on');
  if (scroll) el('L' + first)?.scrollIntoView({ block: 'center' });
};
let anchor = null;
const start = () => {
  addEventListener('hashchange', () => mark(false));
  rows.addEventListener('click', event => {
    const link = event.target.closest?.('a[data-n]');
    if (!link) return;
    event.preventDefault();
    const n = Number(link.dataset.n);
    const from = event.shiftKey && anchor !== null ? anchor : n;
    if (!event.shiftKey) anchor = n;
    history.replaceState(null, '', from === n ? `#L${n}` : `#L${Math.min(from, n)}-L${Math.max(from, n)}`);
    mark(false);
  });

  // While the head is out of sight the bar says what it says.
  const short = el('short'), copy = () => {
    short.className = el('head').classList[1];
    short.replaceChildren(...[...el('head').querySelectorAll('.tile .glyph, h1 > *')].map(part => part.cloneNode(true)));
  };
  new IntersectionObserver(entries => { short.hidden = entries.at(-1).isIntersecting; copy(); }).observe(el('place'));
  addEventListener('refreshed', copy);

  el('wrap').hidden = false;
  const wrap = on => { log.classList.toggle('nowrap', !on); el('wrap').setAttribute('aria-pressed', on); };
  try { wrap(localStorage.getItem('wrap') !== 'no'); } catch { wrap(true); }
  el('wrap').addEventListener('click', () => {
    const on = log.classList.contains('nowrap');
    wrap(on);
    try { localStorage.setItem('wrap', on ? 'yes' : 'no'); } catch { /* Then it holds for this page only. */ }
  });

  const bad = [...rows.children].filter(line => isBad.test(line.textContent) && !isFine.test(line.textContent));
  const hasFailed = el('head').hasAttribute('data-failed');
  if (hasFailed) {
    bad.forEach(line => line.classList.add('bad'));
    el('next').hidden = bad.length === 0;
    let at = -1;
    el('next').addEventListener('click', () => {
      at = (at + 1) % bad.length;
      history.replaceState(null, '', '#' + bad[at].id);
      mark(true);
    });
    if (!location.hash && bad.length) {
      // The first error is the answer; the head stays in view when the log is short.
      const box = bad[0].getBoundingClientRect();
      if (box.bottom > innerHeight - 40) { bad[0].scrollIntoView({ block: 'center' }); at = 0; }
    } else if (!location.hash) rows.lastElementChild?.scrollIntoView({ block: 'end' });
  }
  if (location.hash) mark(true);
};

const live = () => {
  const keep = 10000;
  const terminal = new Terminal(log.dataset.style);
  let number = Number(log.dataset.line), open = null, unseen = 0;
  const end = () => document.documentElement.scrollHeight - innerHeight - scrollY < 60;
  let following = !location.hash;
  const follow = el('follow'), waiting = el('waiting'), state = el('live');
  follow.hidden = false;
  const say = () => {
    follow.setAttribute('aria-pressed', following);
    waiting.hidden = following || !unseen;
    waiting.textContent = unseen ? `${unseen.toLocaleString('en')} new line${unseen === 1 ? '' : 's'}` : '';
  };
  const toEnd = () => scrollTo(0, document.documentElement.scrollHeight);
  follow.addEventListener('click', () => { following = !following; if (following) { unseen = 0; toEnd(); } say(); });
  let last = scrollY;
  addEventListener('scroll', () => {
    if (end()) { following = true; unseen = 0; } else if (scrollY < last) following = false;
    last = scrollY;
    say();
  }, { passive: true });

  const add = text => {
    const fresh = document.createDocumentFragment();
    for (const runs of terminal.feed(text)) {
      if (open) { fill(open.lastChild, runs); open = null; } else fresh.append(row(number, runs));
      number += 1;
      if (!following) unseen += 1;
    }
    if (terminal.line.length) {
      if (open) fill(open.lastChild, terminal.line); else { open = row(number, terminal.line); fresh.append(open); }
    }
    rows.append(fresh);
    // A tab that is left open over night must not grow without end.
    if (following) while (rows.childElementCount > keep) rows.firstElementChild.remove();
    const count = number - 1 + (open ? 1 : 0);
    el('lines').textContent = `${count.toLocaleString('en')} line${count === 1 ? '' : 's'}`;
    if (following) toEnd();
    say();
  };
  const source = new EventSource(log.dataset.events);
  source.addEventListener('log', event => add(JSON.parse(event.data).text));
  source.addEventListener('end', async () => {
    source.close();
    state.hidden = true; follow.hidden = true; waiting.hidden = true;
    const { refresh } = await import(document.querySelector('script[src*="/page.js"]').src);
    await refresh();
  });
  source.onopen = () => { state.textContent = 'live'; state.classList.remove('lost'); };
  source.onerror = () => { state.textContent = 'connection lost, trying again'; state.classList.add('lost'); };
  if (following) toEnd();
  say();
};

if (log) { start(); if (log.dataset.events) live(); }
