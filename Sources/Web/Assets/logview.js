// Lines of a log of any size: only those near what is seen are in the page, and the box is as high as all of them. The line at
// a fraction of the log stands at the same fraction of the window: so both ends are right however high wrapped lines are.
const highest = 15e6, block = 300, kept = 20000;
const escape = text => text.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
export const html = runs => runs.map(([c, text]) => c ? `<span class="${c}">${escape(text)}</span>` : escape(text)).join('');

export class LogView {
  // box: holds #rows, which holds the last lines; load(from, count) → { first, html, times?, total }; paint(row, number).
  constructor(box, bar, load, paint) {
    Object.assign(this, { box, bar, load, paint, total: 0, lines: new Map(), rows: new Map(), heights: new Map(), wanted: null, aimed: null });
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
    addEventListener('resize', () => { this.heights.clear(); this.soon(); });
    // What is above the log may grow and shrink: it says more when it is out of sight, and its times get longer.
    const sizes = new ResizeObserver(() => this.soon());
    for (const part of [bar, document.body]) sizes.observe(part);
    this.draw();
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
    let all = this.total * this.line;
    if (this.wraps && this.heights.size) {
      let sum = 0;
      this.heights.forEach(height => { sum += height; });
      // Lines that were not seen yet are taken to be like those that were.
      all = sum + (this.total - this.heights.size) * (sum / this.heights.size);
    }
    this.top = this.bar.offsetHeight;
    this.view = Math.max(this.line, Math.min(innerHeight - this.top, all));
    this.height = Math.max(this.view, Math.min(all, highest));
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
    if (this.lines.size > kept) for (const n of this.lines.keys()) if (Math.abs(n - this.at) > kept / 3) this.lines.delete(n);
  }
  // Scrolls to where the wanted line is with the sizes of now; what is read stays in place when the page above it changes.
  aim() {
    const start = this.box.getBoundingClientRect().top + scrollY - this.top, moved = start - (this.start ?? start);
    this.start = start;
    if (this.wanted === null) {
      if (Math.abs(moved) > 1 && scrollY > start - moved) scrollTo(0, scrollY + moved);
      return;
    }
    const y = Math.max(0, Math.round(start + this.part(this.wanted) * (this.height - this.view)));
    if (Math.abs(scrollY - y) > 1) scrollTo(0, y);
    this.aimed = { y: scrollY, page: document.documentElement.scrollHeight };
  }
  part(number) { return this.total > 1 ? (Math.min(number, this.total) - 0.5) / this.total : 0; }
  place() {
    const scroll = Math.max(0, Math.min(this.height - this.view, this.top - this.box.getBoundingClientRect().top));
    // A pixel may be many lines: so a wanted one counts itself, not what it could be scrolled to.
    const part = this.height <= this.view ? 0 : this.wanted !== null ? this.part(this.wanted) : scroll / (this.height - this.view);
    const at = part * this.total, anchor = Math.min(this.total - 1, Math.floor(at));
    this.at = anchor + 1;
    const first = Math.max(1, this.at - Math.ceil(part * this.view / this.line) - 6);
    const last = Math.min(this.total, this.at + Math.ceil((1 - part) * this.view / this.line) + 6);
    for (const [number, row] of this.rows) if (number < first || number > last) { row.remove(); this.rows.delete(number); }
    let next = this.inner.firstChild;
    for (let number = first; number <= last; number += 1) {
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
    for (let n = Math.max(1, this.at - 150); n <= Math.min(this.total, this.at + 150); n += 1) {
      if (!this.lines.has(n)) { missing = n; break; }
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
    this.wanted = number;
    this.draw();
  }
}
