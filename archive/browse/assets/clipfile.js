// Comforts only: every page works without this file.
"use strict";

// A key leads to the search box; inside other fields it is just a letter.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
  if (field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

// On paper nothing can be opened, so all evidence is.
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details.fact").forEach((fact) => { fact.open = true; });
});

// In a chart the arrow keys go from column to column, the tabulator only from label to label.
document.querySelectorAll(".chart .keys").forEach((hint) => { hint.hidden = false; });
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const link = event.target.closest(".chart svg a");
  if (!step || !link || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...link.closest("svg").querySelectorAll("a")];
  event.preventDefault();
  links[links.indexOf(link) + step]?.focus();
});

// Ranges and the fields beside them say the same; letting go of a range sends its form.
const slide = () => document.querySelectorAll("input[type=range][data-for]").forEach((range) => {
  const field = document.getElementById(range.dataset.for);
  const before = document.getElementById(range.dataset.before);
  range.hidden = false;
  range.closest("label")?.removeAttribute("hidden");
  range.addEventListener("input", () => {
    field.value = range.value;
    if (before) before.value = range.value - 1;
  });
  range.addEventListener("change", () => range.form.requestSubmit());
  field.addEventListener("input", () => { if (field.value) range.value = field.value; });
});
slide();

const fetched = async (url) => {
  const answer = await fetch(url, { headers: { accept: "text/html" } });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

// What a large result consists of is counted after it is shown.
const count = async () => {
  const link = document.querySelector("a[data-later]");
  if (!link) return;
  const facets = (await fetched(link.href)).querySelector(".facets");
  if (!facets || !link.isConnected) return;
  link.closest(".facets").replaceWith(document.importNode(facets, true));
  slide();
};
count().catch(() => {});

// Results follow the typing. The address follows too, so that it can be shared and gone back to.
const live = document.querySelector("form[data-live]");
if (live) {
  let waiting = 0;
  let asked = 0;
  const refresh = async () => {
    const turn = ++asked;
    const url = `${live.action}?${new URLSearchParams(new FormData(live))}`;
    const found = (await fetched(url)).getElementById("found");
    if (turn !== asked || !found) return;
    document.getElementById("found").replaceWith(document.importNode(found, true));
    document.getElementById("said").textContent = document.getElementById("count").textContent;
    history.replaceState(null, "", url);
    slide();
    await count();
  };
  live.querySelector("input[type=search]").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => {}), 250);
  });
}
