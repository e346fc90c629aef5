// All that there is on this page.

document.querySelectorAll("figure.table").forEach(makeTable);
const charts = [...document.querySelectorAll("figure.chart")].map((figure) => new Chart(figure));
page.dataset.ready = `${document.querySelectorAll("figure.table").length} tables, ${charts.length} charts`;
