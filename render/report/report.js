// The report reads without this script. It shows one section at a time beside what is
// selected, moves pictures, searches, filters, sorts and links. Whatever came from the
// input it moves about as it stands in the page, or puts in as text.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');

  const all = (query, from = document) => Array.from(from.querySelectorAll(query));
  const make = (name, properties, ...children) => {
    const e = Object.assign(document.createElement(name), properties);
    e.append(...children);
    return e;
  };
  const button = (text, title, act) => {
    const b = make('button', { type: 'button', textContent: text, title });
    if (title) b.setAttribute('aria-label', title);
    b.addEventListener('click', act);
    return b;
  };
  // What outlives the page while its server is there: nothing needs it.
  const kept = {
    get() { try { return JSON.parse(sessionStorage.getItem('drawbridge') || '{}'); } catch { return {}; } },
    set(state) { try { sessionStorage.setItem('drawbridge', JSON.stringify(state)); } catch { /* a browser that keeps nothing */ } },
  };

  // Colours: as the system has them, until somebody chooses.
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let chosen = root.dataset.live ? kept.get().theme : undefined;
  const theme = () => {
    root.dataset.theme = chosen || (dark.matches ? 'dark' : 'light');
    const toggle = document.getElementById('theme');
    if (toggle) toggle.textContent = root.dataset.theme === 'dark' ? 'Light' : 'Dark';
  };
  theme();
  dark.addEventListener('change', theme);

  // What only a script shows lies compressed in the page. A browser that can't read it
  // shows the page as it reads without scripts.
  const unpack = async () => {
    const bytes = Uint8Array.from(atob(document.getElementById('packed').content.textContent), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).json();
  };
  const written = (markup) => new DOMParser().parseFromString(markup, 'text/html').body.childNodes;
  const withoutScripts = () => {
    root.classList.remove('js');
    all('noscript').forEach((n) => n.replaceWith(...written(n.textContent)));
  };
  document.addEventListener('DOMContentLoaded', () => { unpack().then(start, withoutScripts); });

  const start = (packed) => {
    const main = document.querySelector('main'), aside = document.querySelector('aside');
    const sections = all('main > section');
    const tabOf = new Map(sections.map((s) => [s.id, s]));
    const state = { tab: '', selected: null, filters: {}, words: [] };

    // ---- the head: search, colours, help
    const search = make('input', { type: 'search', id: 'search', placeholder: matchMedia('(max-width: 600px)').matches ? 'Search' : 'Search  ( / )', ariaLabel: 'Search the report' });
    const head = document.querySelector('header.top'), title = head.querySelector('h1');
    const help = make('dialog', { id: 'help' }, make('h2', { textContent: 'Keys' }));
    for (const [key, what] of [['/', 'search'], ['j k', 'next and previous entry of the list'], ['Esc', 'leave the search, then what is selected'], ['1 … 9', 'sections'],
      ['+ − 0', 'enlarge, reduce, show the whole picture'], ['Tab, Enter', 'walk over the boxes of the picture, open one'], ['w', 'give the whole width to what is on the left'], ['t', 'dark or light'], ['?', 'this']]) {
      help.append(make('p', {}, make('kbd', { textContent: key }), ` ${what}`));
    }
    help.append(button('Close', '', () => help.close()));
    document.body.append(help);
    const toggleTheme = () => { chosen = root.dataset.theme === 'dark' ? 'light' : 'dark'; theme(); };
    const toggle = button('', 'Dark or light', toggleTheme), printing = button('Print', '', () => print()), keys = button('?', 'Keys', () => help.showModal());
    toggle.id = 'theme';
    printing.className = 'print';
    keys.className = 'keys';
    const headline = make('div', { className: 'headline' });
    head.prepend(headline);
    headline.append(title, make('span', { className: 'bar-tools' }, search, toggle, printing, keys));
    theme();

    // ---- entries. They are text: each is read from there, with all that it holds, when it
    // is shown for the first time.
    const parse = (markup) => document.adoptNode(new DOMParser().parseFromString(markup, 'text/html').body.firstElementChild);
    const plain = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&#34;': '"', '&#39;': "'" };
    const unescape = (text) => text.replace(/&(lt|gt|amp|#34|#39);/g, (c) => plain[c]);
    class Item {
      constructor(markup, list, number) {
        this.markup = markup;
        this.list = list;
        this.data = {};
        const head = markup.slice(0, markup.indexOf('>'));
        for (const [, name, value] of head.matchAll(/ (?:data-)?([a-z]+)="([^"]*)"/g)) this.data[name] = unescape(value);
        this.id = this.data.id || `${list.section.id}-${number}`;
      }
      get node() {
        if (!this.element) { this.element = parse(this.markup); this.element.id = this.id; }
        return this.element;
      }
      get text() { this.words = this.words || unescape(this.markup.replace(/<[^>]*>/g, ' ')).toLowerCase(); return this.words; }
      column(n) { return this.node.firstElementChild.children[n].textContent; }
      values(by) { return (this.data[by] || (by === 'status' && this.data.severity ? 'open' : '')).split('|').filter(Boolean); }
      get shows() { return this.data.shows ? this.data.shows.split(' ') : [this.id]; }
    }

    class List {
      constructor(section) {
        this.section = section;
        this.rows = section.querySelector('.rows');
        this.plain = this.rows.textContent; // as it reads without scripts
        const markup = `\n${packed.lists[section.id] || ''}`.split('\n<details class=item').slice(1);
        this.items = markup.map((m, i) => new Item(`<details class=item${m}`, this, i + 1));
        this.by = section.dataset.filters.split(' ');
        this.selects = [];
        this.limit = this.step = 150;
        this.bar();
        this.columns();
        this.more = button('Show more', '', () => { this.limit += 4 * this.step; this.draw(); });
        this.more.className = 'more';
        this.rows.after(this.more);
        this.rows.addEventListener('click', (e) => {
          const summary = e.target.closest('summary');
          if (!summary) return;
          e.preventDefault(); // it opens beside the list, not in it
          go(summary.parentElement.id);
        });
      }
      // The filters are made of what the entries have.
      bar() {
        const bar = make('div', { className: 'filters' });
        for (const by of this.by) {
          const counts = new Map();
          for (const i of this.items) for (const v of i.values(by)) counts.set(v, (counts.get(v) || 0) + 1);
          if (counts.size < 2 && !(by === 'boundary' || by === 'team') || !counts.size) continue;
          const sorted = Array.from(counts.keys()).sort((a, b) => rank(a) - rank(b) || label(by, a).localeCompare(label(by, b)));
          const select = make('select', { ariaLabel: by }, make('option', { value: '', textContent: `any ${named[by] || by}` }),
            ...sorted.map((v) => make('option', { value: v, textContent: `${label(by, v)} (${counts.get(v)})` })));
          select.dataset.by = by;
          select.addEventListener('change', () => { setFilter(by, select.value); });
          this.selects.push(select);
          bar.append(select);
        }
        this.clear = button('Clear', 'Clear filters and search', () => { state.filters = {}; search.value = ''; searched(); });
        this.count = make('span', { className: 'left muted' });
        this.count.setAttribute('aria-live', 'polite');
        bar.append(this.clear, this.count);
        if (this.items.length) this.section.querySelector('h2').after(bar);
      }
      columns() {
        all('.cols > span', this.section).forEach((span, n) => {
          if (!span.textContent) return;
          const b = button(span.textContent, `Sort by ${span.textContent}`, () => this.sort(n, b));
          span.replaceChildren(b);
        });
      }
      sort(n, b) {
        const dir = b.dataset.dir === '1' ? -1 : 1;
        all('[data-dir]', this.section).forEach((x) => delete x.dataset.dir);
        b.dataset.dir = dir;
        this.original = this.original || this.items.slice();
        const keyed = this.original.map((i, at) => ({ i, at, s: i.column(n) }));
        const order = new Intl.Collator(undefined, { numeric: true });
        const isRank = n === 0 && this.by.includes('severity');
        keyed.sort((x, y) => dir * (isRank ? worst(x.i) - worst(y.i) : order.compare(x.s, y.s)) || x.at - y.at);
        this.items = keyed.map((k) => k.i);
        this.refresh();
        this.draw();
      }
      refresh() {
        const chosen = this.by.map((by) => [by, state.filters[by]]).filter(([, v]) => v);
        this.found = chosen.length || state.words.length
          ? this.items.filter((i) => chosen.every(([by, v]) => i.values(by).includes(v)) && state.words.every((w) => i.text.includes(w)))
          : this.items;
        this.limit = this.step;
        this.stale = true;
        this.count.textContent = this.found.length === this.items.length ? `${this.items.length}` : `${this.found.length} of ${this.items.length}`;
        this.clear.hidden = !chosen.length && !state.words.length;
        this.selects.forEach((s) => { s.value = state.filters[s.dataset.by] || ''; s.classList.toggle('set', s.value !== ''); });
      }
      // Only a part of a long list is in the page; the rest comes when it is scrolled to.
      draw() {
        this.stale = false;
        this.rows.replaceChildren(...this.found.slice(0, this.limit).map((i) => i.node));
        this.more.hidden = this.found.length <= this.limit;
        this.more.textContent = `Show more (${this.found.length - this.limit} left)`;
      }
      bring(item) {
        const at = this.found.indexOf(item);
        if (at < 0) return;
        if (at >= this.limit || this.stale) { this.limit = Math.max(this.limit, at + this.step); this.draw(); }
        item.node.scrollIntoView({ block: 'nearest' });
      }
    }
    const severities = ['critical', 'high', 'medium', 'low', 'info'];
    const rank = (v) => { const n = severities.indexOf(v); return n < 0 ? 9 : n; };
    const worst = (i) => Math.min(9, ...i.values('severity').map(rank));
    const stride = { S: 'spoofing', T: 'tampering', R: 'repudiation', I: 'information disclosure', D: 'denial of service', E: 'elevation of privilege' };
    const named = { stride: 'STRIDE', encrypted: 'encryption', passage: 'policy verdict', note: 'kind of note', from: 'start' };
    const label = (by, v) => (by === 'stride' && stride[v] || v).replaceAll('-', ' ');
    const texts = new WeakMap(); // of the boxes of pictures
    const textOf = (i) => { let t = texts.get(i); if (t === undefined) { t = i.textContent.toLowerCase(); texts.set(i, t); } return t; };

    const lists = new Map();
    const items = new Map();
    sections.filter((s) => s.dataset.filters !== undefined).forEach((s) => {
      const list = new List(s);
      lists.set(s.id, list);
      list.items.forEach((i) => items.set(i.id, i));
    });
    if ('IntersectionObserver' in window) {
      const watch = new IntersectionObserver((seen) => seen.forEach((e) => { if (e.isIntersecting && !e.target.hidden) e.target.click(); }), { root: main });
      lists.forEach((l) => watch.observe(l.more));
    }

    // ---- pictures: one page is shown, and each can be moved and enlarged
    const pages = all('.page');
    const tabs = document.querySelector('.tabs');
    const caption = make('span', { className: 'caption' });
    const shownPage = () => pages.find((p) => p.classList.contains('shown'));
    const pageButtons = new Map();
    let pageSelect = null;
    const showPage = (page) => {
      pages.forEach((p) => p.classList.toggle('shown', p === page));
      pageButtons.forEach((b, p) => b.setAttribute('aria-selected', String(p === page)));
      if (pageSelect) pageSelect.value = page.id;
      caption.textContent = page.querySelector('figcaption').textContent;
      viewOf(page).fresh();
      paint();
    };

    class View {
      constructor(page) {
        if (packed.pages[page.id]) page.append(parse(packed.pages[page.id]));
        this.svg = page.querySelector('svg');
        const b = this.svg.viewBox.baseVal;
        this.home = { x: b.x, y: b.y, w: b.width, h: b.height };
        this.box = { ...this.home };
        this.groups = all('g.node, g.edge, g.cluster', this.svg);
        this.byEntry = new Map(); // what stands for an entry
        this.byBox = new Map();
        this.near = new Map(); // what an arrow joins, by the number of a box
        for (const g of this.groups) {
          for (const id of entriesOf(g)) this.byEntry.set(id, (this.byEntry.get(id) || []).concat(g));
          if (g.dataset.box) this.byBox.set(g.dataset.box, g);
          if (g.classList.contains('edge')) for (const end of endsOf(g)) this.near.set(end, (this.near.get(end) || []).concat(g));
        }
        all('g.node', this.svg).forEach((g) => { g.setAttribute('tabindex', '0'); g.setAttribute('role', 'link'); });
        this.moves();
      }
      moves() {
        const svg = this.svg;
        let last = null, moved = false, pinched = 0;
        const fingers = new Map();
        const apart = () => { const [a, b] = fingers.values(); return { at: { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 }, by: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) }; };
        svg.addEventListener('wheel', (e) => { e.preventDefault(); this.zoom(e.deltaY > 0 ? 1.15 : 0.87, this.point(e)); }, { passive: false });
        svg.addEventListener('pointerdown', (e) => {
          last = { x: e.clientX, y: e.clientY };
          moved = false;
          fingers.set(e.pointerId, e);
          if (fingers.size === 2) pinched = apart().by;
        });
        const lifted = (e) => { last = null; fingers.delete(e.pointerId); svg.classList.remove('moving'); };
        addEventListener('pointerup', lifted);
        addEventListener('pointercancel', lifted);
        svg.addEventListener('pointermove', (e) => {
          if (fingers.has(e.pointerId)) fingers.set(e.pointerId, e);
          if (fingers.size === 2) {
            const { at, by } = apart();
            if (by && pinched) this.zoom(pinched / by, this.point(at));
            pinched = by;
            moved = true;
            last = null;
            return;
          }
          if (!last || !e.buttons) return;
          const dx = e.clientX - last.x, dy = e.clientY - last.y;
          if (!moved && Math.hypot(dx, dy) < 4) return;
          moved = true;
          svg.classList.add('moving');
          this.pan(-dx * this.scale(), -dy * this.scale());
          last = { x: e.clientX, y: e.clientY };
        });
        svg.addEventListener('click', (e) => {
          if (moved) { moved = false; return; }
          const g = e.target.closest('g.node, g.edge, g.cluster');
          if (g) open(g); else if (state.selected) go(state.tab);
        });
        svg.addEventListener('dblclick', (e) => { e.preventDefault(); this.zoom(0.5, this.point(e)); });
        svg.addEventListener('keydown', (e) => {
          const g = e.target.closest('g.node');
          if (e.key === 'Enter' && g) open(g);
          const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
          if (by) { e.preventDefault(); this.pan(by[0] * this.box.w / 10, by[1] * this.box.h / 10); }
        });
        svg.addEventListener('pointerover', (e) => {
          const g = e.target.closest('g.node, g.edge');
          this.hovered = g ? this.around(g) : null;
          this.paint();
        });
        svg.addEventListener('pointerleave', () => { this.hovered = null; this.paint(); });
      }
      // Its neighbours and the arrows between; of an arrow its ends.
      around(g) {
        const set = new Set([g]);
        for (const e of g.classList.contains('edge') ? [g] : this.near.get(g.dataset.box) || []) {
          set.add(e);
          for (const end of endsOf(e)) set.add(this.byBox.get(end));
        }
        return set;
      }
      parts(ids) { return new Set(ids.flatMap((id) => this.byEntry.get(id) || [])); }
      paint() {
        let lit = this.hovered, hit = new Set();
        if (state.selected) {
          const ids = state.selected.shows;
          hit = this.parts(ids);
          if (!lit && hit.size) lit = ids.length > 1 ? hit : new Set(Array.from(hit).flatMap((g) => g.classList.contains('cluster') ? [] : Array.from(this.around(g))));
          if (lit && !lit.size) lit = null;
        }
        if (preview && !this.hovered) { const p = this.parts(preview); if (p.size) lit = p; }
        const filtered = Object.values(state.filters).some(Boolean);
        for (const g of this.groups) {
          const cluster = g.classList.contains('cluster');
          g.classList.toggle('lit', Boolean(lit && lit.has(g)));
          g.classList.toggle('dim', Boolean(lit && !lit.has(g) && !cluster));
          g.classList.toggle('off', filtered && !cluster && !entriesOf(g).some((id) => passes(items.get(id))));
          g.classList.toggle('hit', hit.has(g) && (!lit || hit.size < 3) || state.words.length > 0 && g.classList.contains('node') && state.words.every((w) => textOf(g).includes(w)));
        }
      }
      hits() { return this.groups.filter((g) => g.classList.contains('node') && state.words.every((w) => textOf(g).includes(w))).length; }
      scale() { const r = this.svg.getBoundingClientRect(); return Math.max(this.box.w / r.width, this.box.h / r.height); }
      point(e) { const m = this.svg.getScreenCTM(); return m ? new DOMPoint(e.clientX, e.clientY).matrixTransform(m.inverse()) : null; }
      fit() { this.box = { ...this.home }; this.touched = true; this.apply(); }
      // At first all of it is shown, if it can be read then; of a larger picture what
      // fits, around where requests come from.
      fresh() {
        if (this.touched) return;
        const r = this.svg.getBoundingClientRect(), readable = 1.25;
        const across = this.home.w / r.width, down = this.home.h / r.height;
        if (!r.width || Math.max(across, down) <= readable) {
          this.box = { ...this.home };
        } else {
          const scale = Math.max(readable, Math.min(across, down)), w = scale * r.width, h = scale * r.height;
          const from = this.svg.querySelector('g.node[data-of="c-internet"]'), b = from && from.getBBox();
          const within = (at, first, all, seen) => (seen >= all ? first - (seen - all) / 2 : Math.min(Math.max(at - seen / 2, first), first + all - seen));
          this.box = {
            x: within(b ? b.x : -Infinity, this.home.x, this.home.w, w), y: within(b ? b.y + b.height / 2 : -Infinity, this.home.y, this.home.h, h), w, h,
          };
        }
        this.apply();
      }
      sized() { if (this.touched) this.apply(); else this.fresh(); }
      pan(dx, dy) { this.box.x += dx; this.box.y += dy; this.touched = true; this.apply(); }
      zoom(by, at) {
        const c = at || { x: this.box.x + this.box.w / 2, y: this.box.y + this.box.h / 2 };
        const w = this.box.w * by;
        if (w > this.home.w * 4 || w < 40) return;
        this.box = { x: c.x - (c.x - this.box.x) * by, y: c.y - (c.y - this.box.y) * by, w, h: this.box.h * by };
        this.touched = true;
        this.apply();
      }
      // Brings some parts into sight, without moving where they are.
      bring(set) {
        if (!set.size) return;
        const m = this.svg.getScreenCTM();
        if (!m) return;
        const to = m.inverse();
        let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
        for (const g of set) {
          const r = g.getBoundingClientRect(), a = new DOMPoint(r.left, r.top).matrixTransform(to), b = new DOMPoint(r.right, r.bottom).matrixTransform(to);
          x0 = Math.min(x0, a.x); y0 = Math.min(y0, a.y); x1 = Math.max(x1, b.x); y1 = Math.max(y1, b.y);
        }
        const b = this.box;
        const readable = this.scale() < 1.6;
        if (readable && x0 >= b.x && y0 >= b.y && x1 <= b.x + b.w && y1 <= b.y + b.h) return;
        const r = this.svg.getBoundingClientRect();
        const w = Math.min(this.home.w, Math.max((x1 - x0) * 1.4, (y1 - y0) * 1.4 * r.width / r.height, r.width));
        const h = w * r.height / r.width;
        this.box = { x: (x0 + x1 - w) / 2, y: (y0 + y1 - h) / 2, w, h };
        this.touched = true;
        this.apply();
      }
      apply() {
        const b = this.box, r = this.svg.getBoundingClientRect();
        this.svg.setAttribute('viewBox', `${b.x} ${b.y} ${b.w} ${b.h}`);
        if (!r.width) return;
        // What the window shows is more than the box where they differ in form.
        const scale = this.scale(), w = scale * r.width, h = scale * r.height, x = b.x - (w - b.w) / 2, y = b.y - (h - b.h) / 2;
        const slack = 0.02 * Math.max(this.home.w, this.home.h);
        const whole = x <= this.home.x + slack && y <= this.home.y + slack && x + w >= this.home.x + this.home.w - slack && y + h >= this.home.y + this.home.h - slack;
        if (whole && !this.map) return;
        if (!this.map) this.drawMap();
        this.map.classList.toggle('away', whole);
        for (const [name, value] of Object.entries({ x, y, width: w, height: h })) this.eye.setAttribute(name, value);
      }
      // The whole in small, with a frame around what is in sight.
      drawMap() {
        const { x, y, w, h } = this.home, small = Math.min(180 / w, 130 / h) * (narrow.matches ? 0.6 : 1);
        const drawn = (name, attributes) => {
          const e = document.createElementNS('http://www.w3.org/2000/svg', name);
          for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
          return e;
        };
        const boxed = (b, name) => drawn('rect', { class: name, x: b.x, y: b.y, width: b.width, height: b.height });
        this.map = drawn('svg', { class: 'map', viewBox: `${x} ${y} ${w} ${h}`, width: Math.max(40, w * small), height: Math.max(30, h * small), 'aria-hidden': 'true' });
        for (const kind of ['cluster', 'node']) for (const g of this.groups) if (g.classList.contains(kind)) this.map.append(boxed(g.getBBox(), kind));
        this.eye = boxed({ x, y, width: w, height: h }, 'eye');
        this.map.append(this.eye);
        const lead = (e) => {
          if (!e.buttons) return;
          const m = this.map.getScreenCTM(), at = new DOMPoint(e.clientX, e.clientY).matrixTransform(m.inverse());
          this.pan(at.x - this.box.x - this.box.w / 2, at.y - this.box.y - this.box.h / 2);
        };
        this.map.addEventListener('pointerdown', (e) => { this.map.setPointerCapture(e.pointerId); lead(e); });
        this.map.addEventListener('pointermove', lead);
        this.svg.after(this.map);
      }
    }
    const endsOf = (g) => (g.dataset.from + ' ' + g.dataset.to).split(' ');
    const entriesOf = (g) => (g.dataset.flows ? g.dataset.flows.split(' ') : g.dataset.of ? g.dataset.of.split(' ') : []);
    const open = (g) => {
      const target = g.dataset.page || entriesOf(g)[0];
      if (target) go(target);
    };
    const views = new Map();
    // A page that was not shown yet is text.
    const waiting = (page) => packed.pages[page.id] || page.innerHTML;
    const hitsOn = (page) => (views.has(page) ? viewOf(page).hits()
      : waiting(page).split('<g class="node"').slice(1).filter((g) => { const t = unescape(g.slice(0, g.indexOf('</g>')).replace(/<[^>]*>/g, ' ')).toLowerCase(); return state.words.every((w) => t.includes(w)); }).length);
    const viewOf = (page) => { if (!views.has(page)) views.set(page, new View(page)); return views.get(page); };
    // The page that shows most of some entries, the present one if it is as good.
    const pageFor = (ids) => {
      const score = (p) => (views.has(p) ? viewOf(p).parts(ids).size : ids.filter((id) => waiting(p).includes(id)).length);
      let best = shownPage(), most = best ? score(best) : 0;
      if (most) return best;
      for (const p of pages) { const n = score(p); if (n > most) { best = p; most = n; } }
      return most ? best : null;
    };
    if ('ResizeObserver' in window && pages.length) {
      new ResizeObserver(() => { const p = shownPage(); if (p && state.tab === 'picture') viewOf(p).sized(); }).observe(pages[0].parentElement);
    }
    let preview = null; // entries that the pointer is on elsewhere
    const paint = () => { const p = shownPage(); if (p && state.tab === 'picture') viewOf(p).paint(); };
    const passes = (item) => {
      if (!item) return true;
      return item.list.by.every((by) => !state.filters[by] || item.values(by).includes(state.filters[by]));
    };

    const narrow = matchMedia('(max-width: 950px)');
    const legend = document.querySelector('.legend');
    if (legend && narrow.matches) legend.open = false;
    if (tabs) {
      if (pages.length > 7) {
        pageSelect = make('select', { ariaLabel: 'Page of the diagram', id: 'pages' }, ...pages.map((p) => make('option', { value: p.id, textContent: p.dataset.title })));
        pageSelect.addEventListener('change', () => go(pageSelect.value));
        tabs.append(button('Overview', 'Back to the overview', () => go(pages[0].id)), pageSelect);
      } else if (pages.length > 1) {
        pages.forEach((p) => { const b = button(p.dataset.title, '', () => go(p.id)); pageButtons.set(p, b); tabs.append(b); });
      }
      tabs.append(caption);
      const paths = lists.get('paths');
      const tools = make('span', { className: 'tools' });
      if (paths) {
        const select = make('select', { ariaLabel: 'Attack path', id: 'path' }, make('option', { value: '', textContent: 'Attack paths…' }),
          ...paths.items.slice(0, 200).map((i) => make('option', { value: i.id, textContent: i.node.querySelector('.name').textContent })));
        select.addEventListener('change', () => { if (select.value) go(select.value); select.value = ''; });
        tools.append(select);
      }
      const view = () => viewOf(shownPage());
      tools.append(button('+', 'Enlarge', () => view().zoom(0.8)), button('−', 'Reduce', () => view().zoom(1.25)), button('Fit', 'Show all', () => view().fit()),
        button('⇔', 'Give the picture the whole width', () => wide()));
      tabs.append(tools);
      tabs.hidden = false;
    }
    const wide = (on) => { root.classList.toggle('wide', on); };

    // ---- what is selected
    const summary = document.getElementById('summary');
    const detail = make('section', { id: 'detail', hidden: true });
    detail.setAttribute('aria-live', 'polite');
    aside.append(detail);
    const kinds = { findings: 'Finding', paths: 'Attack path', tests: 'Weakness', questions: 'Question', components: 'Component', flows: 'Flow', boundaries: 'Trust boundary', assets: 'Asset', since: 'Change', notes: 'Note' };
    const show = (item) => {
      state.selected = item;
      root.classList.toggle('selected', Boolean(item));
      all('.item.target').forEach((i) => i.classList.remove('target'));
      detail.hidden = !item;
      summary.hidden = Boolean(item);
      if (!item) { detail.replaceChildren(); paint(); return; }
      wide(false);
      item.node.classList.add('target');
      const list = item.list, node = item.node;
      const bar = make('header', {}, make('span', { className: 'what', textContent: kinds[list.section.id] || '' }));
      if (state.tab === 'picture' ? true : pages.length && pageFor(item.shows)) {
        bar.append(state.tab === 'picture' ? tool('In the list', () => openTab(list.section.id)) : tool('Show on the picture', () => openTab('picture'), 'reveal'));
      }
      bar.append(button('×', 'Close', () => go(state.tab)));
      const heading = make('h2');
      const name = node.querySelector('summary .name').cloneNode(true);
      const badge = node.querySelector('summary > span:first-child b[class]');
      if (badge && !name.querySelector('b[class]')) heading.append(...all('summary > span:first-child b[class]', node).map((b) => b.cloneNode(true)), ' ');
      heading.append(...name.childNodes);
      const body = node.querySelector(':scope > div').cloneNode(true);
      all('.see', body).forEach((see) => {
        const test = items.get(see.querySelector('a').hash.slice(1));
        if (test) see.replaceWith(...Array.from(test.node.querySelector('.shared').cloneNode(true).childNodes));
      });
      quote(body);
      detail.replaceChildren(bar, heading, body);
      aside.scrollTop = 0;
      if (list.section.id === state.tab) list.bring(item);
      if (state.tab === 'picture') reveal(item);
    };
    const tool = (text, act, name) => { const b = button(text, '', act); b.className = name || ''; return b; };
    const reveal = (item) => {
      const ids = item.shows, page = pageFor(ids);
      if (page && page !== shownPage()) showPage(page);
      paint();
      if (page) viewOf(page).bring(viewOf(page).parts(ids));
    };
    // ---- lines of code: "L3-17" is line 17 of the fourth file
    const linesOf = (range) => { range.lines = range.lines || range.text.replace(/\n$/, '').split('\n'); return range.lines; };
    const lineAt = (id) => {
      const [, number, line] = /^L(\d+)-(\d+)$/.exec(id) || [];
      const file = packed.code[number], at = Number(line);
      const range = file && file.ranges.find((r) => at >= r.first && at < r.first + linesOf(r).length);
      return range && { at, range };
    };
    // Puts the lines that a place names beside it.
    const quote = (body) => {
      const most = 6;
      let n = 0;
      const seen = new Set();
      all('a.at', body).forEach((a) => {
        const id = a.hash.slice(1), found = lineAt(id);
        if (!found || seen.has(id) || ++n > most) return;
        seen.add(id);
        const { at, range } = found, code = make('code');
        for (let line = Math.max(range.first, at - 2); line <= at + 6 && line - range.first < linesOf(range).length; line++) {
          const row = make(line === at ? 'mark' : 'span', { className: 'row' }, make('i', { textContent: line }), linesOf(range)[line - range.first]);
          code.append(row);
        }
        (a.closest('li, dd, p') || a).append(make('pre', { className: 'lines' }, code));
      });
    };
    const codeSection = document.getElementById('code');
    const drawCode = () => {
      if (!codeSection || codeSection.querySelector('pre')) return;
      packed.code.forEach((file, n) => {
        const cited = new Set(file.cited);
        if (cited.size) codeSection.append(make('h3', { textContent: file.name }));
        file.ranges.forEach((range) => {
          const code = make('code');
          linesOf(range).forEach((text, i) => {
            const line = range.first + i;
            code.append(make(cited.has(line) ? 'b' : 'span', { className: 'row', id: `L${n}-${line}` }, make('i', { textContent: line }), text));
          });
          codeSection.append(make('pre', { className: 'lines' }, code));
        });
      });
    };
    aside.addEventListener('pointerover', (e) => {
      const a = e.target.closest('a[href^="#"]');
      const item = a && items.get(a.hash.slice(1));
      preview = item ? item.shows : null;
      paint();
    });
    aside.addEventListener('pointerleave', () => { preview = null; paint(); });

    // ---- where we are: "#section?severity=high&q=text", or "#entry"
    const links = new Map(all('header.top nav a').map((a) => [a.hash.slice(1), a]));
    const openTab = (id) => {
      if (!tabOf.has(id)) return;
      const changed = state.tab !== id;
      state.tab = id;
      root.dataset.tab = id;
      sections.forEach((s) => s.classList.toggle('shown', s.id === id));
      links.forEach((a, name) => { if (name === id) a.setAttribute('aria-current', 'page'); else a.removeAttribute('aria-current'); });
      const here = links.get(id), bar = here.parentElement;
      if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
      if (changed) main.scrollTop = 0;
      const list = lists.get(id);
      if (list && list.stale) list.draw();
      if (id === 'code') drawCode();
      if (id === 'picture' && pages.length && !shownPage()) showPage(pages[0]);
      else if (id === 'picture' && shownPage()) viewOf(shownPage()).sized();
      if (state.selected) show(state.selected);
      paint();
    };
    const go = (to) => { if (location.hash === `#${to}`) follow(); else location.hash = to; };
    const follow = () => {
      const hash = decodeURIComponent(location.hash.slice(1).replaceAll('+', ' '));
      const [id, query] = [hash.split('?')[0], hash.split('?')[1]];
      if (query !== undefined) {
        const asked = new URLSearchParams(query);
        state.filters = {};
        asked.forEach((v, k) => { if (k === 'q') search.value = v; else state.filters[k] = v; });
        searched();
      }
      const item = items.get(id);
      if (item) {
        const home = item.list.section.id;
        if (!state.tab) openTab(pages.length && pageFor(item.shows) ? 'picture' : home);
        else if (state.tab !== 'picture' && state.tab !== home) openTab(home);
        show(item);
        return;
      }
      if (lineAt(id)) drawCode();
      const target = document.getElementById(id);
      const page = pages.find((p) => p.id === id);
      if (page) { show(null); openTab('picture'); showPage(page); return; }
      if (id === 'summary') { show(null); if (narrow.matches) root.dataset.tab = 'summary'; return; }
      if (tabOf.has(id)) { show(null); openTab(id); return; }
      if (target && target.closest('#code')) {
        openTab('code');
        all('.cited', codeSection).forEach((l) => l.classList.remove('cited'));
        target.classList.add('cited');
        target.scrollIntoView({ block: 'center' });
        return;
      }
      if (!state.tab) openTab(pages.length || !lists.get('findings').items.length ? 'picture' : 'findings');
      if (!target) show(null);
    };
    addEventListener('hashchange', follow);

    // ---- filters and search: of all sections at once
    const setFilter = (by, value) => { state.filters[by] = value; refresh(); };
    const refresh = () => {
      lists.forEach((list, id) => {
        list.refresh();
        if (id === state.tab) list.draw();
        const link = links.get(id), n = link && link.querySelector('.n');
        if (n) n.textContent = list.found.length === list.items.length ? `${list.items.length}` : `${list.found.length}/${list.items.length}`;
      });
      if (pages.length > 1) {
        pages.forEach((p) => {
          const n = state.words.length ? hitsOn(p) : 0, b = pageButtons.get(p), o = pageSelect && Array.from(pageSelect.options).find((x) => x.value === p.id);
          if (b) b.textContent = n ? `${p.dataset.title} (${n})` : p.dataset.title;
          if (o) o.textContent = n ? `${p.dataset.title} (${n})` : p.dataset.title;
        });
      }
      paint();
    };
    const searched = () => { state.words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean); refresh(); root.dataset.asked = state.words.join(' '); };
    let typing = 0;
    search.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(searched, 120); });

    // ---- keys
    addEventListener('keydown', (e) => {
      if (e.target instanceof HTMLInputElement) {
        if (e.key === 'Escape') { search.value = ''; searched(); search.blur(); }
        if (e.key === 'Enter') { search.blur(); if (state.tab === 'picture' && lists.get('components').found.length === 1) go(lists.get('components').found[0].id); }
        return;
      }
      if (e.ctrlKey || e.metaKey || e.altKey || help.open || e.target instanceof HTMLSelectElement) return;
      const page = state.tab === 'picture' && shownPage();
      if (e.key === '/') { e.preventDefault(); search.focus(); }
      if (e.key === '?') help.showModal();
      if (e.key === 't') toggleTheme();
      if (e.key === 'w') wide();
      if (e.key === 'Escape' && state.selected) go(state.tab);
      if (page && (e.key === '+' || e.key === '=')) viewOf(page).zoom(0.8);
      if (page && e.key === '-') viewOf(page).zoom(1.25);
      if (page && e.key === '0') viewOf(page).fit();
      if (e.key >= '1' && e.key <= '9' && sections[e.key - 1]) go(sections[e.key - 1].id);
      if (e.key === 'j' || e.key === 'k') {
        const list = lists.get(state.tab) || lists.get('findings');
        const at = list.found.indexOf(state.selected);
        const next = list.found[e.key === 'j' ? at + 1 : Math.max(0, at - 1)];
        if (next) go(next.id);
      }
    });

    // ---- paper: everything as it reads without scripts, or what is searched and filtered for, opened
    addEventListener('beforeprint', () => {
      const everything = !state.words.length && !Object.values(state.filters).some(Boolean);
      root.classList.toggle('everything', everything);
      lists.forEach((l) => {
        if (everything) { l.rows.replaceChildren(...written(l.plain)); return; }
        l.limit = Infinity;
        l.draw();
        l.found.forEach((i) => { i.node.open = true; });
      });
      summary.hidden = false;
      if (!everything) drawCode();
      pages.forEach((p) => viewOf(p).fit());
    });
    addEventListener('afterprint', () => {
      lists.forEach((l) => { if (!root.classList.contains('everything')) l.found.forEach((i) => { i.node.open = false; }); l.limit = l.step; l.stale = true; });
      root.classList.remove('everything');
      if (state.selected) summary.hidden = true;
      openTab(state.tab);
    });

    // ---- begin, where a page before this one left off
    const before = root.dataset.live ? kept.get() : {};
    if (before.tab) {
      state.filters = before.filters || {};
      search.value = before.search || '';
    }
    searched();
    if (before.tab) openTab(before.tab);
    follow();
    if (before.tab) {
      const page = pages.find((p) => p.id === before.page);
      if (page) { showPage(page); if (before.box) { viewOf(page).box = before.box; viewOf(page).touched = true; viewOf(page).apply(); } }
      main.scrollTop = before.scroll || 0;
      aside.scrollTop = before.aside || 0;
      wide(Boolean(before.wide));
    }
    root.dataset.ready = 'yes';

    // ---- a server that tells of changes
    if (!root.dataset.live) return;
    const leave = () => {
      const page = shownPage();
      kept.set({
        theme: chosen, tab: state.tab, filters: state.filters, search: search.value, scroll: main.scrollTop, aside: aside.scrollTop,
        page: page && page.id, box: page && viewOf(page).touched ? viewOf(page).box : undefined, wide: root.classList.contains('wide'),
      });
    };
    addEventListener('pagehide', leave);
    let problem = null;
    const say = (text) => {
      if (problem) problem.remove();
      problem = text ? make('div', { className: 'problem', textContent: text }) : null;
      if (problem) { problem.setAttribute('role', 'alert'); head.after(problem); }
    };
    const events = new EventSource(root.dataset.live);
    let version = null;
    events.addEventListener('model', (e) => {
      if (version !== null && version !== e.data) { leave(); location.reload(); }
      version = e.data;
    });
    events.addEventListener('problem', (e) => say(JSON.parse(e.data)));
    events.addEventListener('error', () => say('The server is gone: this is the last model that it had.'));
    events.addEventListener('open', () => say(''));
  };
})();
