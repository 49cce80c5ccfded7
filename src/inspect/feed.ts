/**
 * Feed: tells readers what is recorded, as it is recorded, in server-sent events. Each begins with all that is kept by then; a reader that does
 * not keep up is told nothing more until it does, and then begins anew. So what is held for a reader has an end, and nobody has to know what
 * it has missed.
 *
 * A recorder learns secrets as it goes on, and hides them from then on in what it kept before, too. That is another reason not to keep
 * what was said once.
 */
import type { Har } from "../record/har-types.ts";
import type { Recorder, RecorderNews } from "../record/recorder.ts";

/** What is watched: a recorder, which tells as `report/page/main.ts` wants to hear it. */
export type Watched = Pick<Recorder, "har" | "onEntry" | "close">;

/** What readers hear. The end is told by whoever ends it. */
type Told = RecorderNews | { readonly event: "closed"; readonly data: Readonly<Record<string, never>> };

/** Where a reader is written to. */
export interface Sink {
  /** Can it take more? `false`: not before `Reader.onDrain()`. */
  write(text: string): boolean;
  /** Nothing more is going to be written. */
  end(): void;
  /** Whoever reads does not any more. */
  destroy(): void;
}

/** How much is held for a reader, and how often it may begin anew. */
export interface FeedLimits {
  /** Events that wait for a reader. */
  readonly maxWaiting: number;
  /** Characters of them. */
  readonly maxWaitingLength: number;
  /** Between two beginnings of a reader: each is work for the program. In milliseconds. */
  readonly restartMs: number;
  /** Between two signs of life. Who has not taken up what was written before the last one is given up. In milliseconds. */
  readonly heartbeatMs: number;
}

/** Reads along. */
export interface Reader {
  /** The sink takes more. */
  onDrain(): void;
  /** The sink is gone. */
  leave(): void;
}

/** Tells all readers. It listens only while there is one. */
export class Feed {
  readonly #watched: Watched;
  readonly #limits: FeedLimits;
  readonly #readers = new Set<OneReader>();
  #listening: Disposable | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #isFlushing = false;

  constructor(watched: Watched, limits: FeedLimits) {
    this.#watched = watched;
    this.#limits = limits;
  }

  /** How many read along. */
  get size(): number {
    return this.#readers.size;
  }

  /** Begins to tell somebody. */
  join(sink: Sink): Reader {
    const reader = new OneReader(sink, this.#watched, this.#limits, () => this.#leave(reader));
    this.#readers.add(reader);
    this.#listening ??= this.#watched.onEntry((told) => this.#tell(told));
    // Whoever reads along keeps no program from ending.
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#limits.heartbeatMs).unref();
    reader.pump();
    return reader;
  }

  /** Tells everybody what waits, as far as they take it, and that this is the end. */
  end(): void {
    for (const reader of this.#readers) reader.end();
  }

  #tell(told: RecorderNews): void {
    const text = textOf(told);
    for (const reader of this.#readers) reader.push(text);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // Once for all that happens in this turn; and before the program can end, which a timer of ours would not keep it from.
    setImmediate(() => {
      this.#isFlushing = false;
      for (const reader of this.#readers) reader.pump();
    });
  }

  #beat(): void {
    for (const reader of this.#readers) reader.beat();
  }

  #leave(reader: OneReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#listening?.[Symbol.dispose]();
    this.#listening = null;
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
  }
}

class OneReader implements Reader {
  readonly #sink: Sink;
  readonly #watched: Watched;
  readonly #limits: FeedLimits;
  readonly #onLeave: () => void;
  /** The rest of what was kept when it began. */
  #beginning: Iterator<string> | null = null;
  #waiting: string[] = [];
  #waitingLength = 0;
  /** It has to begin, or to begin anew, and nothing waits for it. */
  #isBehind = true;
  /** It may begin anew when this is over. */
  #pause: NodeJS.Timeout | null = null;
  #isReady = true;
  /** Signs of life that it did not take up in a row. */
  #missed = 0;
  #hasLeft = false;

  constructor(sink: Sink, watched: Watched, limits: FeedLimits, onLeave: () => void) {
    this.#sink = sink;
    this.#watched = watched;
    this.#limits = limits;
    this.#onLeave = onLeave;
  }

  push(text: string): void {
    if (this.#isBehind) return;
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    const { maxWaiting, maxWaitingLength } = this.#limits;
    if (this.#waiting.length <= maxWaiting && this.#waitingLength <= maxWaitingLength) return;
    this.#drop();
    this.#isBehind = true;
  }

  /** Writes as much as the sink takes. */
  pump(): void {
    while (this.#isReady && !this.#hasLeft) {
      const text = this.#next();
      if (text === null) return;
      this.#isReady = this.#sink.write(text);
    }
  }

  onDrain(): void {
    this.#isReady = true;
    this.#missed = 0;
    this.pump();
  }

  beat(): void {
    if (this.#isReady) this.#isReady = this.#sink.write(": still here\n\n");
    else if (++this.#missed > 1) {
      this.leave();
      this.#sink.destroy();
    }
  }

  end(): void {
    this.pump();
    this.#sink.write(textOf({ event: "closed", data: {} }));
    this.#sink.end();
    this.leave();
  }

  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#drop();
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#onLeave();
  }

  #next(): string | null {
    if (this.#isBehind) {
      if (this.#pause !== null) return null;
      this.#begin();
    }
    const begun = this.#beginning?.next();
    if (begun?.done === false) return begun.value;
    this.#beginning = null;
    const text = this.#waiting.shift();
    if (text === undefined) return null;
    this.#waitingLength -= text.length;
    return text;
  }

  #begin(): void {
    this.#isBehind = false;
    this.#beginning = beginningOf(this.#watched.har());
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.pump();
    }, this.#limits.restartMs).unref();
  }

  #drop(): void {
    this.#beginning = null;
    this.#waiting = [];
    this.#waitingLength = 0;
  }
}

/** All that is kept, a piece at a time: as text it may be large, and whoever reads slowly need not have it in memory here. */
function* beginningOf({ log }: Har): Generator<string, void, undefined> {
  const { entries, ...rest } = log;
  yield textOf({ event: "log", data: { ...rest, entries: [] } });
  for (const entry of entries) yield textOf({ event: "entry", data: entry });
}

/** JSON has no line breaks in it: what a server wrote begins no event. */
function textOf({ event, data }: Told): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
