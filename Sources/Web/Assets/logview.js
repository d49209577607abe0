// Lines of a log of any size: only those near what is seen are in the page, and the box is as high as all of them. The line at
// a fraction of the log stands at the same fraction of the window: so both ends are right however high wrapped lines are.
const highest = 15e6, block = 300, kept = 20000;
const escape = text => text.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
export const count = (n, what) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
// What stands in a line that is longer than is shown is told of as the server does.
export const html = runs => runs.map(([c, text]) => c ? `<span class="${c}">${escape(text)}</span>` : escape(text)).join('')
  + (runs.omitted ? `<i class="cut">${count(runs.omitted, 'more byte')} in the raw log</i>` : '');

// The policy for styles lets nothing but a script give colours that the style sheet does not have: true ones, and most grounds
// (TerminalPalette has the rest). A text that could not be read becomes lighter or darker.
// The lightest ground of the log itself: of lines that are pointed at.
const pointed = '161c34', levels = [0, 95, 135, 175, 215, 255];
const own = '838a9aff7b865bc98ee8b04a86a5ffd79bff5cc8d8d7dae29aa2b3ff9aa37fe0aaf5cb77a9bfffe5bcff86e0ecffffff';
const channels = (hex, at = 0) => [0, 2, 4].map(i => parseInt(hex.slice(at + i, at + i + 2), 16));
const shade = n => n < 16 ? channels(own, 6 * n) : n > 231 ? Array(3).fill(10 * n - 2312)
  : [36, 6, 1].map(by => levels[Math.floor((n - 16) / by) % 6]);
const luminance = parts => {
  const [r, g, b] = parts.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b + .05;
};
const contrast = (a, b) => { const part = luminance(a) / luminance(b); return Math.max(part, 1 / part); };
export const tint = row => {
  for (const span of row.lastChild.querySelectorAll('[class]')) {
    const [, f, t, b, g] = /^(?:f(\d+)(?: t(\w+))?)? ?(?:b(\d+)(?: g(\w+))?)?/.exec(span.className);
    if (!(t || b > 15) || span.classList.contains('iv')) continue;
    const text = t ? channels(t) : f ? shade(+f) : shade(7), ground = g ? channels(g) : b > 15 ? shade(+b) : b ? null : channels(pointed);
    if (b > 15) span.style.background = `rgb(${ground})`;
    let parts = text;
    const goal = ground && luminance(ground) > .23 ? 0 : 255;
    for (let i = 1; i <= 20 && ground && contrast(parts, ground) < 4.5; i += 1) parts = text.map(v => Math.round(v + (goal - v) * i / 20));
    span.style.color = `rgb(${parts})`;
  }
};

