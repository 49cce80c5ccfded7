/** Server-sent events out of text that comes in pieces, as the HTML standard has them. Runs anywhere. */

/** One event. */
export interface ServerEvent {
  /** Its name; `message` when it has none. */
  readonly name: string;
  readonly data: string;
}

/** Reads events, and keeps the id of the last one. */
export class EventReader {
  #rest = "";
  #name = "";
  #data: string[] = [];
  #id = "";
  #lastId = "";

  /** Id of the last event that was whole; `""` for none. */
  get lastId(): string {
    return this.#lastId;
  }

  /** A new connection: what was begun on the old one never comes whole. */
  restart(): void {
    this.#rest = "";
    this.#forget();
  }

  /** Events that are whole with the next piece of text. */
  read(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const all = this.#rest + text;
    let from = 0;
    for (;;) {
      const end = all.indexOf("\n", from);
      if (end === -1) break;
      const line = all.slice(from, all[end - 1] === "\r" && end > from ? end - 1 : end);
      from = end + 1;
      const event = line === "" ? this.#finish() : this.#field(line);
      if (event !== null) events.push(event);
    }
    this.#rest = all.slice(from);
    return events;
  }

  #field(line: string): null {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#name = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id") this.#id = value;
    return null;
  }

  #finish(): ServerEvent | null {
    if (this.#id !== "") this.#lastId = this.#id;
    const event =
      this.#data.length === 0 ? null : { name: this.#name || "message", data: this.#data.join("\n") };
    this.#forget();
    return event;
  }

  #forget(): void {
    this.#name = "";
    this.#data = [];
    this.#id = "";
  }
}
