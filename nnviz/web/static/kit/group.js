// The group of runs that a room shows: which it is, whose, how each of its runs is, and what is done to it.

import { ALIVE } from "../schema.js";
import { Live } from "./wire.js";

/**
 * @typedef {{id: string, mine: boolean, held: boolean, grows: boolean, runs: string[], statuses: string[]}} Group
 *   grows: whether more runs will come, as a search finds them
 * @typedef {object} Heard what a room does when something is heard
 * @property {() => void} fresh another group is watched, or none: what is shown of the one before is out of date
 * @property {(id: string) => void} begun a group that this page has submitted
 * @property {(before: Group | null) => void} changed its runs or one of their states
 * @property {(text: string, kind: "error" | "warning" | "done") => void} say
 * @property {(message: string) => void} lost the server does not know the group (any more)
 * @property {(back: boolean) => void} online the connection has come or gone; back: it had been lost
 * @property {() => void} ask something may have to be drawn
 */

export class GroupClient {
  /** @param {Heard} on */
  constructor(on) {
    this.on = on;
    /** @type {string | null} the group that is watched */
    this.watched = null;
    /** @type {Group | null} what the server has said of it */
    this.group = null;
    this.pending = false; // submitted, and not answered yet
    this.online = true;
    this.live = new Live({ event: (m) => this.event(m), frame: () => {}, online: (is) => this.connected(is) });
  }

  /** Whether runs wait or train, or will come. */
  get busy() {
    return Boolean(this.group && (this.group.grows || this.group.statuses.some((status) => ALIVE.includes(status))));
  }

  /** @param {string | null} id */
  watch(id) {
    if (id === this.watched) return;
    this.turn(id);
    this.live.send({ do: "watch_group", group: id });
  }

  /** @param {string | null} id */
  turn(id) {
    this.watched = id;
    this.group = null;
    this.on.fresh();
  }

  /** Something that begins a group; the answer makes it the one that is watched. @param {object} message */
  submit(message) { this.live.send(message); }

  /** To all of its runs. @param {string} command */
  command(command) {
    if (this.group) this.live.send({ do: "group", group: this.group.id, command });
  }

  /** @param {boolean} on */
  connected(on) {
    const back = on && !this.online;
    this.online = on;
    if (!on) this.pending = false;
    if (back && this.watched) this.live.send({ do: "watch_group", group: this.watched });
    this.on.online(back);
    this.on.ask();
  }

  /** @param {ServerMessage} m */
  event(m) {
    const { group: before, on } = this;
    if (m.event === "submitted_group") {
      this.pending = false;
      this.turn(m.group);
      on.begun(m.group);
    } else if (m.event === "group" && m.group === this.watched) {
      const { group: id, mine, held, grows, runs, statuses } = m;
      this.group = { id, mine, held, grows, runs, statuses };
      on.changed(before);
    } else if (m.event === "group_rows" && this.group && m.group === this.watched) {
      for (const [member, status] of Object.entries(m.statuses)) this.group.statuses[Number(member)] = String(status);
      on.changed(before);
    } else if (m.event === "error") {
      const text = m.message.replace(/^(sweep\.over|recipe|group): /, "");
      if (m.field === "group" && this.watched && !this.group) on.lost(text);
      else {
        this.pending = false;
        on.say(text, "error");
      }
    } else if (m.event === "notice") on.say(m.message, m.over ? "done" : "warning");
    on.ask();
  }

  close() { this.live.close(); }
}
