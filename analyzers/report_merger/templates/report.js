document.documentElement.classList.add("js");
const box = document.getElementById("filter");
const rows = [...document.querySelectorAll("#dag-list > li")];
const tally = document.getElementById("tally");
if (box) box.addEventListener("input", () => {
  const wanted = box.value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows) {
    row.hidden = wanted !== "" && !row.dataset.words.includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  tally.textContent = wanted ? shown + " of " + rows.length + " shown" : "";
});
