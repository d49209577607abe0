// The lines that are chosen as plain text, without their numbers, into the clipboard: a selection ends where the window does.
import { count } from './logview.js';

const most = 10000, largest = 8e6;
const write = async text => {
  // Pages by plain http have no clipboard, and a browser may refuse: then as it was done before there was one.
  try { await navigator.clipboard.writeText(text); return true; } catch {
    const field = Object.assign(document.createElement('textarea'), { value: text, className: 'unseen' });
    const before = document.activeElement;
    document.body.append(field);
    field.focus({ preventScroll: true });
    field.select();
    const isDone = document.execCommand('copy');
    field.remove();
    before?.focus({ preventScroll: true });
    return isDone;
  }
};

// load(from, count) → { html }. Answers what became of it, for people.
export const copyLines = async (first, last, load) => {
  if (last - first >= most) return `Too many: at most ${count(most, 'line')} at once`;
  const lines = [], page = document.createElement('template');
  let size = 0;
  for (let from = first; from <= last; from = first + lines.length) {
    const { html } = await load(from, Math.min(1000, last - from + 1));
    if (!html) throw new Error();
    if (!html.length) break;
    for (const text of html) {
      page.innerHTML = text;
      size += lines[lines.push(page.content.textContent) - 1].length;
    }
    if (size > largest) return 'Too much at once: the raw log has it';
  }
  return await write(lines.join('\n')) ? `Copied ${count(lines.length, 'line')}` : 'Not copied: the browser refused';
};
