/** Server-sent events out of text that comes in pieces, as the HTML standard has them. Runs anywhere. */

/** One event. */
export interface ServerEvent {
  /** Its name; `message` when it has none. */
  readonly name: string;
  readonly data: string;
}

/** Reads events. Their ids are of no use to the page. */
export class EventReader {
  #rest = "";
  #name = "";
  #data: string[] = [];

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
    return null;
  }

  #finish(): ServerEvent | null {
    const event =
      this.#data.length === 0 ? null : { name: this.#name || "message", data: this.#data.join("\n") };
    this.#name = "";
    this.#data = [];
    return event;
  }
}
