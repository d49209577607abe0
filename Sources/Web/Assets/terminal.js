// A log → lines of styled runs. Sources/Web/Terminal does the same on the server; a test holds the two together.
const order = ['bd', 'dm', 'it', 'ul', 'iv', 'st'];
const on = { 1: 'bd', 2: 'dm', 3: 'it', 4: 'ul', 7: 'iv', 9: 'st' };
const off = { 22: ['bd', 'dm'], 23: ['it'], 24: ['ul'], 27: ['iv'], 29: ['st'] };
const levels = [0, 95, 135, 175, 215, 255];
const near = v => levels.reduce((best, level, i) => Math.abs(level - v) < Math.abs(levels[best] - v) ? i : best, 0);
const number = text => text === '' ? 0 : /^\d{1,6}$/.test(text) ? Number(text) : -1;
// More of one line is not shown, as on the server (LogWindow): a page must not freeze on a line of 10 MB.
const limit = 16384;

class Style {
  // Colours are words: f and b with a number of the palette, and after them t and g with a true colour that it does not have.
  constructor(classes) {
    this.reset();
    for (const word of classes.split(' ').filter(Boolean)) {
      if (order.includes(word)) this.flags.add(word);
      else if (word[0] === 'f') this.fg = word;
      else if (word[0] === 'b') this.bg = word;
      else if (word[0] === 't') this.fg += ' ' + word;
      else if (word[0] === 'g') this.bg += ' ' + word;
    }
  }
  reset() { this.fg = ''; this.bg = ''; this.flags = new Set(); }
  get classes() { return [this.fg, this.bg, ...order.filter(name => this.flags.has(name))].filter(Boolean).join(' '); }
  apply(parameters) {
    // Those that begin with these signs are about something else.
    if (/^[<=>?]/.test(parameters)) return;
    const rest = parameters.split(';').map(part => part.split(':').map(number));
    while (rest.length) {
      const group = rest.shift(), code = group[0];
      if (group.length > 1) {
        // With colons all of it is one group, and a true colour may name a colour space.
        if (code === 4) this.flags[group[1] === 0 ? 'delete' : 'add']('ul');
        else if (code === 38 || code === 48) this.paint(code, group[1], group.slice(group[1] === 2 && group.length > 5 ? 3 : 2));
      } else if (code === 0) this.reset();
      else if (on[code]) this.flags.add(on[code]);
      else if (off[code]) off[code].forEach(name => this.flags.delete(name));
      else if (code >= 30 && code <= 37) this.fg = 'f' + (code - 30);
      else if (code === 39) this.fg = '';
      else if (code >= 40 && code <= 47) this.bg = 'b' + (code - 40);
      else if (code === 49) this.bg = '';
      else if (code === 38 || code === 48 || code === 58) {
        const kind = rest.shift()?.[0], many = kind === 5 ? 1 : kind === 2 ? 3 : 0;
        this.paint(code, kind, rest.splice(0, many).map(part => part[0]));
      } else if (code >= 90 && code <= 97) this.fg = 'f' + (code - 82);
      else if (code >= 100 && code <= 107) this.bg = 'b' + (code - 92);
    }
  }
  // 38 is the text's colour, 48 the ground's; 58, of the line under it, is not shown.
  paint(code, kind, [r, g, b]) {
    let index = -1, rgb = '';
    if (kind === 5) index = r;
    else if (kind === 2 && b !== undefined) {
      const parts = [r, g, b];
      index = 16 + 36 * near(r) + 6 * near(g) + near(b);
      if (parts.every(v => v >= 0 && v < 256) && parts.some(v => v > 0 && v < 255)) rgb = parts.map(v => v.toString(16).padStart(2, '0')).join('');
    }
    if (!(index >= 0 && index < 256)) return;
    if (code === 38) this.fg = 'f' + index + (rgb && ' t' + rgb);
    if (code === 48) this.bg = 'b' + index + (rgb && ' g' + rgb);
  }
}

const isControl = c => c < 0x20 || (c >= 0x7f && c <= 0x9f);
const isInvisible = c => c === 0xad || c === 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
  || (c >= 0x2060 && c <= 0x206f) || c === 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);

export class Terminal {
  constructor(classes = '') {
    this.style = new Style(classes); this.state = 'ground'; this.parameters = '';
    this.begin();
  }
  // Starts the line again. `size` counts its bytes.
  begin() { this.line = []; this.size = 0; this.returned = false; }
  // The lines that this text finishes: arrays of [classes, text], with what is `omitted` of a long one in bytes. `line` is the
  // one that is not finished.
  feed(text) {
    const lines = [];
    let run = '';
    const flush = () => { if (run) this.put(run); run = ''; };
    const count = () => { if (this.size > limit) this.line.omitted = this.size - limit; };
    for (const char of text) {
      const c = char.codePointAt(0), size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      // A sequence without an end must not hide the lines after it, nor put their numbers out.
      if (char === '\n') this.state = 'ground'; else this.size += size;
      if (this.state === 'ground') {
        if (char === '\n') { flush(); count(); lines.push(this.line); this.begin(); }
        else if (char === '\r') { flush(); this.returned = true; }
        else if (char === '\x1b') { flush(); this.state = 'escape'; }
        else if (c === 0x9b) { flush(); this.state = 'control'; this.parameters = ''; }
        else if (char !== '\t' && isControl(c)) continue;
        else {
          if (this.returned) { this.begin(); this.size = size; }
          if (this.size <= limit) run += isInvisible(c) ? `[U+${c.toString(16).toUpperCase().padStart(4, '0')}]` : char;
        }
      } else if (this.state === 'escape') {
        if (char === '[') { this.state = 'control'; this.parameters = ''; }
        else if (']PX^_'.includes(char)) this.state = 'text';
        else this.state = ' #%()*+-./'.includes(char) ? 'skip' : 'ground';
      } else if (this.state === 'control') {
        if (c >= 0x20 && c <= 0x3f) { if (this.parameters.length < 64) this.parameters += char; }
        else { this.control(char, this.parameters); this.state = 'ground'; }
      } else if (this.state === 'text') {
        if (char === '\x07') this.state = 'ground'; else if (char === '\x1b') this.state = 'textEscape';
      } else if (this.state === 'textEscape') this.state = char === '\\' ? 'ground' : 'text';
      else this.state = 'ground';
    }
    flush();
    count();
    return lines;
  }
  // Styles, and what progress bars do to their line: go to its beginning and erase it.
  control(end, parameters) {
    if (end === 'm') this.style.apply(parameters);
    else if (end === 'G' && (parameters === '' || parameters === '1')) this.returned = true;
    else if (end === 'K' && (parameters === '2' || (this.returned && (parameters === '' || parameters === '0')))) this.begin();
  }
  put(text) {
    const classes = this.style.classes, last = this.line.at(-1);
    if (last && last[0] === classes) last[1] += text; else this.line.push([classes, text]);
  }
}
