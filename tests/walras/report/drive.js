// What a reader does with a report, done by a test: it is put at the end of a copy of the page, and leaves what it found
// in an attribute of the root, where the test reads it.
"use strict";

(function () {
  const page = document.documentElement;
  const found = { ready: page.dataset.ready || "" };
  const fire = (target, type, Kind, about) =>
    target.dispatchEvent(new Kind(type, { bubbles: true, cancelable: true, ...about }));

  function driveTables() {
    const figure = document.querySelector("#parts figure.table, #verdicts figure.table");
    const table = figure.querySelector("table");
    const heads = [...table.tHead.rows[0].cells];
    const column = heads.findIndex((head) => head.classList.contains("number"));
    const keys = () => [...table.tBodies[0].rows].map((row) => row.cells[column].dataset.key || "");
    const click = () => { heads[column].querySelector("button").click(); return keys(); };
    found.sort = { before: keys(), once: click(), sorted: heads[column].getAttribute("aria-sort"), twice: click(), thrice: click() };
    found.sticky = getComputedStyle(heads[column]).position;
    const long = document.querySelector("figure.table.long");
    if (!long) return;
    const input = long.querySelector(".filter input");
    const shown = () => [...long.querySelectorAll("tbody tr")].filter((row) => !row.hidden).map((row) => row.cells[0].textContent);
    const all = shown().length;
    input.value = "wait mean";
    fire(input, "input", Event, {});
    found.filter = { all, shown: shown(), said: long.querySelector("output").textContent };
    input.value = "";
    fire(input, "input", Event, {});
    found.filter.again = shown().length;
  }

  // Figures that stand out of their cells, or reach into their neighbours.
  function spilled() {
    const inside = (one, other) => other.left - 0.5 <= one.left && one.right <= other.right + 0.5;
    const box = (element) => element.getBoundingClientRect();
    const stays = (span) => inside(box(span), box(span.closest("td"))) && inside(box(span), box(span.closest(".group")));
    return [...document.querySelectorAll(".group td span")].filter((span) => !stays(span)).map((span) => span.textContent);
  }

  // A chart: where its first panel is on the screen, and what of it moves.
  function driveChart(figure) {
    figure.scrollIntoView();
    const svg = figure.querySelector("svg");
    const [panel] = JSON.parse(figure.querySelector("script").textContent);
    const at = (across, down) => {
      const box = svg.getBoundingClientRect();
      const scale = box.width / svg.viewBox.baseVal.width;
      const { area } = panel;
      return {
        clientX: box.left + (area.left + (area.right - area.left) * across) * scale,
        clientY: box.top + (area.top + (area.bottom - area.top) * down) * scale,
        pointerType: "mouse", pointerId: 1, button: 0,
      };
    };
    const shape = () => [...svg.querySelectorAll(".data, .marks, .axes")].map((group) => group.innerHTML).join("");
    const labels = () => [...svg.querySelectorAll(".axes text")].map((text) => text.textContent);
    const tip = figure.querySelector(".tip");
    const told = { name: figure.id, labels: labels() };
    const first = shape();
    fire(svg, "pointermove", PointerEvent, at(0.5, 0.5));
    told.hover = tip.hidden ? "" : tip.innerText.replace(/\s+/g, " ");
    fire(svg, "pointerleave", PointerEvent, at(2, 2));
    told.left = tip.hidden;
    fire(svg, "pointerdown", PointerEvent, at(0.25, 0.5));
    fire(svg, "pointermove", PointerEvent, at(0.5, 0.5));
    fire(svg, "pointerup", PointerEvent, at(0.5, 0.5));
    told.zoomed = figure.classList.contains("zoomed");
    told.moved = shape() !== first;
    told.zoomedLabels = labels();
    fire(svg, "dblclick", MouseEvent, at(0.5, 0.5));
    told.whole = !figure.classList.contains("zoomed");
    fire(svg, "wheel", WheelEvent, { ...at(0.5, 0.5), deltaY: -200, ctrlKey: true });
    told.wheeled = figure.classList.contains("zoomed");
    figure.focus();
    fire(figure, "keydown", KeyboardEvent, { key: "Escape" });
    told.escaped = !figure.classList.contains("zoomed");
    fire(figure, "keydown", KeyboardEvent, { key: "+" });
    told.keyed = figure.classList.contains("zoomed");
    fire(figure, "keydown", KeyboardEvent, { key: "ArrowRight" });
    told.aloud = figure.querySelector(".aloud").textContent;
    fire(figure, "keydown", KeyboardEvent, { key: "0" });
    // Places are written anew with the same digits, axes are those of before.
    told.restored = labels().join() === told.labels.join();
    return told;
  }

  try {
    driveTables();
    found.charts = [...document.querySelectorAll("figure.chart")].map(driveChart);
    found.fetched = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => !name.startsWith("data:"));
    found.figures = document.querySelectorAll(".group td span").length;
    found.spilled = spilled();
    found.overflow = page.scrollWidth - page.clientWidth;
    found.fonts = [...document.fonts].filter((font) => font.status === "error").map((font) => font.family);
  } catch (error) {
    found.error = String(error.stack || error);
  }
  found.fault = page.dataset.fault || "";
  page.dataset.driven = JSON.stringify(found);
})();
