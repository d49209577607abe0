/// What a script finds wrong with the page that is open: contrast below WCAG AA, missing labels and landmarks, headings out
/// of order, and text of strangers that became more than text.
enum PageAudit {
    /// The body of a function that answers a list of sentences; empty is good.
    static let script = #"""
        const found = new Set();
        const where = element => {
          const parts = [];
          for (let at = element; at && at !== document.body && parts.length < 4; at = at.parentElement) {
            parts.unshift(at.localName + (at.id ? '#' + at.id : '') + [...at.classList].map(name => '.' + name).join(''));
          }
          return parts.join(' > ');
        };

        // Colours as the browser makes them, whatever way they are written in.
        const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
        const known = new Map();
        const colour = text => {
          if (!known.has(text)) {
            pen.clearRect(0, 0, 1, 1);
            pen.fillStyle = text;
            pen.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
            known.set(text, [r, g, b, a / 255]);
          }
          return known.get(text);
        };
        const over = (top, ground, alpha = top[3]) => [0, 1, 2].map(i => top[i] * alpha + ground[i] * (1 - alpha)).concat(1);
        const luminance = c => {
          const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
          return .2126 * r + .7152 * g + .0722 * b;
        };
        const contrast = (a, b) => {
          const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
          return (x + .05) / (y + .05);
        };
        const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
        const ground = element => {
          const layers = [];
          for (let at = element; at; at = at.parentElement) layers.push(colour(getComputedStyle(at).backgroundColor));
          return layers.reverse().reduce((under, layer) => over(layer, under), isDark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
        };
        const opacity = element => {
          let value = 1;
          for (let at = element; at; at = at.parentElement) value *= getComputedStyle(at).opacity;
          return value;
        };
        const isSeen = element => {
          const box = element.getBoundingClientRect(), style = getComputedStyle(element);
          return box.width > 1 && box.height > 1 && style.visibility === 'visible' && style.clipPath === 'none' && !element.closest('[hidden]');
        };
        const check = (element, text, style, what, least) => {
          const under = ground(element), seen = over(text, under, text[3] * opacity(element));
          const value = contrast(seen, under);
          if (value < least) found.add(`contrast ${value.toFixed(2)} of ${what} ${where(element)}, ${text.slice(0, 3)} on ${under.slice(0, 3).map(Math.round)}`);
        };
        for (const element of document.body.querySelectorAll('*')) {
          if (element.closest('svg') || !isSeen(element)) continue;
          const style = getComputedStyle(element);
          const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
          const least = isLarge ? 3 : 4.5;
          if ([...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) check(element, colour(style.color), style, 'text', least);
          if (element.matches('input, select') && !element.matches('[type=hidden]')) {
            check(element, colour(style.color), style, 'value', least);
            if (element.placeholder) check(element, colour(getComputedStyle(element, '::placeholder').color), style, 'placeholder', least);
          }
          for (const pseudo of ['::before', '::after']) {
            const made = getComputedStyle(element, pseudo);
            // What only separates says nothing.
            if (/[\p{L}\p{N}]/u.test(made.content.replace(/^none$|^normal$|attr\([^)]*\)/g, ''))) check(element, colour(made.color), made, pseudo, least);
          }
        }
        for (const glyph of document.querySelectorAll('svg.glyph')) {
          if (!isSeen(glyph)) continue;
          for (const shape of glyph.children) {
            const style = getComputedStyle(shape);
            if (shape.classList.contains('faint')) continue;
            if (shape.classList.contains('cut')) {
              const value = contrast(colour(style.stroke), over(colour(getComputedStyle(glyph).fill), ground(glyph)));
              if (value < 3) found.add(`contrast ${value.toFixed(2)} inside of a glyph, ${where(glyph)}`);
            } else check(glyph, colour(shape.classList.contains('pen') ? style.stroke : style.fill), style, 'glyph', 3);
          }
        }
        // Small bars say how builds ended and what jobs did; the ground of a bar is nothing that one has to see.
        for (const bar of document.querySelectorAll('.bars a, svg.line rect:not(.ground), svg.share rect:not(.ground)')) {
          const style = getComputedStyle(bar);
          if (isSeen(bar)) check(bar, colour(bar.localName === 'a' ? style.getPropertyValue('--c') : style.fill), style, 'a bar', 3);
        }

        // Structure.
        const name = element => (element.getAttribute('aria-label') ?? [...element.childNodes].map(node => node.nodeType === 3 ? node.data : node.nodeType === 1 ? node.getAttribute('alt') ?? name(node) : '').join('')).trim();
        if (document.documentElement.lang !== 'en') found.add('the page has no language');
        if (!document.title.trim()) found.add('the page has no title');
        if (document.querySelectorAll('main').length !== 1) found.add('there is not one main landmark');
        if (document.querySelectorAll('h1').length !== 1) found.add(`${document.querySelectorAll('h1').length} headings of the first level`);
        let level = 0;
        for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
          const now = Number(heading.localName[1]);
          if (now > level + 1) found.add(`the heading '${name(heading)}' skips a level`);
          if (!name(heading)) found.add(`a heading without text, ${where(heading)}`);
          level = now;
        }
        const landmarks = new Set();
        for (const nav of document.querySelectorAll('nav')) {
          if (!name(nav) || !nav.hasAttribute('aria-label')) found.add(`a landmark without a name, ${where(nav)}`);
          if (landmarks.has(nav.ariaLabel)) found.add(`two landmarks are called '${nav.ariaLabel}'`);
          landmarks.add(nav.ariaLabel);
        }
        for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
          if (!field.ariaLabel && !field.labels?.length) found.add(`a field without a label, ${where(field)}`);
        }
        for (const link of document.querySelectorAll('a[href], button')) {
          const drawn = ['::before', '::after'].some(pseudo => /[\p{L}\p{N}]/u.test(getComputedStyle(link, pseudo).content));
          if (!link.closest('[hidden]') && !name(link) && !drawn && !link.dataset.n) found.add(`a link or button without a name, ${where(link)}`);
        }
        for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) found.add(`an image without a text, ${where(image)}`);
        for (const element of document.querySelectorAll('[tabindex]')) if (element.tabIndex > 0) found.add(`an order of its own, ${where(element)}`);
        const ids = new Set();
        for (const element of document.querySelectorAll('[id]')) {
          if (ids.has(element.id)) found.add(`two elements are called '${element.id}'`);
          ids.add(element.id);
        }
        for (const details of document.querySelectorAll('[data-live] details:not([id])')) found.add(`what can be opened has no name to stay open by, ${where(details)}`);
        if (document.documentElement.scrollWidth > innerWidth + 1) found.add(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);

        // Text of strangers is text.
        const ours = new Set(['IMG']);
        for (const element of document.querySelectorAll('script')) if (!element.src || new URL(element.src).origin !== location.origin) found.add('a script that is not ours');
        for (const element of document.querySelectorAll('*')) {
          for (const attribute of element.attributes) {
            if (/^on/i.test(attribute.name)) found.add(`a handler, ${where(element)}`);
            if (/^(href|src|action)$/.test(attribute.name) && !/^(https?:|\/|#)/.test(attribute.value)) found.add(`leads to ${attribute.value.slice(0, 60)}, ${where(element)}`);
          }
        }
        for (const image of document.images) if (!image.src.startsWith(location.origin)) found.add(`an image from ${image.src}`);
        const text = document.documentElement.textContent + document.title + [...document.querySelectorAll('[title], [aria-label], [value]')].map(e => `${e.title}${e.ariaLabel}${e.value}`).join('');
        const strange = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/.exec(text);
        if (strange) found.add(`a control character ${strange[0].codePointAt(0).toString(16)} in '${text.slice(Math.max(0, strange.index - 40), strange.index + 20)}'`);
        return [...found];
        """#
}
