// Charts: values beside the pointer, and a closer look.

const SVG = "http://www.w3.org/2000/svg";
function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  if (parent) parent.append(element);
  return element;
}
const zooms = (axis) => axis.quantity !== "place";
const same = (one, other) =>
  one.quantity === other.quantity && one.scale === other.scale && one.from === other.from && one.to === other.to;
const LEAST = 1e-4; // the narrowest view, as a share of the whole axis
const WHOLE = [0, 1];

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.panels = JSON.parse(figure.querySelector("script").textContent);
    this.svg = figure.querySelector("svg");
    this.sheet = this.svg.querySelector("g"); // in tenths of a pixel
    this.views = this.panels.map(() => ({ x: WHOLE, y: WHOLE }));
    this.at = null; // the panel and the place of the crosshair
    this.cross = make("line", { class: "cross", visibility: "hidden" }, this.sheet);
    this.chosen = make("rect", { class: "chosen", visibility: "hidden" }, this.sheet);
    this.tip = document.createElement("div");
    this.tip.className = "tip";
    this.tip.hidden = true;
    this.aloud = document.createElement("div");
    this.aloud.className = "aloud";
    this.aloud.setAttribute("aria-live", "polite");
    figure.append(this.tip, this.aloud);
    if (this.panels.some((panel) => zooms(panel.x) || zooms(panel.y))) this.makeTools();
    this.listen();
  }

  makeTools() {
    const tools = document.createElement("div");
    tools.className = "tools";
    const button = (text, label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.setAttribute("aria-label", label);
      made.addEventListener("click", act);
      tools.append(made);
    };
    button("+", "Zoom in", () => this.zoom(this.middle(), 0.5));
    button("−", "Zoom out", () => this.zoom(this.middle(), 2));
    button("whole", "Show the whole chart", () => this.reset());
    this.figure.append(tools);
  }

  // Where a pointer is: pixels of the drawing, and the panel there.
  place(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = this.svg.viewBox.baseVal.width / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const panel = this.panels.findIndex(({ area }) =>
      area.left <= x && x <= area.right && area.top <= y && y <= area.bottom);
    return { x, y, panel };
  }
  middle() {
    const panel = this.at ? this.at.panel : 0;
    const { area } = this.panels[panel];
    const x = this.at ? this.at.x : (area.left + area.right) / 2;
    return { panel, x, y: (area.top + area.bottom) / 2 };
  }

  listen() {
    const svg = this.svg;
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerdown", (event) => this.press(event));
    svg.addEventListener("pointerup", (event) => this.release(event));
    svg.addEventListener("pointercancel", () => this.letGo());
    svg.addEventListener("pointerleave", () => { if (!this.from) this.hide(); });
    svg.addEventListener("dblclick", () => this.reset());
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.figure.addEventListener("keydown", (event) => this.key(event));
    this.figure.addEventListener("blur", () => this.hide());
  }
  move(event) {
    const place = this.place(event);
    if (this.from) {
      if (this.from.pans) this.pan(place);
      else this.choose(place);
      return;
    }
    if (place.panel < 0) this.hide();
    else this.show(place);
  }
  press(event) {
    const place = this.place(event);
    if (event.button !== 0 || event.pointerType === "touch" || place.panel < 0) return;
    this.figure.focus({ preventScroll: true });
    this.from = { ...place, pans: event.shiftKey, views: this.views.map((view) => ({ ...view })) };
    try { this.svg.setPointerCapture(event.pointerId); } catch { /* a pointer that has gone */ }
    event.preventDefault();
  }
  // What is chosen: an area between the place of the press and this one; a flat one has the whole height.
  chosenArea(place) {
    const { area, x, y } = this.panels[this.from.panel];
    const within = (value, least, most) => Math.min(Math.max(value, least), most);
    const [x0, x1] = [this.from.x, place.x].map((at) => within(at, area.left, area.right)).sort((a, b) => a - b);
    const [y0, y1] = [this.from.y, place.y].map((at) => within(at, area.top, area.bottom)).sort((a, b) => a - b);
    const wide = zooms(x) && 8 < x1 - x0;
    const high = zooms(y) && 24 < y1 - y0;
    if (!wide && !high) return null;
    return {
      x: wide ? [x0, x1] : [area.left, area.right],
      y: high ? [y0, y1] : [area.top, area.bottom],
      wide, high,
    };
  }
  choose(place) {
    const found = this.chosenArea(place);
    this.tip.hidden = true;
    this.chosen.setAttribute("visibility", found ? "visible" : "hidden");
    if (!found) return;
    const [x, y] = [found.x, found.y];
    const box = { x: x[0], y: y[0], width: x[1] - x[0], height: y[1] - y[0] };
    Object.entries(box).forEach(([key, value]) => this.chosen.setAttribute(key, value * 10));
  }
  release(event) {
    if (!this.from) return;
    const { panel, pans } = this.from;
    const found = pans ? null : this.chosenArea(this.place(event));
    if (found) {
      const { area } = this.panels[panel];
      const view = this.views[panel];
      const part = ([from, to], share) => from + (to - from) * share;
      if (found.wide) {
        const shares = found.x.map((at) => part(view.x, (at - area.left) / (area.right - area.left)));
        this.setX(panel, shares);
      }
      if (found.high) {
        const shares = found.y.map((at) => part(view.y, (area.bottom - at) / (area.bottom - area.top)));
        this.setY(panel, shares.reverse());
      }
      this.draw();
    }
    this.letGo();
  }
  letGo() {
    this.from = null;
    this.chosen.setAttribute("visibility", "hidden");
  }
  pan(place) {
    const { panel, views } = this.from;
    const { area, x, y } = this.panels[panel];
    const across = (place.x - this.from.x) / (area.right - area.left);
    const up = (this.from.y - place.y) / (area.bottom - area.top);
    const moved = ([from, to], by) => {
      const step = Math.min(Math.max(-by * (to - from), -from), 1 - to);
      return [from + step, to + step];
    };
    if (zooms(x)) this.setX(panel, moved(views[panel].x, across));
    if (zooms(y)) this.setY(panel, moved(views[panel].y, up));
    this.draw();
  }
  // The wheel zooms where the reader is at work in the chart; elsewhere the page scrolls.
  wheel(event) {
    const place = this.place(event);
    const mine = event.ctrlKey || this.figure.contains(document.activeElement);
    if (place.panel < 0 || !mine) return;
    if (0 < event.deltaY && !this.figure.classList.contains("zoomed")) return;
    event.preventDefault();
    this.zoom(place, Math.pow(1.0015, Math.max(-400, Math.min(400, event.deltaY))));
  }
  key(event) {
    if (event.target !== this.figure || event.altKey || event.metaKey || event.ctrlKey) return;
    const acts = {
      "+": () => this.zoom(this.middle(), 0.5),
      "=": () => this.zoom(this.middle(), 0.5),
      "-": () => this.zoom(this.middle(), 2),
      "0": () => this.reset(),
      "Escape": () => this.reset(),
      "ArrowLeft": () => this.step(event.shiftKey ? -0.1 : -0.01),
      "ArrowRight": () => this.step(event.shiftKey ? 0.1 : 0.01),
    };
    if (!acts[event.key]) return;
    acts[event.key]();
    event.preventDefault();
  }
  // Moves the crosshair by a share of what is in view; beyond the edge the view moves.
  step(by) {
    const place = this.middle();
    const { area, x } = this.panels[place.panel];
    const at = place.x + by * (area.right - area.left);
    if (zooms(x) && (at < area.left || area.right < at)) {
      const [from, to] = this.views[place.panel].x;
      const step = Math.min(Math.max(by * (to - from), -from), 1 - to);
      this.setX(place.panel, [from + step, to + step]);
      this.draw();
    }
    place.x = Math.min(Math.max(at, area.left), area.right);
    this.show(place);
    this.aloud.textContent = this.tip.innerText.replace(/\s+/g, " ");
  }

  // All panels over the same axis show the same part of it.
  setX(panel, view) {
    const { x } = this.panels[panel];
    this.panels.forEach((other, index) => {
      if (same(other.x, x)) this.views[index].x = this.bounded(view);
    });
  }
  setY(panel, view) {
    this.views[panel].y = this.bounded(view);
  }
  bounded([from, to]) {
    const width = Math.min(Math.max(to - from, LEAST), 1);
    const least = Math.min(Math.max(from, 0), 1 - width);
    return [least, least + width];
  }
  zoom(place, factor) {
    const { area, x, y } = this.panels[place.panel];
    const view = this.views[place.panel];
    const around = ([from, to], share) => {
      const centre = from + (to - from) * share;
      return [centre - (centre - from) * factor, centre + (to - centre) * factor];
    };
    if (zooms(x)) this.setX(place.panel, around(view.x, (place.x - area.left) / (area.right - area.left)));
    else if (zooms(y)) this.setY(place.panel, around(view.y, (area.bottom - place.y) / (area.bottom - area.top)));
    this.draw();
    if (this.at) this.show(this.at);
  }
  reset() {
    this.views = this.panels.map(() => ({ x: WHOLE, y: WHOLE }));
    this.letGo();
    this.draw();
  }

  // The shapes of the data with the places that they were drawn at.
  shapes() {
    if (this.remembered) return this.remembered;
    const numbers = (text) => (text.match(/-?[\d.]+/g) || []).map(Number);
    const collect = (group) => {
      const rigid = group.classList.contains("marks");
      return [...group.querySelectorAll("polyline,polygon,circle,text,rect,line")].map((element) => {
        const get = (name) => Number(element.getAttribute(name));
        const at = {
          polyline: () => numbers(element.getAttribute("points")),
          polygon: () => numbers(element.getAttribute("points")),
          circle: () => [get("cx"), get("cy")],
          text: () => [get("x"), get("y")],
          rect: () => [get("x"), get("y"), get("x") + get("width"), get("y") + get("height")],
          line: () => [get("x1"), get("y1"), get("x2"), get("y2")],
        }[element.tagName]();
        return { element, at, rigid };
      });
    };
    this.remembered = this.panels.map((panel, index) => {
      const groups = (name) => [...this.sheet.querySelectorAll(`g.${name}[data-plot="${index}"]`)];
      const clip = make("clipPath", { id: `${this.figure.id}-${index}` }, this.svg);
      const { area } = panel;
      make("rect", {
        x: area.left * 10, y: area.top * 10,
        width: (area.right - area.left) * 10, height: (area.bottom - area.top) * 10,
      }, clip);
      const axes = groups("axes").map((group) => ({ group, first: [...group.childNodes] }));
      const data = [...groups("data"), ...groups("marks")];
      return { axes, data, shapes: data.flatMap(collect), clip: `url(#${clip.id})` };
    });
    return this.remembered;
  }
  draw() {
    const zoomed = this.views.some((view) => view.x !== WHOLE || view.y !== WHOLE);
    const shows = this.views.some(({ x, y }) => x[1] - x[0] < 1 - 1e-9 || y[1] - y[0] < 1 - 1e-9);
    this.figure.classList.toggle("zoomed", shows);
    if (!zoomed && !this.remembered) return;
    this.shapes().forEach((panel, index) => this.drawPanel(index, panel));
  }
  drawPanel(index, { axes, shapes, clip }) {
    const { area } = this.panels[index];
    const view = this.views[index];
    const isWhole = view.x[1] - view.x[0] > 1 - 1e-9 && view.y[1] - view.y[0] > 1 - 1e-9;
    const [left, right, top, bottom] = [area.left, area.right, area.top, area.bottom].map((at) => at * 10);
    const across = (x) => left + ((x - left) - (right - left) * view.x[0]) / (view.x[1] - view.x[0]);
    const down = (y) => bottom - ((bottom - y) - (bottom - top) * view.y[0]) / (view.y[1] - view.y[0]);
    const round = (value) => Math.round(Math.max(-1e5, Math.min(2e5, value)) * 10) / 10;
    shapes.forEach(({ element, at, rigid }) => {
      const set = (values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
      const name = element.tagName;
      if (name === "text") {
        // What stands beside the plot stays there.
        const isBeside = at[0] >= right - 5 || at[0] <= left + 1;
        const x = isBeside ? at[0] : round(across(at[0]));
        const y = round(down(at[1]));
        set({ x, y });
        const isOut = (!isBeside && (x < left || right < x)) || y < top || bottom + 60 < y;
        element.style.display = !isWhole && isOut ? "none" : "";
        return;
      }
      if (isWhole) element.removeAttribute("clip-path");
      else element.setAttribute("clip-path", clip);
      let moved;
      if (rigid) {
        const xs = at.filter((_, place) => place % 2 === 0);
        const ys = at.filter((_, place) => place % 2 === 1);
        const centre = (values) => (Math.min(...values) + Math.max(...values)) / 2;
        const [dx, dy] = [across(centre(xs)) - centre(xs), down(centre(ys)) - centre(ys)];
        moved = at.map((value, place) => round(value + (place % 2 === 0 ? dx : dy)));
      } else {
        moved = at.map((value, place) => round(place % 2 === 0 ? across(value) : down(value)));
      }
      if (name === "polyline" || name === "polygon") {
        let points = "";
        for (let n = 0; n < moved.length; n += 2) points += `${moved[n]},${moved[n + 1]} `;
        element.setAttribute("points", points);
      } else if (name === "circle") {
        set({ cx: moved[0], cy: moved[1] });
      } else if (name === "rect") {
        set({ x: moved[0], y: moved[1], width: Math.max(1, moved[2] - moved[0]), height: Math.max(1, moved[3] - moved[1]) });
      } else {
        set({ x1: moved[0], y1: moved[1], x2: moved[2], y2: moved[3] });
      }
    });
    this.drawAxes(index, axes, isWhole);
  }
  // The axes as they were, or anew for the part that is in view.
  drawAxes(index, axes, isWhole) {
    axes.forEach(({ group, first }) => group.replaceChildren(...(isWhole ? first : [])));
    if (isWhole || axes.length < 2) return;
    const panel = this.panels[index];
    const { area } = panel;
    const [grid, front] = [axes[0].group, axes[axes.length - 1].group];
    const showsX = axes[axes.length - 1].first.some((node) =>
      node.tagName === "text" && Number(node.getAttribute("y")) > area.bottom * 10 + 100);
    const thin = { "stroke-width": 10, fill: "none" };
    const line = (x1, y1, x2, y2, stroke, parent) =>
      make("line", { x1: x1 * 10, y1: y1 * 10, x2: x2 * 10, y2: y2 * 10, stroke, ...thin }, parent);
    const text = (x, y, words, anchor) => {
      const made = make("text", { x: x * 10, y: y * 10, "text-anchor": anchor, "font-size": 120, fill: "#666666" }, front);
      made.textContent = words;
    };
    line(area.left, area.bottom, area.right, area.bottom, "#222222", front);
    let free = -Infinity;
    this.marks(index, "x", 9).forEach(([at, label]) => {
      if (zooms(panel.x)) line(at, area.top, at, area.bottom, "#e3e3e3", grid);
      const half = label.length * 3.4;
      if (!showsX || at - half < free) return;
      if (zooms(panel.x)) line(at, area.bottom, at, area.bottom + 4, "#222222", front);
      text(at, area.bottom + 17, label, "middle");
      free = at + half + 6;
    });
    let last = Infinity;
    this.marks(index, "y", Math.max(2, Math.min(6, (area.bottom - area.top) / 22))).forEach(([at, label]) => {
      if (zooms(panel.y)) line(area.left, at, area.right, at, "#e3e3e3", grid);
      if (zooms(panel.y) && last - at < 13) return;
      text(area.left - 8, at + 4.2, label.length > 30 ? label.slice(0, 29) + "…" : label, "end");
      last = at;
    });
  }
  // Ticks in view: where, in pixels, and their labels.
  marks(index, which, most) {
    const { area, ...panel } = this.panels[index];
    const [axis, view] = [panel[which], this.views[index][which]];
    const range = view.map((share) => valueAt(axis, share)).sort((a, b) => a - b);
    const all = zooms(axis) && view[1] - view[0] < 1 - 1e-9
      ? ticks(axis, range, most) : axis.ticks.map((tick) => [tick.at, tick.label]);
    return all.map(([value, label]) => [this.pixel(index, which, value), label])
      .filter(([at]) => which === "x" ? area.left - 0.5 <= at && at <= area.right + 0.5
        : area.top - 0.5 <= at && at <= area.bottom + 0.5);
  }
  pixel(index, which, value) {
    const { area, ...panel } = this.panels[index];
    const [from, to] = this.views[index][which];
    const share = (shareAt(panel[which], value) - from) / (to - from);
    return which === "x" ? area.left + (area.right - area.left) * share : area.bottom - (area.bottom - area.top) * share;
  }
  valueAtPixel(index, which, at) {
    const { area, ...panel } = this.panels[index];
    const [from, to] = this.views[index][which];
    const share = which === "x" ? (at - area.left) / (area.right - area.left) : (area.bottom - at) / (area.bottom - area.top);
    return valueAt(panel[which], from + (to - from) * share);
  }

  // ---- Values beside the pointer -------------------------------------------------------------------------

  hide() {
    this.at = null;
    this.tip.hidden = true;
    this.cross.setAttribute("visibility", "hidden");
  }
  show(place) {
    this.at = place;
    const told = this.tell(place);
    if (!told) {
      this.hide();
      return;
    }
    const upright = { x1: place.x, x2: place.x };
    const spans = this.panels.filter((panel) => same(panel.x, this.panels[place.panel].x)).map(({ area }) => area);
    const box = { ...upright, y1: Math.min(...spans.map((area) => area.top)), y2: Math.max(...spans.map((area) => area.bottom)) };
    Object.entries(box).forEach(([key, value]) => this.cross.setAttribute(key, Math.round(value * 10)));
    this.cross.setAttribute("visibility", "visible");
    this.fill(told);
    this.put(place);
  }
  fill({ head, unit, rows }) {
    const table = document.createElement("table");
    rows.forEach(([colour, name, value]) => {
      const row = table.insertRow();
      const label = row.insertCell();
      if (colour) {
        const swatch = document.createElement("i");
        swatch.style.background = colour;
        label.append(swatch);
      }
      label.append(name);
      const number = row.insertCell();
      number.className = "key";
      number.textContent = value;
    });
    const title = document.createElement("b");
    title.textContent = head;
    this.tip.replaceChildren(title, unit ? ` ${unit}` : "", table);
  }
  // Beside the pointer, within the figure.
  put(place) {
    this.tip.hidden = false;
    const [box, frame] = [this.svg.getBoundingClientRect(), this.figure.getBoundingClientRect()];
    const scale = box.width / this.svg.viewBox.baseVal.width;
    const x = box.left - frame.left + place.x * scale;
    const y = box.top - frame.top + place.y * scale;
    const [width, height] = [this.tip.offsetWidth, this.tip.offsetHeight];
    const left = x + 16 + width < frame.width ? x + 16 : x - 16 - width;
    this.tip.style.left = `${Math.max(0, Math.min(left, frame.width - width))}px`;
    this.tip.style.top = `${Math.max(0, Math.min(y - height / 2, frame.height - height))}px`;
  }
  // What there is to tell of a place: a head, and rows of colour, name and value.
  tell(place) {
    const panel = this.panels[place.panel];
    const [x, y] = [this.valueAtPixel(place.panel, "x", place.x), this.valueAtPixel(place.panel, "y", place.y)];
    if (!zooms(panel.y)) return this.tellRow(panel, x, y, place);
    const [view, range] = [this.views[place.panel].x, panel.x.to - panel.x.from];
    // As the legend has them; what is nothing all the time is not told.
    const isAny = (series) => !series.steps || series.points.some(([, value]) => value !== 0);
    const rows = panel.series.filter(isAny).reverse().map((series) => [series, valueOf(series, x, panel.x)])
      .filter(([, value]) => value !== null)
      .map(([series, value]) => [series.colour, series.name, written(panel.y.quantity, value, panel.y.to - panel.y.from)]);
    if (!rows.length) return null;
    const head = zooms(panel.x) ? written(panel.x.quantity, x, range * (view[1] - view[0]))
      : nameAt(panel.x, x);
    const title = panel.title || panel.y.label;
    return { head, unit: title ? `· ${title}` : "", rows: rows.slice(0, 14) };
  }
  // Where rows have names: what the one at the pointer shows.
  tellRow(panel, x, y, place) {
    const head = nameAt(panel.y, y);
    const range = panel.x.to - panel.x.from;
    if (!zooms(panel.x)) { // a cell
      const series = panel.series[Math.floor(y)];
      const point = series && series.points.find(([at]) => Math.floor(at) === Math.floor(x));
      return point ? { head, unit: "", rows: [["", nameAt(panel.x, x), plain(point[1], digitsOf(point[1]))]] } : null;
    }
    if (panel.x.quantity === "time") {
      const series = panel.series[Math.floor(y)];
      const value = series ? valueOf(series, x, panel.x) : null;
      if (value === null) return null;
      const view = this.views[place.panel].x;
      return { head: written("time", x, range * (view[1] - view[0])), unit: "", rows: [["", series.name, plain(value, 2)]] };
    }
    const rows = panel.series.filter((series) => series.points.some(([, at]) => Math.floor(at) === Math.floor(y)))
      .map((series) => {
        const values = series.points.map(([at]) => written(panel.x.quantity, at, range));
        const text = values.length === 3 ? `${values[1]}  (${values[0]} to ${values[2]})` : values.join(" to ");
        return [series.colour, series.name, text];
      });
    return rows.length ? { head: panel.x.label || head, unit: "", rows } : null;
  }
}

// The name of the row or column at a value of an axis of places.
function nameAt(axis, value) {
  const tick = axis.ticks[Math.floor(value)];
  return tick ? tick.label : "";
}
// The value of a series at x: that of the last point before, or of the nearest.
function valueOf(series, x, axis) {
  const points = series.points;
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= x) low = middle + 1;
    else high = middle;
  }
  if (series.steps) return 0 < low ? points[low - 1][1] : null;
  const near = [points[low - 1], points[low]].filter(Boolean);
  if (!near.length) return null;
  const far = (point) => Math.abs(shareAt(axis, point[0]) - shareAt(axis, x));
  near.sort((one, other) => far(one) - far(other));
  return near[0][1];
}
