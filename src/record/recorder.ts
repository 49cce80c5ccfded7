/**
 * Recorder: keeps what happens in a session, so far back as it is asked to, and writes it down: as HAR, as a report, as commands of curl.
 * No secret is in what it writes.
 */
import { assertCount, mustBe, oneOf, optionsOf } from "../core/checks.ts";
import type { CallRecord, EventName, EventRecords, MessageRecord } from "../core/records.ts";
import { printAs } from "../core/redact.ts";
import { version } from "../core/version.ts";
import { Bounded, Latest } from "./bounded.ts";
import { entryOf, type BodyManner } from "./entry.ts";
import type { Har, HarCall, HarConnection, HarEntry, HarLog } from "./har-types.ts";
import { withoutSecrets } from "./hide.ts";
import { kept, NOTHING, nothingHappened, type Happenings, type KeptMessage } from "./kept.ts";
import { commandsOf } from "./commands.ts";
import { callOf, Connections, keptCall, type KeptCall } from "./lanes.ts";
import { hasBodies, learnBodies, learnHead } from "./secret-values.ts";
import { Secrets } from "./secrets.ts";

/** What `session.record()` takes. */
export interface RecordOptions {
  /** Most messages that are kept: of more, those that ended first are dropped, and counted. At least 1. Default: 1000. */
  readonly maxEntries?: number | undefined;
  /** Which bodies are kept: none, those of text, or all. Default: `"none"`. */
  readonly bodies?: "none" | "text" | "all" | undefined;
  /**
   * Most bytes of each body that are kept, as it comes and without its content codings; of a longer one the beginning is kept, and it is
   * told that it went on. Default: 65 536 (64 KiB).
   */
  readonly maxBodyBytes?: number | undefined;
}

/** What a recorder tells while it records. Secrets that are known by then are hidden. */
export type RecorderNews =
  /** A message is over, or more is known of one that was told: `data._sojourn.message` is its number. */
  | { readonly event: "entry"; readonly data: HarEntry }
  /** A call is over. */
  | { readonly event: "call"; readonly data: HarCall }
  /** A connection was opened, could not be opened, or has ended. */
  | { readonly event: "connection"; readonly data: HarConnection }
  /** Messages that are not kept any more: their numbers, and how many there were in all. */
  | {
      readonly event: "dropped";
      readonly data: { readonly total: number; readonly messages: readonly number[] };
    }
  /** Everything is as it says: the recorder was cleared. */
  | { readonly event: "log"; readonly data: HarLog };

/** Where what happens is told: `session.events`. */
export interface RecordSource {
  on<Name extends EventName>(name: Name, listener: (record: EventRecords[Name]) => void): Disposable;
  keepBodies(maxBytes: number): Disposable;
}

/** Writes a report of a log to a file. */
export type ReportWriter = (log: HarLog, file: string | URL) => Promise<void>;

/**
 * Keeps what happens in a session from the moment that `session.record()` made it until it is closed: `close()`, or on Node 24 `using`.
 * What was kept stays.
 *
 * Memory is bounded: messages by `maxEntries`, bodies by `maxBodyBytes` besides. With `bodies: "none"` a message takes about 2 KB.
 *
 * In what it writes no secret is left: credentials, cookies, user info, and what stands in URLs, header fields, forms and JSON under a name
 * that looks secret. Each of these values is hidden wherever it stands again, in any message, also escaped or in base64. A secret that no
 * message has under such a name is not known to be one.
 */
export class Recorder implements Disposable {
  readonly #maxEntries: number;
  readonly #manner: BodyManner;
  readonly #writeReport: ReportWriter;
  readonly #subscriptions: Disposable[] = [];
  readonly #listeners = new Set<(news: RecorderNews) => void>();
  /** In the order in which they ended. */
  readonly #messages: Bounded<KeptMessage>;
  /** What happened to messages that are not over, or not kept any more. */
  readonly #happenings: Bounded<Happenings>;
  /** Of so many messages, the newest, bodies may have secrets that are not known yet: whoever wants to see something asks for them. */
  #unlearnt = 0;
  readonly #calls: Latest<KeptCall>;
  readonly #connections: Connections;
  readonly #secrets = new Secrets();
  #dropped = 0;
  #isClosed = false;

