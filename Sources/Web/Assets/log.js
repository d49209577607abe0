// The log of a job: lines that can be pointed at, searched and timed, the first error in view, and the live end of what still runs.
import { el, elapsed } from './page.js';
import { LogView, count, tint } from './logview.js';

const log = el('log');
const click = (id, act) => el(id).addEventListener('click', act);
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* Then it holds for this page only. */ } };
const recall = name => { try { return localStorage.getItem(name); } catch { return null; } };
// What is refused because much is asked for at once is asked for again when the server says.
const ask = async (url, tries = 3) => {
  const answer = await fetch(url).catch(() => null), wait = Number(answer?.headers.get('retry-after'));
  if (!wait || !tries) {
    const failed = { message: answer ? `the server answered ${answer.status}` : 'the server does not answer' };
    return answer?.ok || answer && (wait || answer.status === 400) ? answer.json().catch(() => failed) : failed;
  }
  await new Promise(done => setTimeout(done, 1000 * Math.min(wait, 10)));
  return ask(url, tries - 1);
};

const start = () => {
  const bad = new Set(), hits = new Set();
  let range = null, times = '', begin = null;

  // Lines and ranges in the address.
  const read = () => {
    const found = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash);
    range = found && [Number(found[1]), Number(found[2] ?? found[1])].sort((a, b) => a - b);
    el('copy').hidden = !range;
  };
  const clock = number => {
    const time = view?.lines.get(number)?.time;
    if (!time || !times) return '';
    if (times === 'clock') return new Date(time).toLocaleTimeString('en-GB');
    const since = times === 'start' ? begin : view.lines.get(number - 1)?.time;
    return since ? `${((time - since) / 1000).toFixed(2)} s` : '';
  };
  const paint = (row, number) => {
    row.firstChild.href = `${location.pathname}?attempt=${log.dataset.attempt}#L${number}`;
    row.classList.toggle('on', range !== null && number >= range[0] && number <= range[1]);
    row.classList.toggle('bad', bad.has(number));
    row.classList.toggle('hit', hits.has(number));
    head(row, heads.get(number));
    if (times) {
      row.firstChild.dataset.t = clock(number);
      row.classList.toggle('slow', times === 'step' && parseFloat(row.firstChild.dataset.t) >= 1);
    }
  };
  // Sections: what was prepared, installed and built, and the groups that scripts mark. Each folds under a line.
  let sections = [], ends = [];
  const heads = new Map(), folded = new Set(), chosen = new Set();
  const holds = (section, number) => number > section.header && number <= section.last;
  const head = (row, section) => {
    let button = row.querySelector('button');
    row.classList.toggle('sec', section !== undefined);
    if (!section) { button?.remove(); return; }
    if (!button) {
      button = Object.assign(document.createElement('button'), { type: 'button' });
      row.insertBefore(button, row.lastChild);
    }
    const isFolded = folded.has(section.header), text = row.lastChild;
    if (section.html !== undefined) {
      text.innerHTML = section.kind === 'group' || isFolded ? section.html || 'group' : view.lines.get(section.header)?.html ?? '';
      tint(row);
    }
    button.ariaExpanded = !isFolded;
    button.ariaLabel = text.textContent;
    text.dataset.t = [section.seconds === undefined ? '' : elapsed(section.seconds), isFolded ? count(section.last - section.header, 'line') : ''].filter(Boolean).join(' · ');
  };
  const fold = () => {
    const ranges = sections.filter(s => folded.has(s.header)).map(s => [s.header + 1, s.last]);
    for (const number of ends) ranges.push([number, number]);
    ranges.sort((a, b) => a[0] - b[0]);
    const apart = [];
    for (const range of ranges) {
      const last = apart.at(-1);
      if (last && range[0] <= last[1] + 1) last[1] = Math.max(last[1], range[1]); else if (range[0] > 1) apart.push(range);
    }
    view.hide(apart);
  };
  // What went well folds; what failed, what still goes on and what somebody points at does not.
  const choose = () => {
    const at = view.wanted ?? (range ? range[0] : scrollY > log.offsetTop ? view.at : 0);
    for (const section of sections) {
      if (chosen.has(section.header)) continue;
      const isLong = section.last - section.header > (section.kind === 'prepare' ? 5 : 1);
      const isGood = section.isDone && section.kind !== 'build' && ![...bad].some(n => holds(section, n));
      const isMeant = holds(section, at) || (range && range[0] <= section.last && range[1] > section.header);
      if (isLong && isGood && !isMeant) folded.add(section.header); else folded.delete(section.header);
    }
    if (view.wanted === null && scrollY > log.offsetTop) view.keep(view.at, fold); else fold();
  };
  const seek = async isFirst => {
    const answer = await ask(log.dataset.sections);
    if (!answer.sections) return;
    // While somebody watches, only what was written over folds by itself.
    const watched = section => { if (!isFirst && section.kind !== 'progress') chosen.add(section.header); };
    sections.forEach(watched);
    sections = answer.sections.filter(s => s.last > s.header);
    ends = answer.ends;
    heads.clear();
    // A group that begins where a script does is the nearer one.
    for (const section of sections) {
      heads.set(section.header, section);
      watched(section);
    }
    choose();
  };
  log.addEventListener('click', event => {
    const header = Number(event.target.closest?.('button')?.parentElement.firstChild.dataset.n);
    if (!header) return;
    chosen.add(header);
    view.keep(header, () => { if (!folded.delete(header)) folded.add(header); fold(); });
  });
  const reveal = number => {
    for (const section of sections) if (holds(section, number) && folded.delete(section.header)) chosen.add(section.header);
    fold();
  };

  // Where on the window's scroll bar the lines are that were found and that tell of errors.
  const strip = Object.assign(document.createElement('canvas'), { id: 'marks', hidden: true });
  let drawn = '';
  const place = number => {
    const part = view.part(number), start = log.getBoundingClientRect().top + scrollY - view.top;
    return (start + part * (view.height - view.view + innerHeight)) / document.documentElement.scrollHeight * innerHeight;
  };
  const drawMarks = () => {
    const what = [view.height, view.count, innerHeight, bad.size, search.words, hits.size, document.documentElement.scrollHeight].join();
    if (what === drawn) return;
    drawn = what;
    strip.hidden = !(bad.size + hits.size) || view.height <= view.view;
    if (strip.hidden) return;
    Object.assign(strip, { width: 8, height: innerHeight });
    const pen = strip.getContext('2d');
    for (const [numbers, colour] of [[hits, '#d9a400'], [bad, '#e5404f']]) {
      pen.fillStyle = colour;
      numbers.forEach(number => pen.fillRect(0, Math.round(place(number)) - 1, 8, 3));
    }
  };
  strip.addEventListener('click', event => {
    const near = [...hits, ...bad].sort((a, b) => Math.abs(place(a) - event.clientY) - Math.abs(place(b) - event.clientY))[0];
    if (near) go(`#L${near}`);
  });
  document.body.append(strip);

  const load = (from, many) => ask(`${log.dataset.lines}&from=${from}&count=${many}${times ? '&times' : ''}`);
  const wrap = on => { log.classList.toggle('nowrap', !on); el('wrap').ariaPressed = on; };
  wrap(recall('wrap') !== 'no');
  // `rest` is the line with which the next answer of a search begins, if there may be more; `goal` is the line at or after which
  // one wants to go to a line that is found.
  let view = null, search = { words: '', places: [], at: -1, rest: 0, goal: null };
  read();
  view = new LogView(log, el('bar'), load, paint);
  Object.assign(view, { reveal, drawn: drawMarks, seek: () => seek(false) });
  view.again();
  const mark = scroll => { read(); view.again(); if (scroll && range) view.show(range[0]); };
  // What is sent to a colleague must not show another log after a rerun.
  const put = (hash, words) => {
    const address = new URL(location);
    address.searchParams.set('attempt', log.dataset.attempt);
    if (words) address.searchParams.set('find', words); else if (words === '') address.searchParams.delete('find');
    address.hash = hash;
    history.replaceState(null, '', address);
  };
  const go = hash => { put(hash); mark(true); };
  addEventListener('hashchange', () => mark(true));
  let anchor = null;
  log.addEventListener('click', event => {
    const link = event.target.closest?.('a[data-n]');
    if (!link) return;
    event.preventDefault();
    search.goal = null;
    const n = Number(link.dataset.n), from = event.shiftKey && anchor !== null ? anchor : n;
    if (!event.shiftKey) anchor = n;
    put(from === n ? `#L${n}` : `#L${Math.min(from, n)}-L${Math.max(from, n)}`);
    mark(false);
  });

  click('copy', async () => {
    const { copyLines } = await import('./logcopy.js');
    const said = await copyLines(range[0], range[1], load).catch(() => 'Not copied: the server did not answer');
    el('copy').textContent = el('spoken').textContent = said;
    setTimeout(() => { el('copy').textContent = 'Copy lines'; }, 4000);
  });

  // While the head is out of sight the bar says what it says.
  const short = el('short'), copy = () => {
    short.className = el('head').classList[1];
    short.replaceChildren(...[...el('head').querySelectorAll('.tile .glyph, h1 > *')].map(part => part.cloneNode(true)));
  };
  new IntersectionObserver(entries => { short.hidden = entries.at(-1).isIntersecting; copy(); }).observe(el('place'));
  addEventListener('refreshed', copy);

  el('wrap').hidden = el('times').hidden = el('find').hidden = false;
  click('wrap', () => {
    const on = log.classList.contains('nowrap'), at = view.at;
    wrap(on);
    remember('wrap', on ? 'yes' : 'no');
    view.again();
    if (!view.follows) view.show(at);
  });
  const modes = { '': ['clock', 'Times'], clock: ['start', 'Clock'], start: ['step', 'Since start'], step: ['', 'Each line'] };
  click('times', async () => {
    times = modes[times][0];
    el('times').textContent = modes[times][1];
    el('times').ariaPressed = times !== '';
    log.classList.toggle('times', times !== '');
    if (times && begin === null) begin = (await load(1, 1)).times?.[0] ?? null;
    // What came with the page has no times yet.
    for (const [number, line] of view.lines) if (times && line.time === undefined) view.lines.delete(number);
    view.again();
  });

  // Searching: on the server, over the whole log. An answer holds so many lines, and takes so long; they are marked as they come.
  const tell = own => {
    const many = own.places.length, searched = own.isCut ? `first ${count(own.lines, 'line')} searched` : '';
    const all = own.rest ? `${many.toLocaleString('en')}+ lines` : count(many, 'line');
    const found = !many ? own.rest ? own.isBusy ? '' : 'none' : 'not found' : own.at < 0 ? all : `${(own.at + 1).toLocaleString('en')} of ${all}`;
    const state = own.isBusy ? ['searching', searched] : [searched];
    el('found').textContent = own.problem ?? (own.words && [found, ...state].filter(Boolean).join(', '));
  };
  const arrive = (own, isEnd) => {
    if (own.goal === null) return;
    let at = own.places.findIndex(number => number >= own.goal);
    // After the last one comes the first.
    if (at < 0 && isEnd && !own.rest) at = Math.min(0, own.places.length - 1);
    if (at < 0) return;
    own.at = at;
    own.goal = null;
    go(`#L${own.places[at]}`);
  };
  const look = async (own, most) => {
    own.isBusy = true;
    own.problem = undefined;
    // An expression that is slow does not search for ever without somebody who waits for it.
    for (let tries = 20; own.rest && tries && (own.places.length < most || own.goal !== null); tries -= 1) {
      tell(own);
      const answer = await ask(`${own.query}&from=${own.rest}`);
      if (own !== search) return;
      if (!answer.hits) { own.problem = answer.problem ?? answer.message; break; }
      const found = answer.hits;
      for (const number of found) { own.places.push(number); hits.add(number); }
      own.isCut = answer.isComplete === false;
      own.lines = answer.lines;
      own.rest = answer.count > found.length ? found.at(-1) + 1 : own.isCut ? Math.max(own.rest, answer.lines + 1) : 0;
      view.again();
      arrive(own);
    }
    own.isBusy = false;
    arrive(own, true);
    tell(own);
  };
  const step = by => {
    const own = search, many = own.places.length;
    if (by > 0 && own.rest && (own.goal !== null || own.at === many - 1)) {
      own.goal ??= (own.places.at(-1) ?? 0) + 1;
      if (!own.isBusy) look(own, many + 1);
    } else if (many) {
      own.goal = null;
      own.at = (own.at + by + many) % many;
      go(`#L${own.places[own.at]}`);
    }
    tell(own);
  };
  const find = (words, goes = true) => {
    const expression = /^\/(.+)\/$/.exec(words);
    search = {
      words, places: [], at: -1, rest: words && 1, goal: goes ? range?.[0] ?? 1 : null,
      query: `${log.dataset.search}&q=${encodeURIComponent(expression?.[1] ?? words)}${expression ? '&regex' : ''}`,
    };
    hits.clear();
    put(location.hash, words);
    view.again();
    look(search, 5000);
  };
  // What is found late takes nobody away from where they went meanwhile.
  for (const act of ['wheel', 'touchmove']) addEventListener(act, () => { search.goal = null; }, { passive: true });
  const seekOn = by => {
    const line = /^\s*:(\d+)\s*$/.exec(el('q').value)?.[1];
    if (line) {
      search.goal = null;
      el('found').textContent = line > view.total ? `the last line is ${view.total.toLocaleString('en')}` : '';
      go(`#L${Math.max(1, Math.min(line, view.total))}`);
    } else if (el('q').value !== search.words) find(el('q').value); else step(by);
  };
  el('find').addEventListener('submit', event => { event.preventDefault(); seekOn(1); });
  click('up', () => seekOn(-1));
  el('q').addEventListener('search', () => { if (!el('q').value) find(''); });
  el('q').addEventListener('keydown', event => {
    if (event.key === 'Escape') el('q').blur();
    if (event.key === 'Enter' && event.shiftKey) { event.preventDefault(); seekOn(-1); }
  });
  const wanted = new URL(location).searchParams.get('find');
  if (wanted) { el('q').value = wanted; find(wanted, !location.hash); }

  // Lines that tell of errors: looked for when the job has failed, be it while somebody watches.
  let errors = null, error = -1;
  const seekErrors = async isFirst => {
    if (errors || !el('head').hasAttribute('data-failed')) return;
    errors = [];
    const answer = await ask(`${log.dataset.search}&errors`);
    // Without an answer it is asked again with the next refresh.
    if (!answer.hits) { errors = null; return; }
    errors = answer.hits;
    errors.forEach(number => bad.add(number));
    if (sections.length) choose();
    el('next').hidden = errors.length === 0;
    view.again();
    // Whoever watched stays where they are.
    if (!isFirst || location.hash || wanted || isLong && view.wanted === null) return;
    if (!errors.length) { view.show(view.total); return; }
    // The first error is the answer; the head stays in view when the log is short.
    const box = view.rows.get(errors[0])?.getBoundingClientRect();
    if (!box || isLong && box.top < view.top || box.bottom > innerHeight - 40) { view.show(errors[0]); error = 0; }
  };
  click('next', () => { error = (error + 1) % errors.length; go('#L' + errors[error]); });
  // What came with the page of a long log is its end: there one waits for the first error, or goes on with what is written.
  const isLong = !location.hash && !wanted && !view.lines.has(1) && (log.dataset.events || el('head').hasAttribute('data-failed'));
  if (isLong) view.show(view.total);
  seekErrors(true);
  addEventListener('refreshed', () => seekErrors(false));
  if (range) view.show(range[0]);
  seek(true);
  return view;
};

if (log) {
  const view = start();
  // Most logs are finished, and need neither.
  if (log.dataset.events) import('./loglive.js').then(({ live }) => live(view));
}
