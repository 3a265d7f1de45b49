/**
 * The live channel of Watchbill for browsers and Node: what happens in rooms and sessions, each event once and in order,
 * also over lost connections. It has the shape of a socket.io client, and no dependency.
 *
 *     import { io } from "./watchbill-live.js";
 *     const socket = io("http://localhost:9999");
 *     socket.emit("join_session", { sessionId: "user-session-123" });
 *     socket.on("agent_update", (data, envelope) => console.log(data.progress, envelope.seq));
 *
 * `docs/live.md` says what can be joined, and what comes then.
 */

const FIRST_DELAY = 500; // ms before the first attempt to connect again; doubled before each further one
const LONGEST_DELAY = 30_000;
const JOINED = new Set(["room_joined", "session_joined"]);
const SYSTEM = { room: "system" };
const MOST_WAITING = 100; // messages kept for when there is a connection

/** How far one room was followed: which events were had, which are held back until those before them have come. */
export class Fold {
  constructor(position = null) {
    this.position = position; // the number of the last event that was given out; null before the room is known
    this.pending = false; // whether it was asked to join and is not answered yet
    this.target = 0; // up to which number events are known to be
    this.held = new Map();
  }

  /** What to say when joining: the fold waits for the answer. */
  asking() {
    this.pending = true;
    return this.position === null ? {} : { after: this.position };
  }

  /** Take an event; those that can be given out now. */
  take(event) {
    if (!this.pending && event.seq <= this.position) return [];
    this.held.set(event.seq, event);
    return this.#drained();
  }

  /** Take the answer to joining: whether events were missed, and those that can be given out now. */
  joined({ seq, complete }) {
    const missed = this.position !== null && !complete;
    this.pending = false;
    if (this.position === null || missed) this.position = seq;
    this.target = seq;
    for (const had of [...this.held.keys()]) if (had <= this.position) this.held.delete(had);
    return { missed, events: this.#drained() };
  }

  /** Take word of how far the room is; whether it must be joined anew because it counts from elsewhere. */
  told(seq) {
    if (this.pending || this.position === null) return false;
    this.target = Math.max(this.target, seq);
    return seq < this.position;
  }

  /** Whether events are missing that must have been sent by now. */
  get gap() {
    return !this.pending && this.position !== null && (this.held.size > 0 || this.target > this.position);
  }

  #drained() {
    const events = [];
    if (this.position === null) return events;
    while (this.held.has(this.position + 1)) {
      this.position += 1;
      events.push(this.held.get(this.position));
      this.held.delete(this.position);
    }
    return events;
  }
}

/** One client of the live channel. It connects at once, and again whenever the connection is lost, until `close()`. */
export class Live {
  #options;
  #socket = null;
  #open = false;
  #closed = false;
  #attempt = 0;
  #came = 0; // messages so far
  #rooms = new Map([[keyOf(SYSTEM), { address: SYSTEM, fold: new Fold(), timer: null }]]);
  #listeners = new Map();
  #waiting = [];
  #timers = new Set();

  /**
   * `ticket` is asked for a ticket before each connection: a promise of what `POST /api/realtime/tickets` answers. All
   * times are in milliseconds: `ping` between pings, `patience` until an answer must have come, `gap` until an event
   * that is missing is asked for, `delay` before the first attempt to connect again.
   */
  constructor({ ticket, autoConnect = true, ping = 240_000, patience = 15_000, gap = 3_000, delay = FIRST_DELAY }) {
    this.#options = { ticket, ping, patience, gap, delay };
    if (autoConnect) this.connect();
  }

  get connected() {
    return this.#open;
  }

  /** Call `listener(data, envelope)` for every event of this name, or of any for "*"; what is returned ends it. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.off(event, listener);
  }

  /** As `on`, for the next event only. */
  once(event, listener) {
    const off = this.on(event, (...told) => {
      off();
      listener(...told);
    });
    return off;
  }

  off(event, listener) {
    if (listener) this.#listeners.get(event)?.delete(listener);
    else this.#listeners.delete(event);
    return this;
  }

  /** Ask for something: join_room, leave_room, join_session, leave_session, user_message, ping. */
  emit(action, fields = {}) {
    const { after = null, ...address } = fields;
    if (action.startsWith("join_")) this.#join(address, after);
    else if (action.startsWith("leave_")) this.#leave(action, address);
    else this.#say(action === "user_message" ? { action, messageId: crypto.randomUUID(), ...fields } : { action, ...fields });
    return this;
  }

