/**
 * What the environment variable `NODE_DEBUG` asks for: each message of every session, on standard error.
 */
import type { DebugOutput } from "../core/environment.ts";
import type { MessageRecord } from "../core/records.ts";
import { textOf } from "./text.ts";
import type { Telling } from "./log-to.ts";

/** Writes the messages of a session there, for as long as there is the session. */
export function debugTo(session: Telling, { format, prefix, write }: DebugOutput): void {
  session.events.on("message", (record: MessageRecord) => {
    const lines = textOf(record, format).split("\n");
    write(lines.map((line) => `${prefix}${line}\n`).join(""));
  });
}
