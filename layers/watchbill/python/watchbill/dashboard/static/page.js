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

// Parts that say which rooms they are about are told when something happens there; htmx then fetches them anew. What
// happened is told and counted by different functions: what a part shows may be counted a moment later, so it looks again.
const LATER = [2_000, 6_000];
const again = new Map();

function told({ room, sessionId }) {
  const place = room ?? sessionId;
  const about = room ? `[data-rooms~="${CSS.escape(room)}"]` : `[data-session="${CSS.escape(sessionId)}"]`;
  const parts = [...document.querySelectorAll(about)];
  const tell = () => parts.forEach((part) => part.isConnected && part.dispatchEvent(new CustomEvent("live")));
  (again.get(place) ?? []).forEach(clearTimeout);
  again.set(place, LATER.map((delay) => setTimeout(tell, delay)));
  tell();
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
  live.on("*", (_, place) => (place.room || place.sessionId) && told(place));
  // What happened while a page was loading, or away for too long, is in what is fetched now.
  for (const event of ["room_joined", "session_joined", "missed"]) live.on(event, (data, place) => told(place ?? data));
  rooms.forEach((room) => live.emit("join_room", { room }));
  sessions.forEach((sessionId) => live.emit("join_session", { sessionId }));
}
