// Keeps the log of a running job live: the same small terminal as on the server, fed by server-sent events.
const log = document.getElementById('log');
const plain = { fg: null, bg: null, flags: new Set() };
const order = ['bd', 'dm', 'it', 'ul', 'iv', 'st'];
const on = { 1: 'bd', 2: 'dm', 3: 'it', 4: 'ul', 7: 'iv', 9: 'st' };
const off = { 22: ['bd', 'dm'], 23: ['it'], 24: ['ul'], 27: ['iv'], 29: ['st'] };
const levels = [0, 95, 135, 175, 215, 255];

const parseStyle = text => {
  const style = { fg: null, bg: null, flags: new Set() };
  for (const word of text.split(' ').filter(Boolean)) {
    if (order.includes(word)) style.flags.add(word);
    else if (word[0] === 'f') style.fg = Number(word.slice(1));
    else if (word[0] === 'b') style.bg = Number(word.slice(1));
  }
  return style;
};
const classes = style => [
  ...(style.fg === null ? [] : ['f' + style.fg]), ...(style.bg === null ? [] : ['b' + style.bg]),
  ...order.filter(name => style.flags.has(name)),
].join(' ');
const step = value => levels.reduce((best, level, i) => Math.abs(level - value) < Math.abs(levels[best] - value) ? i : best, 0);
const colour = rest => {
  const kind = rest.shift();
  if (kind === 5) { const n = rest.shift(); return n >= 0 && n < 256 ? n : null; }
  if (kind === 2 && rest.length >= 3) return 16 + 36 * step(rest.shift()) + 6 * step(rest.shift()) + step(rest.shift());
  return null;
};
const apply = (style, parameters) => {
  const rest = (parameters || '0').split(/[;:]/).map(p => p === '' ? 0 : Number(p));
  while (rest.length) {
    const code = rest.shift();
    if (code === 0) { style.fg = style.bg = null; style.flags.clear(); }
    else if (on[code]) style.flags.add(on[code]);
    else if (off[code]) off[code].forEach(name => style.flags.delete(name));
    else if (code >= 30 && code <= 37) style.fg = code - 30;
    else if (code === 38) style.fg = colour(rest) ?? style.fg;
    else if (code === 39) style.fg = null;
    else if (code >= 40 && code <= 47) style.bg = code - 40;
    else if (code === 48) style.bg = colour(rest) ?? style.bg;
    else if (code === 49) style.bg = null;
    else if (code >= 90 && code <= 97) style.fg = code - 82;
    else if (code >= 100 && code <= 107) style.bg = code - 92;
  }
};
const invisible = c => c < 0x20 || (c >= 0x7f && c <= 0x9f) || c === 0xad || c === 0x61c || (c >= 0x200b && c <= 0x200f)
  || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c === 0xfeff || (c >= 0xfff9 && c <= 0xfffb)
  || (c >= 0xe0000 && c <= 0xe007f);

class Terminal {
  constructor(style, number) {
    this.style = style; this.number = number; this.state = 'ground'; this.parameters = ''; this.returned = false;
    this.line = null;
  }
  row() {
    if (this.line) return this.line;
    const row = document.createElement('div');
    row.className = 'ln'; row.id = 'L' + this.number;
    const link = document.createElement('a');
    link.href = '#L' + this.number; link.dataset.n = this.number;
    const text = document.createElement('span');
    row.append(link, text);
    log.append(row);
    this.span = null; this.spanClass = '';
    return this.line = text;
  }
  put(text) {
    if (!text) return;
    const line = this.row(), name = classes(this.style);
    if (!name) { line.append(text); this.span = null; this.spanClass = ''; return; }
    if (!this.span || this.spanClass !== name) {
      this.span = document.createElement('span'); this.span.className = this.spanClass = name;
      line.append(this.span);
    }
    this.span.append(text);
  }
  feed(text) {
    let run = '';
    const flush = () => { this.put(run); run = ''; };
    for (const char of text) {
      const c = char.codePointAt(0);
      if (this.state === 'ground') {
        if (char === '\n') { flush(); this.row(); this.line = null; this.number += 1; this.returned = false; }
        else if (char === '\r') { flush(); this.returned = true; }
        else if (char === '\x1b') { flush(); this.state = 'escape'; }
        else if (c === 0x9b) { flush(); this.state = 'control'; this.parameters = ''; }
        else if (char !== '\t' && (c < 0x20 || (c >= 0x7f && c <= 0x9f))) continue;
        else {
          if (this.returned) { this.row().replaceChildren(); this.span = null; this.returned = false; }
          run += char !== '\t' && invisible(c) ? '[U+' + c.toString(16).toUpperCase().padStart(4, '0') + ']' : char;
        }
      } else if (this.state === 'escape') {
        if (char === '[') { this.state = 'control'; this.parameters = ''; }
        else if (']PX^_'.includes(char)) this.state = 'text';
        else this.state = ' #%()*+-./'.includes(char) ? 'skip' : 'ground';
      } else if (this.state === 'control') {
        if (c >= 0x20 && c <= 0x3f) { if (this.parameters.length < 64) this.parameters += char; }
        else { if (char === 'm') apply(this.style, this.parameters); this.state = 'ground'; }
      } else if (this.state === 'text') {
        if (char === '\x07') this.state = 'ground'; else if (char === '\x1b') this.state = 'textEscape';
      } else if (this.state === 'textEscape') this.state = char === '\\' ? 'ground' : 'text';
      else this.state = 'ground';
    }
    flush();
  }
}

const mark = () => {
  document.querySelectorAll('.ln.on').forEach(row => row.classList.remove('on'));
  const range = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash);
  if (!range) return;
  const first = Number(range[1]), last = Math.min(Number(range[2] ?? range[1]), first + 5000);
  for (let n = first; n <= last; n += 1) document.getElementById('L' + n)?.classList.add('on');
  document.getElementById('L' + first)?.scrollIntoView({ block: 'center' });
};
addEventListener('hashchange', mark);
mark();
log?.addEventListener('click', event => {
  const link = event.target.closest?.('a[data-n]');
  const start = /^#L(\d+)/.exec(location.hash);
  if (!link || !event.shiftKey || !start) return;
  event.preventDefault();
  const ends = [Number(start[1]), Number(link.dataset.n)].sort((a, b) => a - b);
  location.hash = `#L${ends[0]}-L${ends[1]}`;
});

if (log?.dataset.events) {
  const terminal = new Terminal(parseStyle(log.dataset.style), Number(log.dataset.line));
  const live = document.getElementById('live'), lines = document.getElementById('lines');
  const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 40;
  const source = new EventSource(log.dataset.events);
  source.addEventListener('log', event => {
    const follow = atEnd();
    terminal.feed(JSON.parse(event.data).text);
    lines.textContent = `${terminal.number - 1} lines`;
    if (follow) scrollTo(0, document.documentElement.scrollHeight);
  });
  source.addEventListener('end', () => { source.close(); live.textContent = ''; location.reload(); });
  source.onopen = () => { live.textContent = 'live'; };
  source.onerror = () => { live.textContent = 'connection lost, trying again'; };
}
