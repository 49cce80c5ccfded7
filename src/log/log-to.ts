/**
 * logTo(): what a session sent, to a logger of the program's.
 */
import { mustBe, oneOf, optionsOf } from "../core/checks.ts";
import { isObject } from "../core/realm.ts";
import type { MessageRecord, TellingSession } from "../core/records.ts";
import { fieldsOf } from "./fields.ts";
import { lineOf, textOf, type LogFormat } from "./text.ts";

export type { LogFormat } from "./text.ts";

/** How {@link logTo} writes. */
export interface LogOptions {
  /**
   * `"line"`: one line a message. `"full"`: the fields of both heads, the times of its parts and the connection as well. Never bodies.
   * Default: `"line"`.
   */
  readonly format?: LogFormat | undefined;
  /** The level of messages that went well. Statuses of 400 and more are `warn`, failures `error`. Default: `"info"`. */
  readonly level?: "debug" | "info" | undefined;
  /**
   * `"text"`: the logger gets one text, as those of `console` do. `"fields"`: an object and a line, as those of pino and bunyan do.
   * Default: `"fields"` for a logger that has `child()`, else `"text"`.
   */
  readonly style?: "text" | "fields" | undefined;
}

/** A logger with levels: `console`, pino and those like them. */
export interface LeveledLogger {
  /** Gets messages that went well, with `level: "debug"`. */
  debug(what: unknown, text?: string): void;
  /** Gets messages that went well, mostly. */
  info(what: unknown, text?: string): void;
  /** Gets messages with a status of 400 and more. */
  warn(what: unknown, text?: string): void;
  /** Gets messages that failed. */
  error(what: unknown, text?: string): void;
}

/** What {@link logTo} writes to: a logger with levels, or a function that gets each text. */
export type Logger = LeveledLogger | ((text: string) => void);

/** What {@link logTo} began. */
export interface Logging {
  /** Nothing is written any more. Safe to call twice. */
  off(): void;
  /** The same as `off()`, for `using`. */
  [Symbol.dispose](): void;
}

const LEVELS = ["debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

/**
 * Writes each message of a session to a logger when it is over: method, URL, status, bytes, time, protocol, connection, and why it was sent
 * again.
 *
 * Credentials, cookies and what else looks secret are hidden, as `dump()` hides them; characters that do something to a terminal are
 * written as `\x1b`.
 *
 * @throws {TypeError} for what is no session or no logger, for an unknown option or a wrong value.
 *
 * @example
 * const logging = logTo(session, console);
 * await session.get("https://example.com/get");
 * // GET https://example.com/get 200 OK, 312 bytes, 41.3 ms, HTTP/1.1, new connection 1
 */
export function logTo(session: TellingSession, logger: Logger, options: LogOptions = {}): Logging {
  if (!isObject(session) || !isObject(session.events))
    throw mustBe("what logTo() logs", "a Session", session);
  const given = optionsOf(options, "logTo()", ["format", "level", "style"]);
  const { format = "line", level = "info", style } = given;
  const write = writerOf(logger, oneOf(format, "format", ["line", "full"]), style);
  const usual = oneOf(level, "level", ["debug", "info"]);
  const onMessage = (record: MessageRecord): void => write(levelOf(record, usual), record);
  session.events.on("message", onMessage);
  const off = (): void => void session.events.off("message", onMessage);
  return { off, [Symbol.dispose]: off };
}

type Write = (level: Level, record: MessageRecord) => void;

function writerOf(logger: Logger, format: LogFormat, style: LogOptions["style"]): Write {
  if (typeof logger === "function") {
    if (style === "fields") throw new TypeError('style "fields" needs a logger with levels, not a function');
    return (_level, record) => logger(textOf(record, format));
  }
  if (!isObject(logger) || !LEVELS.every((level) => typeof logger[level] === "function"))
    throw mustBe("the logger", "a function, or an object with debug, info, warn and error", logger);
  const usual = "child" in logger && typeof logger.child === "function" ? "fields" : "text";
  if (oneOf(style ?? usual, "style", ["text", "fields"]) === "text")
    return (level, record) => logger[level](textOf(record, format));
  return (level, record) => logger[level](fieldsOf(record, format), lineOf(record));
}

function levelOf({ outcome, status }: MessageRecord, usual: Level): Level {
  if (outcome === "failed") return "error";
  return status !== null && status >= 400 ? "warn" : usual;
}