  connect() {
    this.#closed = false;
    if (!this.#socket) this.#connect();
    return this;
  }

  /** End for good. */
  close() {
    this.#closed = true;
    this.#lose("closed by the client");
  }

  async #connect() {
    const mine = (this.#socket = {});
    try {
      const { ticket, url } = await this.#options.ticket();
      if (this.#socket !== mine) return;
      const socket = (this.#socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`));
      socket.onopen = () => this.#opened(socket);
      socket.onmessage = ({ data }) => this.#socket === socket && this.#heard(JSON.parse(data));
      socket.onclose = ({ code, reason }) => this.#socket === socket && this.#lose(reason || `code ${code}`);
      // Some never say that they are closed when they have not been open.
      socket.onerror = () => this.#socket === socket && !this.#open && this.#lose("no connection");
      this.#after(this.#options.patience, () => this.#socket === socket && !this.#open && this.#lose("no connection"));
    } catch (error) {
      if (this.#socket === mine) this.#lose(`no ticket: ${error.message}`);
    }
  }

  #opened(socket) {
    if (this.#socket !== socket) return;
    this.#open = true;
    this.#tell("connected", {});
    for (const room of this.#rooms.values()) this.#ask(room);
    for (const message of this.#waiting.splice(0)) this.#send(message);
    this.#pingLater();
  }

  #pingLater() {
    this.#after(this.#options.ping, () => {
      const before = this.#came;
      this.#send({ action: "ping" });
      this.#after(this.#options.patience, () => this.#came === before && this.#lose("no answer"));
      this.#pingLater();
    });
  }

  #lose(reason) {
    const socket = this.#socket;
    const wasOpen = this.#open;
    this.#socket = null;
    this.#open = false;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const room of this.#rooms.values()) room.timer = null;
    socket?.close?.();
    if (wasOpen) this.#tell("disconnected", { reason });
    if (!this.#closed) this.#connectLater(reason);
  }

  #connectLater(reason) {
    this.#attempt += 1;
    const most = Math.min(LONGEST_DELAY, this.#options.delay * 2 ** (this.#attempt - 1));
    const delay = Math.round(most * (0.5 + Math.random() / 2));
    this.#tell("reconnecting", { attempt: this.#attempt, delay, reason });
    this.#after(delay, () => !this.#socket && !this.#closed && this.#connect());
  }

  #join(address, after) {
    const key = keyOf(address);
    if (!this.#rooms.has(key)) this.#rooms.set(key, { address, fold: new Fold(after), timer: null });
    if (this.#open) this.#ask(this.#rooms.get(key));
  }

  #leave(action, address) {
    this.#rooms.delete(keyOf(address));
    if (this.#open) this.#send({ action, ...address });
  }

  #ask(room) {
    const action = "sessionId" in room.address ? "join_session" : "join_room";
    this.#send({ action, ...room.address, ...room.fold.asking() });
    this.#after(this.#options.patience, () => room.fold.pending && this.#has(room) && this.#lose("no answer"));
  }

  #heard(envelope) {
    this.#attempt = 0;
    this.#came += 1;
    if (!envelope.event) return; // API Gateway's own words when the service has failed
    const room = this.#rooms.get(keyOf(envelope));
    if ("seq" in envelope) {
      if (room) this.#give(room, room.fold.take(envelope));
      return;
    }
    if (JOINED.has(envelope.event) && room) this.#joined(room, envelope);
    if (envelope.event === "pong") this.#compare(envelope.data.positions);
    if (envelope.event === "error") this.#refused(room, envelope);
    this.#tell(envelope.event, envelope.data, envelope);
  }

  #joined(room, envelope) {
    const { missed, events } = room.fold.joined(envelope.data);
    if (missed) this.#tell("missed", room.address);
    this.#give(room, events);
  }

  #give(room, events) {
    for (const envelope of events) this.#tell(envelope.event, envelope.data, envelope);
    if (!room.fold.gap || room.timer) return;
    const position = room.fold.position;
    room.timer = this.#after(this.#options.gap, () => {
      room.timer = null;
      if (!room.fold.gap || !this.#has(room)) return;
      if (room.fold.position === position) this.#ask(room);
      else this.#give(room, []);
    });
  }

  #compare(positions) {
    for (const { seq, ...address } of positions) {
      const room = this.#rooms.get(keyOf(address));
      if (room && room.fold.told(seq)) this.#ask(room);
      else if (room) this.#give(room, []);
    }
  }

  #refused(room, { data }) {
    if (data.code === "conflict") this.#lose("given up by the service");
    else if (room && data.action?.startsWith("join_") && data.code !== "too_many_requests") this.#rooms.delete(keyOf(room.address));
  }

  #has(room) {
    return this.#rooms.get(keyOf(room.address)) === room;
  }

  #say(message) {
    if (this.#open) this.#send(message);
    else if (this.#waiting.push(message) > MOST_WAITING) this.#waiting.shift();
  }

  #send(message) {
    this.#socket?.send(JSON.stringify(message));
  }

  #tell(event, data, envelope = { event, data }) {
    for (const name of [event, "*"]) {
      for (const listener of [...(this.#listeners.get(name) ?? [])]) {
        try {
          listener(data, envelope);
        } catch (error) {
          console.error(error); // a listener that fails keeps nobody else from hearing
        }
      }
    }
  }

  #after(delay, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delay);
    this.#timers.add(timer);
    return timer;
  }
}

/** A client of the service at this address, by a key unless the address needs none. */
export function io(url, { key, ...options } = {}) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const ticket = async () => {
    const answer = await fetch(`${url}/api/realtime/tickets`, { method: "POST", headers });
    if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
    return answer.json();
  };
  return new Live({ ticket, ...options });
}

function keyOf({ room, sessionId }) {
  return sessionId === undefined ? `room ${room}` : `session ${sessionId}`;
}
