/**
 * What the environment variable `NODE_DEBUG` asks for: each message of every session, on standard error.
 */
import type { DebugOutput } from "../core/environment.ts";
import type { MessageRecord, TellingSession } from "../core/records.ts";
import { textOf } from "./text.ts";

/** Writes the messages of a session there, for as long as there is the session. */
export function debugTo(session: TellingSession, { format, prefix, write }: DebugOutput): void {
  session.events.on("message", (record: MessageRecord) => {
    const lines = textOf(record, format).split("\n");
    write(lines.map((line) => `${prefix}${line}\n`).join(""));
  });
}
