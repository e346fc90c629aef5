// Tables: sorted by any column, filtered by words.

function keyOf(row, column, numeric) {
  const cell = row.cells[column];
  if (numeric) return "key" in cell.dataset ? Number(cell.dataset.key) : null;
  return cell.textContent;
}

function compare(one, other) {
  if (typeof one === "number") return one - other;
  return one.localeCompare(other, "en", { numeric: true, sensitivity: "base" });
}

// Sorts by a column: numbers the largest first, words from A on; a second time the other way round, a third time
// as they came. What is not there stands last.
function sort(table, column) {
  const heads = [...table.tHead.rows[0].cells];
  const head = heads[column];
  const numeric = head.classList.contains("number");
  const ways = numeric ? ["descending", "ascending", ""] : ["ascending", "descending", ""];
  const way = ways[(ways.indexOf(head.getAttribute("aria-sort") || "") + 1) % 3];
  heads.forEach((other) => other.removeAttribute("aria-sort"));
  if (way) head.setAttribute("aria-sort", way);
  const sign = way === "descending" ? -1 : 1;
  const rows = table.firstOrder.map((row, place) => ({ row, place, key: keyOf(row, column, numeric) }));
  const isAbsent = (one) => one.key === null || one.key === "";
  rows.sort((one, other) => {
    if (!way) return one.place - other.place;
    if (isAbsent(one) || isAbsent(other)) return isAbsent(one) - isAbsent(other) || one.place - other.place;
    return sign * compare(one.key, other.key) || one.place - other.place;
  });
  const body = table.tBodies[0];
  rows.forEach((one) => body.append(one.row));
}

function makeTable(figure) {
  const table = figure.querySelector("table");
  table.firstOrder = [...table.tBodies[0].rows];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => sort(table, column));
  });
  const input = figure.querySelector(".filter input");
  if (!input) return;
  const texts = table.firstOrder.map((row) => row.textContent.toLowerCase().replace(/_/g, " "));
  const said = figure.querySelector("output");
  const filter = () => {
    const words = input.value.toLowerCase().replace(/_/g, " ").split(/\s+/).filter(Boolean);
    let shown = 0;
    table.firstOrder.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    said.textContent = words.length ? `${shown} of ${texts.length}` : `${texts.length} figures`;
  };
  input.addEventListener("input", filter);
  filter();
}
