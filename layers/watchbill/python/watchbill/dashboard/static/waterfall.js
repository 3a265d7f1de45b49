// What a trace's page adds: spans that hold others can be closed, and what a span says is shown over the page.
const depth = (row) => Number(row.dataset.depth);

function show(row) {
  // A row is there when everything that it lies within is open; what lies within is behind it, and deeper.
  let closed = Infinity;
  for (const one of row.parentElement.rows) {
    if (depth(one) <= closed) closed = Infinity;
    one.hidden = depth(one) > closed;
    const twist = one.querySelector(".twist");
    if (twist?.getAttribute("aria-expanded") === "false" && depth(one) < closed) closed = depth(one);
  }
}

document.querySelectorAll(".twist").forEach((twist) => {
  twist.hidden = false;
  twist.addEventListener("click", () => {
    twist.setAttribute("aria-expanded", twist.getAttribute("aria-expanded") === "false");
    show(twist.closest("tr"));
  });
});

const said = document.getElementById("said");
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target === said) said.showModal();
});
said.addEventListener("click", (event) => {
  if (event.target === said) said.close();
});