export class LogView {
  // box: holds #rows, which holds the last lines; load(from, count) → { first, html, times?, total }; paint(row, number).
  constructor(box, bar, load, paint) {
    Object.assign(this, { box, bar, load, paint, total: 0, lines: new Map(), rows: new Map(), heights: new Map(), gaps: [], wanted: null, aimed: null, follows: false });
    this.pane = box.querySelector('#rows');
    this.inner = document.createElement('div');
    this.inner.append(...this.pane.childNodes);
    this.pane.append(this.inner);
    for (const row of this.inner.children) {
      const number = Number(row.firstChild.dataset.n);
      this.lines.set(number, { html: row.lastChild.innerHTML });
      this.rows.set(number, row);
      this.total = number;
    }
    box.classList.add('view');
    box.view = this;
    // A line that was asked for stays where it is, however late sizes settle, until the person scrolls.
    for (const act of ['wheel', 'touchmove', 'keydown', 'pointerdown']) addEventListener(act, () => this.leave(), { passive: true, capture: true });
    addEventListener('scroll', () => {
      const page = document.documentElement.scrollHeight;
      if (this.wanted !== null && this.aimed?.page === page && Math.abs(this.aimed.y - scrollY) > 2) this.leave();
      this.soon();
    }, { passive: true });
    // On paper the box is no higher than its rows, which scrolls the page.
    let y;
    addEventListener('beforeprint', () => { y = scrollY; });
    addEventListener('afterprint', () => scrollTo(0, y));
    addEventListener('resize', () => { this.heights.clear(); this.soon(); });
    // What is above the log may grow and shrink: it says more when it is out of sight, and its times get longer.
    const sizes = new ResizeObserver(() => this.soon());
    for (const part of [bar, document.body]) sizes.observe(part);
    this.draw();
    this.rows.forEach(tint);
  }
  leave() { this.wanted = this.aimed = null; }
  soon() { this.frame ??= requestAnimationFrame(() => this.draw()); }
  // What changed how lines look: wrapping, times, marks.
  again() { this.heights.clear(); this.rows.forEach((row, n) => this.paint(row, n)); this.draw(); }
  put(number, line) {
    this.lines.set(number, line);
    this.total = Math.max(this.total, number);
    const row = this.rows.get(number);
    if (row) this.fill(row, number);
  }
  fill(row, number) {
    const line = this.lines.get(number);
    row.classList.toggle('wait', !line);
    row.lastChild.innerHTML = line?.html ?? '';
    tint(row);
    this.heights.delete(number);
    this.paint(row, number);
  }
  make(number) {
    const row = document.createElement('div'), link = document.createElement('a');
    row.className = 'ln'; row.id = 'L' + number;
    link.href = '#L' + number; link.dataset.n = number;
    row.append(link, document.createElement('span'));
    this.rows.set(number, row);
    this.fill(row, number);
    return row;
  }
  get wraps() { return !this.box.classList.contains('nowrap'); }
  size() {
    this.line = parseFloat(getComputedStyle(this.pane).lineHeight) || 20;
    const count = this.count;
    let all = count * this.line;
    if (this.wraps && this.heights.size) {
      let sum = 0;
      this.heights.forEach(height => { sum += height; });
      // Lines that were not seen yet are taken to be like those that were.
      all = sum + (count - this.heights.size) * (sum / this.heights.size);
    }
    this.all = all;
    this.top = this.bar.offsetHeight;
    this.view = Math.max(this.line, Math.min(innerHeight - this.top, all));
    this.height = Math.max(this.view, Math.min(all, highest));
    this.box.style.setProperty('--digits', `${this.total}`.length);
    this.box.style.height = `${this.height}px`;
    this.pane.style.height = `${this.view}px`;
    this.pane.style.top = `${this.top}px`;
  }
  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.size();
    if (!this.total) return;
    this.aim();
    this.place();
    const before = this.height;
    if (this.wraps) this.measure();
    if (Math.abs(this.height - before) > 1) { this.aim(); this.place(); }
    this.fetch();
    this.drawn?.();
    if (this.lines.size > kept) for (const n of this.lines.keys()) if (Math.abs(n - this.at) > kept / 3) this.lines.delete(n);
  }
  // Scrolls to where the wanted line is with the sizes of now; what is read stays in place when the page above it changes.
  aim() {
    const start = this.box.getBoundingClientRect().top + scrollY - this.top, moved = start - (this.start ?? start);
    this.start = start;
    if (this.wanted === null) {
      // However its height changed, the end stays in view of whoever follows it.
      if (this.follows) scrollTo(0, document.documentElement.scrollHeight);
      else if (Math.abs(moved) > 1 && scrollY > start - moved) scrollTo(0, scrollY + moved);
      return;
    }
    const y = Math.max(0, Math.round(start + this.part(this.wanted) * (this.height - this.view)));
    if (Math.abs(scrollY - y) > 1) scrollTo(0, y);
    this.aimed = { y: scrollY, page: document.documentElement.scrollHeight };
  }
  part(number) { const count = this.count; return count > 1 ? (Math.min(this.index(number), count) - 0.5) / count : 0; }
  place() {
    const scroll = Math.max(0, Math.min(this.height - this.view, this.top - this.box.getBoundingClientRect().top));
    // A pixel may be many lines: so a wanted one counts itself, not what it could be scrolled to.
    const part = this.height <= this.view ? 0 : this.wanted !== null ? this.part(this.wanted) : scroll / (this.height - this.view);
    const count = this.count, at = part * count, anchor = Math.min(count - 1, Math.floor(at));
    this.at = this.number(anchor + 1);
    const first = Math.max(1, anchor + 1 - Math.ceil(part * this.view / this.line) - 6);
    const last = Math.min(count, anchor + 1 + Math.ceil((1 - part) * this.view / this.line) + 6);
    const shown = new Set();
    for (let i = first; i <= last; i += 1) shown.add(this.number(i));
    for (const [number, row] of this.rows) if (!shown.has(number)) { row.remove(); this.rows.delete(number); }
    let next = this.inner.firstChild;
    for (const number of shown) {
      const row = this.rows.get(number) ?? this.make(number);
      if (row === next) next = next.nextSibling; else this.inner.insertBefore(row, next);
    }
    const row = this.rows.get(this.at);
    const y = part * this.view - row.offsetTop - (at - anchor) * row.offsetHeight;
    this.inner.style.transform = `translateY(${Math.round(y)}px)`;
  }
  measure() {
    for (const [number, row] of this.rows) if (!row.classList.contains('wait')) this.heights.set(number, row.offsetHeight);
    // Enough to know what lines are like.
    if (this.heights.size > 5000) this.heights = new Map([...this.heights].slice(-1000));
    this.size();
  }
  // Asks for what is near and not there, one piece at a time.
  async fetch() {
    if (this.busy) return;
    let missing = null;
    const here = this.index(this.at), last = Math.min(this.count, here + 150);
    for (let i = Math.max(1, here - 150); i <= last && missing === null; i += 1) {
      if (!this.lines.has(this.number(i))) missing = this.number(i);
    }
    if (missing === null) return;
    this.busy = true;
    try {
      const answer = await this.load(missing, block);
      answer.html.forEach((text, i) => this.put(answer.first + i, { html: text, time: answer.times?.[i] }));
      if (!answer.html.length) return;
    } catch { await new Promise(done => setTimeout(done, 2000)); } finally { this.busy = false; }
    this.soon();
  }
  // Brings a line into view.
  show(number) {
    if (this.hides(number)) this.reveal?.(number);
    this.wanted = number;
    this.draw();
  }
  // Ranges of lines that take no place: in order, and none touches another or holds the first line.
  hide(ranges) {
    let gone = 0;
    this.gaps = ranges.map(([from, to]) => ({ at: from - gone, from, to, gone: gone += to - from + 1 }));
    this.again();
  }
  gap(holds) {
    let low = -1, high = this.gaps.length;
    while (high - low > 1) { const middle = (low + high) >> 1; if (holds(this.gaps[middle])) low = middle; else high = middle; }
    return this.gaps[low];
  }
  hides(number) { return number <= (this.gap(gap => gap.from <= number)?.to ?? 0); }
  // The place of a line among those that are shown, from 1, and the line at a place.
  index(number) {
    const gap = this.gap(gap => gap.from <= number);
    return gap === undefined ? number : number > gap.to ? number - gap.gone : gap.at - 1;
  }
  number(index) { return index + (this.gap(gap => gap.at <= index)?.gone ?? 0); }
  get count() { return this.index(this.total); }
  // Changes what takes place while a line stays where it is in the window.
  keep(number, change) {
    const top = () => this.rows.get(number)?.getBoundingClientRect().top, before = top();
    change();
    if (before === undefined) return;
    if (!this.rows.has(number)) this.show(number);
    this.leave();
    for (let i = 0; i < 3 && Math.abs((top() ?? before) - before) > 1; i += 1) {
      // A pixel of the scroll bar may be many of the log.
      const scale = (this.height - this.view) / Math.max(1, this.all - this.view);
      scrollTo(0, scrollY + (top() - before) * scale);
      this.draw();
    }
  }
}
