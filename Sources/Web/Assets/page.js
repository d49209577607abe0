// What all pages do: keep their live parts current, let time go by, and answer keys. Without it they are still whole.
export const el = id => document.getElementById(id);
const one = selector => document.querySelector(selector);
const parts = root => [...root.querySelectorAll('[data-live][id]')].map(part => part.id);
// Times, and what the reader opened, differ without saying anything new.
const still = text => text.replace(/<time[^>]*>[^<]*<\/time>|<span data-since[^>]*>[^<]*<\/span>/g, '').replace(/(<details[^>]*?) open=""/g, '$1');
const isBusy = () => !getSelection().isCollapsed || one('dialog[open]');
const named = (name, value) => `[${name}="${CSS.escape(value ?? '')}"]`;
// How to find something again in a part that was made anew.
const path = at => at.id ? named('id', at.id) : at.localName === 'summary' ? `${named('id', at.parentElement.id)}>summary`
  : at.form ? `form${named('action', at.form.getAttribute('action'))} ${at.localName}` : named('href', at.getAttribute('href'));

const replace = (old, now) => {
  const open = [...old.querySelectorAll('details[open][id]')].map(d => d.id);
  const at = old.contains(document.activeElement) ? document.activeElement : null;
  const place = at && [...old.querySelectorAll(path(at))].indexOf(at);
  old.replaceWith(now);
  for (const id of open) el(id)?.setAttribute('open', '');
  if (at) now.querySelectorAll(path(at))[place]?.focus({ preventScroll: true });
};
const show = (page, isAsked) => {
  document.title = page.title;
  const icon = el('icon'), next = page.getElementById('icon');
  if (icon.getAttribute('href') !== next.getAttribute('href')) icon.replaceWith(next);
  if (isBusy() && !isAsked) return false;
  const openHead = () => one('#head[data-open]'), wasOpen = openHead(), live = parts(document);
  // With other parts all of it is something else: a first build, a branch that became red. Not while one types in it.
  const isSame = isAsked || live.join() === parts(page).join();
  let changed = false;
  for (const id of ['top', ...isSame ? live : ['main']]) {
    const old = el(id), now = page.getElementById(id);
    if (!now || still(old.outerHTML) === still(now.outerHTML)) continue;
    replace(old, now);
    changed = true;
  }
  if (wasOpen && !openHead()) el('spoken').textContent = page.title;
  if (changed) dispatchEvent(new Event('refreshed'));
  return true;
};

// The latest question counts: answers may come in another order.
let turn = 0, known = '';
const load = async (url, isAsked) => {
  const mine = turn += 1;
  try {
    const answer = await fetch(url, { headers: known ? { 'If-None-Match': known } : {} });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    // The same but for the words of its times, which are counted here, is the same.
    if (mine === turn && show(page, isAsked)) known = answer.headers.get('ETag')?.replace(/^(W\/)?"(\w+).*/, 'W/"$2"') ?? '';
  } catch { /* The server is away for a moment: the next look tells. */ }
};
export const refresh = () => load(document.body.dataset.refresh ?? location.href);
// Of a tab in the background one sees title and icon. They need no haste, and none at all once what it is about has ended.
const isDue = () => parts(document).length && (document.hidden
  ? !('settles' in document.body.dataset) || one('[data-open]') : !isBusy());
let timer;
const later = () => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (isDue()) await refresh();
    later();
  }, document.hidden ? 60000 : one('[data-open]') ? 2000 : 15000);
};
later();
addEventListener('visibilitychange', () => {
  if (!document.hidden && isDue()) refresh();
  later();
});

// A filter finds while one types; without scripts its form is sent.
let typing;
addEventListener('input', event => {
  const form = event.target.form;
  if (!form?.matches('.filter')) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const url = new URL(form.action);
    url.search = new URLSearchParams([...new FormData(form)].filter(pair => pair[1]));
    history.replaceState(null, '', url);
    load(url, true);
  }, 200);
});

export const elapsed = seconds => {
  const s = Math.max(0, Math.floor(seconds)), m = Math.floor(s / 60);
  return s < 1 ? '< 1 s' : s < 60 ? `${s} s` : s < 3600 ? s % 60 ? `${m} m ${s % 60} s` : `${m} m`
    : m % 60 ? `${Math.floor(m / 60)} h ${m % 60} m` : `${m / 60} h`;
};
const ago = (date, s) => s < -10 ? `in ${elapsed(-s)}` : s < 10 ? 'just now' : s < 60 ? `${Math.floor(s)} s ago` : s < 3600 ? `${Math.floor(s / 60)} m ago`
  : s < 86400 ? `${Math.floor(s / 3600)} h ago` : s < 2592000 ? `${Math.floor(s / 86400)} d ago` : date.slice(0, 10);
const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };
setInterval(() => {
  if (document.hidden) return;
  const now = Date.now();
  for (const span of document.querySelectorAll('[data-since]')) set(span, elapsed((now - span.dataset.since) / 1000));
  for (const time of document.querySelectorAll('time[datetime]')) {
    set(time, ago(time.dateTime, (now - Date.parse(time.dateTime)) / 1000));
  }
}, 1000);
// The exact time in the reader's own zone.
addEventListener('mouseover', event => {
  const time = event.target.closest?.('time[datetime]');
  if (time) time.title = new Date(time.dateTime).toLocaleString();
});

// The tab one is on is in view on a narrow screen, too.
const tab = one('.tabs [aria-current]');
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;

const keys = [
  ['/', 'filter, search'], ['j k', 'next, previous row'], ['Enter', 'open the row'], ['g p', 'projects'], ['g s', 'sync'],
  ['g d', 'deliveries'], [':123', 'in the search of a log: line 123'], ['e', 'next error in a log'], ['c', 'copy the chosen lines'], ['f', 'follow a log'], ['w', 'wrap lines'], ['t', 'times of lines'], ['?', 'this list'],
];
one('.hint').hidden = false;
const help = () => {
  let box = el('keys');
  if (!box) {
    box = document.createElement('dialog');
    box.id = 'keys';
    const list = document.createElement('dl');
    for (const [key, what] of keys) {
      const dt = document.createElement('dt'), dd = document.createElement('dd');
      dt.append(...key.split(' ').map(k => Object.assign(document.createElement('kbd'), { textContent: k })));
      dd.textContent = what;
      list.append(dt, dd);
    }
    box.append(Object.assign(document.createElement('h2'), { textContent: 'Keys' }), list);
    box.addEventListener('click', () => box.close());
    document.body.append(box);
  }
  if (box.open) box.close(); else box.showModal();
};
const move = by => {
  const rows = [...document.querySelectorAll('.row a.main')];
  if (rows.length) rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(document.activeElement) + by))].focus();
};
let before = '';
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select')) return;
  const key = event.key, pair = before + key;
  before = key === 'g' ? 'g' : '';
  const places = { gp: '/', gs: '/_sync', gd: '/_deliveries' };
  if (places[pair] && one(`a[href="${places[pair]}"]`)) location.href = places[pair];
  else if (key === '?') help();
  else if (key === 'j') move(1);
  else if (key === 'k') move(-1);
  else {
    const target = key.length === 1 ? one(`[data-key="${CSS.escape(key)}"]:not([hidden])`) : null;
    if (!target) return;
    if (target.matches('input')) { target.focus(); target.select(); } else target.click();
  }
  event.preventDefault();
});
