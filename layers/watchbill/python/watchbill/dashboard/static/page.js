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
// What somebody has typed and not sent yet stays: its part is fetched anew when that is done, or undone.
const PARTS = "[data-rooms], [data-session]";
const waiting = new Set();

function edited(part) {
  return [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
}

function wait(event, part) {
  event.detail.shouldSwap = false;
  waiting.add(part);
}

document.body.addEventListener("input", () => {
  for (const part of [...waiting].filter((each) => !edited(each))) {
    waiting.delete(part);
    setTimeout(() => part.dispatchEvent(new CustomEvent("live")), LATER[0]); // not so soon that it is throttled
  }
});
// A refusal is shown where the page has room for it, and the page stays as it was.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.status < 400) {
    if (target.matches(PARTS) && edited(target)) wait(event, target);
    return;
  }
  event.detail.shouldSwap = true;
  event.detail.isError = false;
  event.detail.target = document.getElementById("refusal");
});
document.body.addEventListener("htmx:sendError", () => {
  document.getElementById("refusal").textContent = "The service does not answer. What you see may be out of date.";
});

// Parts that say which rooms they are about are told when something happens there; htmx then fetches them anew. What
// happened is told and counted by different functions: what a part shows may be counted a moment later, so it looks again.
const LATER = [2_000, 6_000];
const again = new Map();

function tell({ room, sessionId }) {
  const about = room ? `[data-rooms~="${CSS.escape(room)}"]` : `[data-session="${CSS.escape(sessionId)}"]`;
  document.querySelectorAll(about).forEach((part) => part.dispatchEvent(new CustomEvent("live")));
}

function told(place) {
  const name = place.room ?? place.sessionId;
  (again.get(name) ?? []).forEach(clearTimeout);
  again.set(name, LATER.map((delay) => setTimeout(tell, delay, place)));
  tell(place);
}

const rooms = new Set([...document.querySelectorAll("[data-rooms]")].flatMap((part) => part.dataset.rooms.split(" ")));
const sessions = new Set([...document.querySelectorAll("[data-session]")].map((part) => part.dataset.session));

async function ticket() {
  const answer = await fetch("/dashboard/live-ticket", { method: "POST", headers: JSON.parse(document.body.getAttribute("hx-headers")) });
  if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
  return answer.json();
}

function show(state, words) {
  const place = document.getElementById("live");
  place.className = `live ${state}`;
  if (place.textContent !== words) place.textContent = words;
}

if (rooms.size || sessions.size) {
  const { Live } = await import(document.body.dataset.live);
  const live = new Live({ ticket });
  live.on("connected", () => show("connected", "Live"));
  live.on("reconnecting", () => show("reconnecting", "Connecting again …"));
  live.on("*", (_, place) => "seq" in place && told(place));
  // What happened while a page was loading, or away for too long, is in what is fetched now.
  for (const event of ["room_joined", "session_joined"]) live.on(event, (_, place) => tell(place));
  live.on("missed", told);
  rooms.forEach((room) => live.emit("join_room", { room }));
  sessions.forEach((sessionId) => live.emit("join_session", { sessionId }));
}