  /** @internal `session.record()` makes one. */
  constructor(source: RecordSource, options: RecordOptions, writeReport: ReportWriter) {
    const given = optionsOf(options, "session.record()", ["maxEntries", "bodies", "maxBodyBytes"]);
    const { maxEntries = 1000, bodies = "none", maxBodyBytes = 65_536 } = given;
    assertCount(maxEntries, "maxEntries", 1);
    oneOf(bodies, "bodies", ["none", "text", "all"]);
    assertCount(maxBodyBytes, "maxBodyBytes");
    this.#maxEntries = maxEntries;
    this.#messages = new Bounded(maxEntries);
    this.#happenings = new Bounded(maxEntries);
    this.#calls = new Latest(maxEntries);
    this.#manner = {
      bodies,
      maxBodyBytes,
      hiddenBytes: (bytes, isCut) => this.#secrets.hiddenBytes(bytes, isCut),
    };
    this.#connections = new Connections(maxEntries);
    this.#writeReport = writeReport;
    this.#listenTo(source);
  }

  /** How many messages are kept. */
  get size(): number {
    return this.#messages.size;
  }

  /** How many messages are not kept any more, since there were more than `maxEntries`. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What was kept, as HAR 1.2: messages that are over, in the order in which they began. No secret is in it. */
  har(): Har {
    this.#learn();
    const entries = this.#inOrder().map((message) => this.#entry(message));
    const calls = this.#calls.values().map((call) => withoutSecrets(callOf(call), this.#secrets));
    const connections = this.#connections.all.map((connection) => withoutSecrets(connection, this.#secrets));
    return {
      log: {
        version: "1.2",
        creator: { name: "sojourn", version },
        pages: [],
        entries,
        _sojourn: { version: 1, calls, connections, dropped: this.#dropped },
      },
    };
  }

  /**
   * Writes what was kept as one HTML file, which opens in a browser without a network.
   *
   * @param file its path, or a URL with `file:`. One that is there is replaced.
   * @throws {TypeError} for another kind of path. What the file system says, when it cannot be written.
   */
  async report(file: string | URL): Promise<void> {
    if (typeof file !== "string" && !(file instanceof URL)) throw mustBe("file", "a path or a URL", file);
    await this.#writeReport(this.har().log, file);
  }

  /**
   * What was kept as commands of curl, one for each message, with a comment above it. Variables of the shell stand in the place of
   * secrets. A message whose body is not kept whole, or that curl cannot send, has the comment only, which says so.
   */
  toCurl(): string {
    this.#learn();
    return commandsOf(this.#inOrder(), this.#secrets);
  }

  /**
   * Tells of what ends from now on, with all that is known by then.
   *
   * @returns what ends that.
   * @throws {TypeError} for what is no function.
   */
  onEntry(listener: (news: RecorderNews) => void): Disposable {
    if (typeof listener !== "function") throw mustBe("what onEntry() calls", "a function", listener);
    // One function may be given twice.
    const told = (news: RecorderNews): void => listener(news);
    this.#listeners.add(told);
    return { [Symbol.dispose]: () => void this.#listeners.delete(told) };
  }

  /** Forgets what was kept, and how many messages were dropped. Connections that are open stay, and so does what is known of secrets. */
  clear(): void {
    this.#learn();
    this.#messages.clear();
    this.#happenings.clear();
    this.#calls.clear();
    this.#connections.clear();
    this.#dropped = 0;
    if (this.#listeners.size > 0) this.#tell({ event: "log", data: this.har().log });
  }

  /** Keeps nothing more. What was kept stays. Safe to call twice. */
  close(): void {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions.splice(0)) subscription[Symbol.dispose]();
    this.#listeners.clear();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Plain data for a log: how much is kept. */
  toJSON(): Record<string, unknown> {
    const { bodies, maxBodyBytes } = this.#manner;
    return {
      size: this.size,
      dropped: this.#dropped,
      maxEntries: this.#maxEntries,
      bodies,
      maxBodyBytes,
      isClosed: this.#isClosed,
    };
  }

  static {
    printAs(this, (self, options, inspect) => `Recorder ${inspect(self.toJSON(), options)}`);
  }

  #listenTo(source: RecordSource): void {
    const { bodies, maxBodyBytes } = this.#manner;
    if (bodies !== "none") this.#subscriptions.push(source.keepBodies(maxBodyBytes));
    this.#subscriptions.push(
      source.on("message", (record) => this.#onMessage(record)),
      source.on("call", (record) => this.#onCall(record)),
      source.on("connection", (record) => {
        const connection = this.#connections.take(record);
        if (this.#listeners.size > 0) this.#tellOfConnection(connection);
      }),
      source.on("cookie", (record) =>
        this.#onHappening(record.message, ({ cookies }) => cookies.push(record)),
      ),
      source.on("retry", ({ message, delayMs, attempts }) =>
        this.#onHappening(
          message,
          (happened) => (happened.retry = { delayMs: Math.max(0, delayMs), attempts }),
        ),
      ),
      source.on("redirect", ({ message, to, method }) =>
        this.#onHappening(message, (happened) => (happened.redirect = { to, method })),
      ),
      source.on("auth", ({ message }) =>
        this.#onHappening(message, (happened) => (happened.isChallengeAnswered = true)),
      ),
    );
  }

  #onMessage(record: MessageRecord): void {
    const happened = this.#happenings.take(record.id) ?? NOTHING;
    const { bodies, maxBodyBytes } = this.#manner;
    const message = kept(record, happened, bodies === "none" ? null : maxBodyBytes);
    learnHead(message, this.#secrets);
    message.isLearnt = !hasBodies(message);
    this.#unlearnt++;
    this.#connections.count(message);
    const isTold = this.#listeners.size > 0;
    const oldest = this.#messages.add(record.id, message);
    if (isTold) this.#tellOf(message);
    if (oldest !== null) this.#drop(oldest.id, oldest.thing);
  }

  /** Its secrets may stand in messages that are kept. */
  #drop(id: number, message: KeptMessage): void {
    this.#dropped++;
    this.#unlearnt = Math.min(this.#unlearnt, this.#messages.size);
    this.#learnOf(message);
    if (this.#listeners.size > 0)
      this.#tell({ event: "dropped", data: { total: this.#dropped, messages: [id] } });
  }

  #onCall(record: CallRecord): void {
    const call = keptCall(record);
    this.#calls.add(call);
    if (this.#listeners.size === 0) return;
    this.#learn();
    this.#tell({ event: "call", data: withoutSecrets(callOf(call), this.#secrets) });
  }

  #onHappening(id: number, note: (happened: Happenings) => void): void {
    const message = this.#messages.get(id);
    if (message !== undefined) {
      if (message.happened === NOTHING) message.happened = nothingHappened();
      note(message.happened);
      if (this.#listeners.size > 0) this.#tellOf(message);
      return;
    }
    const happened = this.#happenings.get(id) ?? nothingHappened();
    note(happened);
    // One whose message is dropped already would stay for ever, if there were no bound.
    this.#happenings.add(id, happened);
  }

  #inOrder(): KeptMessage[] {
    return this.#messages.values().sort((a, b) => a.startedAt - b.startedAt || a.id - b.id);
  }

  #entry(message: KeptMessage): HarEntry {
    const known = this.#connections.versionOf(message.connectionId);
    return withoutSecrets(entryOf(message, known, this.#manner), this.#secrets);
  }

  #learn(): void {
    for (const message of this.#messages.newest(this.#unlearnt)) this.#learnOf(message);
    this.#unlearnt = 0;
  }

  #learnOf(message: KeptMessage): void {
    if (message.isLearnt) return;
    message.isLearnt = true;
    learnBodies(message, this.#secrets);
  }

  #tellOf(message: KeptMessage): void {
    this.#learn();
    this.#tell({ event: "entry", data: this.#entry(message) });
  }

  #tellOfConnection(connection: HarConnection): void {
    this.#learn();
    this.#tell({ event: "connection", data: withoutSecrets(connection, this.#secrets) });
  }

  #tell(news: RecorderNews): void {
    for (const listener of this.#listeners) listener(news);
  }
}
