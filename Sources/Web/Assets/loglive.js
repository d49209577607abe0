// The end of a log that is still written: lines as they come, over as many connections as it takes.
import { el, refresh } from './page.js';
import { Terminal } from './terminal.js';
import { count, html } from './logview.js';

export const live = view => {
  const log = view.box, terminal = new Terminal(log.dataset.style);
  const first = new URL(log.dataset.events, location);
  // The byte to go on at, the line that is written now, and when it began.
  let place = Number(first.searchParams.get('offset')), number = Number(log.dataset.line), begun = null;
  let unseen = 0, frame = null, seeking = 0;
  view.follows = !location.hash;
  const follow = el('follow'), waiting = el('waiting'), state = el('live');
  follow.hidden = false;
  const say = () => {
    follow.ariaPressed = view.follows;
    waiting.hidden = view.follows || !unseen;
    waiting.textContent = unseen ? count(unseen, 'new line') : '';
  };
  let last = scrollY;
  const toEnd = () => { view.leave(); view.draw(); last = scrollY; };
  follow.addEventListener('click', () => { view.follows = !view.follows; if (view.follows) { unseen = 0; toEnd(); } say(); });
  waiting.addEventListener('click', () => follow.click());
  addEventListener('scroll', () => {
    const gap = document.documentElement.scrollHeight - innerHeight - scrollY;
    // Nobody who scrolls up wants to be at the end; a page that became shorter is still at its end.
    if (scrollY < last) { if (gap > 2) view.follows = false; } else if (scrollY > last && gap < 60) { view.follows = !follow.hidden; unseen = 0; }
    last = scrollY;
    say();
  }, { passive: true });

  // At most once for each frame, however many pieces come.
  const show = () => {
    cancelAnimationFrame(frame);
    frame = null;
    if (terminal.line.length) view.put(number, { html: html(terminal.line), time: begun });
    el('lines').textContent = count(view.total, 'line');
    if (view.follows) toEnd(); else view.draw();
    say();
  };
  // `later` has pairs: a line of the piece, from 0, and how many milliseconds after `time` it began.
  const add = ({ text, time, later = [] }) => {
    let line = 0, step = 0;
    begun ??= time;
    for (const runs of terminal.feed(text)) {
      view.put(number, { html: html(runs), time: begun });
      number += 1;
      line += 1;
      if (!view.follows) unseen += 1;
      begun = time;
      while (later[step] <= line) step += 2;
      if (step) begun = time + later[step - 1];
    }
    if (text.endsWith('\n')) begun = null;
    // A tab that nobody sees has no frames.
    if (document.hidden) show(); else frame ??= requestAnimationFrame(show);
    if (/::(end)?group::|^Running the |\x1b\[\d*A/m.test(text)) seeking ||= setTimeout(() => { seeking = 0; view.seek(); }, 5000);
  };

  let source, pause = 1000, timer;
  const listen = () => {
    first.searchParams.set('offset', place);
    source = new EventSource(first);
    source.addEventListener('log', event => {
      const piece = JSON.parse(event.data);
      if (piece.offset < place) return;
      place = Number(event.lastEventId);
      add(piece);
    });
    source.addEventListener('end', () => {
      source.close();
      document.removeEventListener('visibilitychange', turn);
      show();
      view.follows = false;
      state.hidden = true; follow.hidden = true; waiting.hidden = true;
      clearTimeout(seeking);
      view.seek();
      refresh();
    });
    source.onopen = () => { pause = 1000; state.textContent = 'live'; state.classList.remove('lost'); };
    source.onerror = () => {
      state.textContent = 'connection lost, trying again'; state.classList.add('lost');
      // A browser tries again by itself until it gets an answer that is no stream, as of a proxy whose server starts again.
      if (source.readyState < EventSource.CLOSED || document.hidden) return;
      timer = setTimeout(listen, pause * (1 + Math.random()) / 2);
      pause = Math.min(2 * pause, 30000);
    };
  };
  // By HTTP/1.1 browsers open six connections to a server: a tab that nobody sees gives its one back. Its title goes on.
  const turn = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => source?.close(), 5000);
    else if (!(source?.readyState < EventSource.CLOSED)) listen();
  };
  document.addEventListener('visibilitychange', turn);
  turn();
  if (view.follows) toEnd();
  say();
};
