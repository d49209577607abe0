// A log → lines of styled runs. Sources/Web/Terminal does the same on the server; a test holds the two together.
const order = ['bd', 'dm', 'it', 'ul', 'iv', 'st'];
const on = { 1: 'bd', 2: 'dm', 3: 'it', 4: 'ul', 7: 'iv', 9: 'st' };
const off = { 22: ['bd', 'dm'], 23: ['it'], 24: ['ul'], 27: ['iv'], 29: ['st'] };
const levels = [0, 95, 135, 175, 215, 255];
const near = v => levels.reduce((best, level, i) => Math.abs(level - v) < Math.abs(levels[best] - v) ? i : best, 0);
const number = text => text === '' ? 0 : /^\d{1,6}$/.test(text) ? Number(text) : -1;

class Style {
  constructor(classes) {
    this.reset();
    for (const word of classes.split(' ').filter(Boolean)) {
      if (order.includes(word)) this.flags.add(word);
      else if (word[0] === 'f') this.fg = Number(word.slice(1));
      else if (word[0] === 'b') this.bg = Number(word.slice(1));
    }
  }
  reset() { this.fg = null; this.bg = null; this.flags = new Set(); }
  get classes() {
    return [
      ...(this.fg === null ? [] : ['f' + this.fg]), ...(this.bg === null ? [] : ['b' + this.bg]),
      ...order.filter(name => this.flags.has(name)),
    ].join(' ');
  }
  apply(parameters) {
    const rest = parameters.split(/[;:]/).map(number);
    while (rest.length) {
      const code = rest.shift();
      if (code === 0) this.reset();
      else if (on[code]) this.flags.add(on[code]);
      else if (off[code]) off[code].forEach(name => this.flags.delete(name));
      else if (code >= 30 && code <= 37) this.fg = code - 30;
      else if (code === 38) this.fg = this.colour(rest) ?? this.fg;
      else if (code === 39) this.fg = null;
      else if (code >= 40 && code <= 47) this.bg = code - 40;
      else if (code === 48) this.bg = this.colour(rest) ?? this.bg;
      else if (code === 49) this.bg = null;
      else if (code >= 90 && code <= 97) this.fg = code - 82;
      else if (code >= 100 && code <= 107) this.bg = code - 92;
    }
  }
  colour(rest) {
    const kind = rest.shift();
    if (kind === 5) { const n = rest.shift(); return n >= 0 && n < 256 ? n : null; }
    if (kind !== 2) return null;
    const [r, g, b] = rest.splice(0, 3);
    return b === undefined ? null : 16 + 36 * near(r) + 6 * near(g) + near(b);
  }
}

const isControl = c => c < 0x20 || (c >= 0x7f && c <= 0x9f);
const isInvisible = c => c === 0xad || c === 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
  || (c >= 0x2060 && c <= 0x206f) || c === 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);

export class Terminal {
  constructor(classes = '') {
    this.style = new Style(classes); this.state = 'ground'; this.parameters = ''; this.line = []; this.returned = false;
  }
  // The lines that this text finishes: arrays of [classes, text]. `line` is the one that is not finished.
  feed(text) {
    const lines = [];
    let run = '';
    const flush = () => { if (run) this.put(run); run = ''; };
    for (const char of text) {
      const c = char.codePointAt(0);
      // A sequence without an end must not hide the lines after it, nor put their numbers out.
      if (char === '\n') this.state = 'ground';
      if (this.state === 'ground') {
        if (char === '\n') { flush(); lines.push(this.line); this.line = []; this.returned = false; }
        else if (char === '\r') { flush(); this.returned = true; }
        else if (char === '\x1b') { flush(); this.state = 'escape'; }
        else if (c === 0x9b) { flush(); this.state = 'control'; this.parameters = ''; }
        else if (char !== '\t' && isControl(c)) continue;
        else {
          if (this.returned) { this.line = []; this.returned = false; }
          run += isInvisible(c) ? `[U+${c.toString(16).toUpperCase().padStart(4, '0')}]` : char;
        }
      } else if (this.state === 'escape') {
        if (char === '[') { this.state = 'control'; this.parameters = ''; }
        else if (']PX^_'.includes(char)) this.state = 'text';
        else this.state = ' #%()*+-./'.includes(char) ? 'skip' : 'ground';
      } else if (this.state === 'control') {
        if (c >= 0x20 && c <= 0x3f) { if (this.parameters.length < 64) this.parameters += char; }
        else { if (char === 'm') this.style.apply(this.parameters); this.state = 'ground'; }
      } else if (this.state === 'text') {
        if (char === '\x07') this.state = 'ground'; else if (char === '\x1b') this.state = 'textEscape';
      } else if (this.state === 'textEscape') this.state = char === '\\' ? 'ground' : 'text';
      else this.state = 'ground';
    }
    flush();
    return lines;
  }
  put(text) {
    const classes = this.style.classes, last = this.line.at(-1);
    if (last && last[0] === classes) last[1] += text; else this.line.push([classes, text]);
  }
}
