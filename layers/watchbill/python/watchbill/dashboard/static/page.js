// What every page does: times as the viewer's clock shows them, questions before what cannot be undone, live events.
const near = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function localise(within) {
  within.querySelectorAll("time[datetime]").forEach((time) => {
    const at = new Date(time.dateTime);
    time.textContent = near.format(at);
    time.title = exact.format(at);
  });
}

localise(document);
document.body.addEventListener("htmx:afterSettle", (event) => localise(event.target));
document.body.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
document.body.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
// A refusal is shown where the page has room for it, and the page stays as it was.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
  event.detail.target = document.getElementById("refusal");
});
document.body.addEventListener("htmx:sendError", () => {
  document.getElementById("refusal").textContent = "The service does not answer. What you see may be out of date.";
});
