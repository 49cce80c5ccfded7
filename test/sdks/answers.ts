/** What the APIs of the SDKs answer with. */
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Seen } from "./far-side.ts";

/** Answers with JSON. */
export function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(value);
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(text)),
    ...headers,
  });
  response.end(text);
}

/** The `text` of a JSON body; of anything else nothing. */
export function textOf({ body }: Seen): string {
  try {
    return (JSON.parse(body.toString()) as { text: string }).text; // an SDK wrote it, as it was told
  } catch {
    return "";
  }
}

/** Answers with events, a turn between each and the next. An answer that is given up ends. */
export async function events(
  response: ServerResponse,
  all: Iterable<{ readonly event?: string; readonly data: unknown }>,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const { event, data } of all) {
    if (response.destroyed) return;
    const text = typeof data === "string" ? data : JSON.stringify(data);
    response.write(`${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`);
    await pause(2);
  }
  response.end();
}
