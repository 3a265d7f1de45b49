// Follows the room of runs as a page does, and says on each line what it was told.
import { io } from "../../layers/client/javascript/watchbill-live.js";

const socket = io(process.argv[2], { delay: 1500 });
const say = (event, data, envelope) => console.log(JSON.stringify({ event, data, seq: envelope?.seq ?? null }));
for (const event of ["connected", "disconnected", "reconnecting", "missed"]) socket.on(event, (data) => say(event, data));
for (const event of ["connection_established", "room_joined", "error", "run_recorded", "system_notification"]) {
  socket.on(event, (data, envelope) => say(event, data, envelope));
}
socket.emit("join_room", { room: "runs" });
process.stdin.on("end", () => socket.close()).resume();
