/**
 * Reads what an inspector sends: server-sent events over `fetch`, since `EventSource` cannot send a header. Comes back when the
 * connection breaks, and is told everything again then.
 */
import type { HarCall, HarConnection, HarEntry, HarLog } from "../../record/har-types.ts";
import type { Dropped, Feed } from "./feed.ts";
import { EventReader, type ServerEvent } from "./event-reader.ts";

/** First and longest pause before it is tried again, in milliseconds. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** What is read until the connection ends. */
type Ending = "again" | "closed" | "refused";

/** Hands one event on. @returns false when it is the last one. */
function dispatch(event: ServerEvent, feed: Feed): boolean {
  switch (event.name) {
    case "log":
      feed.onLog(JSON.parse(event.data) as HarLog); // the inspector writes it
      return true;
    case "entry":
      feed.onEntry(JSON.parse(event.data) as HarEntry); // as above
      return true;
    case "call":
      feed.onCall(JSON.parse(event.data) as HarCall); // as above
      return true;
    case "connection":
      feed.onConnection(JSON.parse(event.data) as HarConnection); // as above
      return true;
    case "dropped":
      feed.onDropped(JSON.parse(event.data) as Dropped); // as above
      return true;
    default:
      return event.name !== "closed";
  }
}

/** Reads one connection to its end. @param onEvent is called with each event. */
async function readOnce(token: string, feed: Feed, onEvent: () => void): Promise<Ending> {
  const headers = { "X-Sojourn-Token": token, Accept: "text/event-stream" };
  const response = await fetch("events", { headers, cache: "no-store", credentials: "omit" });
  if (response.status === 401 || response.status === 403) return "refused";
  if (!response.ok || response.body === null) return "again";
  feed.onState("live");
  const decoder = new TextDecoder();
  const chunks = response.body.getReader();
  // A new one: what was begun on the last connection never comes whole.
  const reader = new EventReader();
  for (;;) {
    const { done, value } = await chunks.read();
    if (done) return "again";
    for (const event of reader.read(decoder.decode(value, { stream: true }))) {
      onEvent();
      if (dispatch(event, feed)) continue;
      // Nobody waits for that: the server may leave its side open.
      void chunks.cancel().catch(() => {});
      return "closed";
    }
  }
}

/** Feeds from `events` beside this page until the session is closed or the token is refused. */
export async function followLive(token: string, feed: Feed): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    feed.onState("connecting");
    const ending = await readOnce(token, feed, () => {
      pause = FIRST_PAUSE_MS;
    }).catch((): Ending => "again");
    if (ending !== "again") return feed.onState(ending);
    feed.onState("connecting");
    const waited = pause;
    await new Promise((resolve) => setTimeout(resolve, waited));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
