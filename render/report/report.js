// The report reads without this script; it adds pictures that move, search, filters
// and links between a picture and what is said of its parts. It puts text into the
// page as text only.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');
  const all = (query, from = document) => Array.from(from.querySelectorAll(query));
  const byID = (id) => document.getElementById(id);
  const make = (name, properties, ...children) => {
    const e = Object.assign(document.createElement(name), properties);
    e.append(...children);
    return e;
  };

  // Colours: as the system has them, until somebody chooses.
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const theme = (name) => { root.dataset.theme = name; };
  theme(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', () => theme(dark.matches ? 'dark' : 'light'));
  const toggle = make('button', { type: 'button', textContent: 'Dark or light', id: 'theme' });
  toggle.addEventListener('click', () => theme(root.dataset.theme === 'dark' ? 'light' : 'dark'));

  // Search, over every entry and over the boxes of the pictures.
  const search = make('input', { type: 'search', id: 'search', placeholder: 'Search  ( / )', ariaLabel: 'Search the report' });
  document.querySelector('header.top').append(search, toggle);

  // Pictures: one page is shown, and each can be moved and enlarged.
  const pages = all('.page');
  let views = null;
  const tabs = document.querySelector('.tabs');
  const show = (page) => {
    pages.forEach((p) => p.classList.toggle('shown', p === page));
    if (views) views.get(page).resize();
    all('[role=tab]', tabs).forEach((t) => t.setAttribute('aria-selected', String(t.dataset.page === page.id)));
  };
  if (tabs) {
    pages.forEach((p) => {
      const tab = make('button', { type: 'button', textContent: p.dataset.title });
      tab.setAttribute('role', 'tab');
      tab.dataset.page = p.id;
      tab.addEventListener('click', () => show(p));
      if (pages.length > 1) tabs.append(tab);
    });
    const tools = make('span', { className: 'tools' });
    for (const [label, by] of [['+', 0.8], ['−', 1.25], ['Fit', 0]]) {
      const b = make('button', { type: 'button', textContent: label, ariaLabel: label === 'Fit' ? 'Show all' : label === '+' ? 'Enlarge' : 'Reduce' });
      b.addEventListener('click', () => { const v = views.get(shown()); if (by) v.zoom(by); else v.fit(); });
      tools.append(b);
    }
    tabs.append(tools);
    tabs.hidden = false;
  }
  const shown = () => pages.find((p) => p.classList.contains('shown'));

  class View {
    constructor(svg) {
      this.svg = svg;
      this.home = svg.viewBox.baseVal;
      this.home = { x: this.home.x, y: this.home.y, w: this.home.width, h: this.home.height };
      this.resize();
      this.fit();
      let last = null, moved = false;
      svg.addEventListener('wheel', (e) => {
        e.preventDefault();
        this.zoom(e.deltaY > 0 ? 1.12 : 0.89, this.point(e));
      }, { passive: false });
      svg.addEventListener('pointerdown', (e) => { last = { x: e.clientX, y: e.clientY }; moved = false; });
      svg.addEventListener('pointermove', (e) => {
        if (!last || !e.buttons) return;
        const scale = this.scale();
        const dx = e.clientX - last.x, dy = e.clientY - last.y;
        if (!moved && Math.hypot(dx, dy) < 4) return;
        moved = true;
        this.box.x -= dx * scale;
        this.box.y -= dy * scale;
        last = { x: e.clientX, y: e.clientY };
        this.apply();
      });
      svg.addEventListener('pointerup', () => { last = null; });
      svg.addEventListener('click', (e) => { if (moved) { e.stopPropagation(); e.preventDefault(); moved = false; } }, true);
    }
    // The picture is as high as its shape asks for, within what a screen shows.
    resize() {
      const width = this.svg.parentElement.clientWidth || 1000;
      const wanted = width * this.home.h / this.home.w;
      this.svg.style.height = `${Math.round(Math.max(260, Math.min(wanted, innerHeight * 0.72)))}px`;
    }
    scale() { const r = this.svg.getBoundingClientRect(); return Math.max(this.box.w / r.width, this.box.h / r.height); }
    point(e) {
      const m = this.svg.getScreenCTM();
      return m ? new DOMPoint(e.clientX, e.clientY).matrixTransform(m.inverse()) : null;
    }
    fit() { this.box = { ...this.home }; this.apply(); }
    zoom(by, at) {
      const c = at || { x: this.box.x + this.box.w / 2, y: this.box.y + this.box.h / 2 };
      const w = this.box.w * by;
      if (w > this.home.w * 4 || w < 40) return;
      this.box = { x: c.x - (c.x - this.box.x) * by, y: c.y - (c.y - this.box.y) * by, w, h: this.box.h * by };
      this.apply();
    }
    center(element) {
      const r = element.getBBox(), m = element.getCTM(), s = this.svg.getCTM();
      if (!m || !s) return;
      const at = new DOMPoint(r.x + r.width / 2, r.y + r.height / 2).matrixTransform(s.inverse().multiply(m));
      const w = Math.min(this.home.w, Math.max(700, r.width * 4)), h = w * this.home.h / this.home.w;
      const middle = new DOMPoint(at.x, at.y);
      this.box = { x: middle.x - w / 2, y: middle.y - h / 2, w, h };
      this.apply();
    }
    apply() { const b = this.box; this.svg.setAttribute('viewBox', `${b.x} ${b.y} ${b.w} ${b.h}`); }
  }
  views = new Map(pages.map((p) => [p, new View(p.querySelector('svg'))]));
  if (pages.length) show(pages[0]);
  addEventListener('resize', () => views.forEach((v) => v.resize()));

  // Parts of a picture: a box is data-of an entry, an arrow stands for data-flows.
  const flowsOf = (g) => (g.dataset.flows || '').split(' ').filter(Boolean);
  const parts = (id, from = document) =>
    all('svg [data-of]', from).filter((g) => g.dataset.of === id).concat(all('svg [data-flows]', from).filter((g) => flowsOf(g).includes(id)));
  const clear = () => all('svg .dim, svg .lit').forEach((e) => e.classList.remove('dim', 'lit'));
  const light = (svg, ids) => {
    clear();
    if (!svg) return;
    all('g.node, g.edge', svg).forEach((g) => {
      const mine = ids.has(g.dataset.of) || flowsOf(g).some((f) => ids.has(f)) || ids.has(g.dataset.box);
      g.classList.add(mine ? 'lit' : 'dim');
    });
  };
  const neighbours = (g, svg) => {
    const ids = new Set([g.dataset.box]);
    all('g.edge', svg).forEach((e) => {
      if (g.classList.contains('edge') ? e === g : e.dataset.from === g.dataset.box || e.dataset.to === g.dataset.box) {
        ids.add(e.dataset.from); ids.add(e.dataset.to); ids.add(e.dataset.box);
      }
    });
    return ids;
  };
  all('.page svg').forEach((svg) => {
    all('g.node, g.edge', svg).forEach((g) => {
      g.addEventListener('pointerenter', () => light(svg, neighbours(g, svg)));
      g.addEventListener('pointerleave', clear);
      const target = () => g.dataset.page || g.dataset.of || flowsOf(g)[0];
      const go = () => { const t = target(); if (t) location.hash = t; };
      g.addEventListener('click', go);
      if (g.classList.contains('node')) {
        g.setAttribute('tabindex', '0');
        g.setAttribute('role', 'link');
        g.addEventListener('keydown', (e) => { if (e.key === 'Enter') go(); });
      }
    });
  });

  // Links: to an entry, to a page, and from an entry to its place on a picture.
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const to = byID(id);
    all('.target').forEach((e) => e.classList.remove('target'));
    if (!to) return;
    if (to.classList.contains('page')) { show(to); to.scrollIntoView({ block: 'center' }); return; }
    for (let d = to; d; d = d.parentElement) if (d.tagName === 'DETAILS') d.open = true;
    if (to.classList.contains('item')) {
      to.hidden = false;
      to.classList.add('target');
    }
    to.scrollIntoView({ block: to.classList.contains('item') ? 'center' : 'start' });
  };
  addEventListener('hashchange', follow);
  const reveal = (ids) => {
    const set = new Set(ids);
    const page = pages.map((p) => [p, ids.reduce((n, id) => n + (parts(id, p).length > 0 ? 1 : 0), 0)]).sort((a, b) => b[1] - a[1])[0];
    if (!page || !page[1]) return;
    show(page[0]);
    const svg = page[0].querySelector('svg');
    all('svg .hit').forEach((e) => e.classList.remove('hit'));
    const found = ids.flatMap((id) => parts(id, page[0]));
    found.forEach((g) => g.classList.add('hit'));
    if (ids.length > 2) { views.get(page[0]).fit(); light(svg, set); } else { views.get(page[0]).center(found[0]); }
    page[0].scrollIntoView({ block: 'center' });
  };
  all('.item[data-shows]').forEach((item) => {
    const ids = item.dataset.shows === 'self' ? [item.id] : item.dataset.shows.split(' ');
    if (!ids.some((id) => parts(id).length)) return;
    const b = make('button', { type: 'button', textContent: 'Show on the picture', className: 'reveal' });
    b.addEventListener('click', () => reveal(ids));
    item.querySelector('div').prepend(b);
  });

  // Filters, made of what the entries have.
  const words = new WeakMap();
  const text = (item) => { if (!words.has(item)) words.set(item, item.textContent.toLowerCase()); return words.get(item); };
  const refresh = () => {
    const asked = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    all('section[data-filters]').forEach((section) => {
      const chosen = all('select', section).map((s) => [s.dataset.by, s.value]).filter(([, v]) => v);
      let left = 0;
      const items = all('.item', section);
      items.forEach((item) => {
        const ok = chosen.every(([by, v]) => (item.dataset[by] || '').split('|').includes(v)) && asked.every((w) => text(item).includes(w));
        item.hidden = !ok;
        left += ok ? 1 : 0;
      });
      const count = section.querySelector('.left');
      if (count) count.textContent = left === items.length ? `${items.length}` : `${left} of ${items.length}`;
    });
    all('svg g.node').forEach((g) => {
      const match = asked.length > 0 && asked.every((w) => g.textContent.toLowerCase().includes(w));
      g.classList.toggle('hit', match);
    });
  };
  all('section[data-filters]').forEach((section) => {
    const bar = make('div', { className: 'filters' });
    for (const by of section.dataset.filters.split(' ')) {
      const values = new Set(all('.item', section).flatMap((i) => (i.dataset[by] || '').split('|').filter(Boolean)));
      if (values.size < 2) continue;
      const order = section.dataset.order ? section.dataset.order.split(' ') : [];
      const sorted = Array.from(values).sort((a, b) => (order.indexOf(a) - order.indexOf(b)) || a.localeCompare(b));
      const select = make('select', { ariaLabel: by }, make('option', { value: '', textContent: `any ${by}` }), ...sorted.map((v) => make('option', { value: v, textContent: v.replaceAll('-', ' ') })));
      select.dataset.by = by;
      select.addEventListener('change', refresh);
      bar.append(select);
    }
    bar.append(make('span', { className: 'left muted' }));
    section.querySelector('h2').after(bar);
  });
  let waiting = 0;
  search.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(refresh, 120); });
  refresh();

  // Keys: / searches, Escape leaves, j and k walk through the findings.
  addEventListener('keydown', (e) => {
    if (e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement) {
      if (e.key === 'Escape') { search.value = ''; refresh(); e.target.blur(); }
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === '/') { e.preventDefault(); search.focus(); }
    if (e.key === 'Escape') { clear(); all('.item[open]').forEach((i) => { i.open = false; }); }
    if (e.key === 'j' || e.key === 'k') {
      const items = all('#findings .item:not([hidden])');
      const at = items.findIndex((i) => i.classList.contains('target'));
      const next = items[e.key === 'j' ? at + 1 : Math.max(0, at - 1)];
      if (next) location.hash = next.id;
    }
  });
  addEventListener('beforeprint', () => all('details').forEach((d) => { d.open = true; }));
  follow();
})();
