// Fetches the page again while something on it is not finished, and puts the new content in place when it differs.
const unfinished = () => document.querySelector('.row.queued, .row.running, .head.queued, .head.running');
const clock = text => text.replace(/<time[^>]*>[^<]*<\/time>/g, '');
const look = async () => {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const now = document.querySelector('main'), next = page.querySelector('main');
        if (clock(now.innerHTML) !== clock(next.innerHTML)) { now.replaceWith(next); document.title = page.title; }
      }
    } catch { /* the server is away for a moment: the next look tells */ }
  }
  setTimeout(look, unfinished() ? 2000 : 15000);
};
setTimeout(look, unfinished() ? 2000 : 15000);
