/** Made-up logs that are hard to show: one with thousands of messages, and one in which servers write markup wherever they can. */
import type { HarEntry, HarLog } from "../../src/record/har-types.ts";
import { connectionOf, entryOf, logOf } from "./entries.ts";
import { fresh } from "./logs.ts";

/** Thousands of messages over a few dozen connections. */
export function longLog(count: number): HarLog {
  const entries: HarEntry[] = [];
  for (let id = 1; id <= count; id++) {
    const lane = id % 24;
    const wait = 20 + ((id * 7919) % 180);
    const isFailed = id % 97 === 0;
    entries.push(
      entryOf({
        id,
        at: Math.floor(id / 24) * 260 + lane * 9,
        method: id % 11 === 0 ? "POST" : "GET",
        url: `https://api${lane % 3}.shop.example/v2/items/${id}?expand=lines`,
        status: isFailed ? 0 : id % 53 === 0 ? 503 : 200,
        connection: 1 + lane,
        bytes: (id * 104_729) % 90_000,
        timings: {
          ...(id <= 24 ? fresh : { queue: (id * 31) % 12, send: 0.3 }),
          wait,
          receive: isFailed ? null : 2 + ((id * 13) % 40),
        },
        ...(isFailed
          ? {
              facts: {
                outcome: "failed" as const,
                error: { name: "ReadTimeout", message: `nothing came within ${wait} ms`, phase: "response" },
              },
            }
          : {}),
      }),
    );
  }
  return logOf(
    entries,
    Array.from({ length: 24 }, (_, at) =>
      connectionOf({
        id: 1 + at,
        at: at * 9,
        origin: `https://api${at % 3}.shop.example`,
        messages: Math.floor(count / 24),
      }),
    ),
  );
}

/** Markup that would show itself, were it read as such. */
const MARKUP = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1"><!--\u202e\u2066`;

/** Servers, and a program, write markup wherever they can. */
export function hostileLog(): HarLog {
  const url = `https://shop.example/${MARKUP}?q=${MARKUP}#x`;
  const long = `https://shop.example/${"x".repeat(20_000)}?${"y=1&".repeat(2000)}`;
  const entry = entryOf({
    id: 1,
    url,
    method: MARKUP,
    connection: 1,
    timings: fresh,
    request: {
      headers: [{ name: MARKUP, value: MARKUP }],
      cookies: [{ name: MARKUP, value: MARKUP }],
      queryString: [{ name: MARKUP, value: MARKUP }],
      postData: { mimeType: MARKUP, text: MARKUP },
    },
    response: {
      statusText: MARKUP,
      headers: [
        { name: "set-cookie", value: MARKUP },
        { name: MARKUP, value: MARKUP },
      ],
      content: { size: 10, mimeType: "text/html", text: MARKUP },
      redirectURL: MARKUP,
    },
    facts: {
      cookies: [
        { name: MARKUP, kind: "refused", reason: "empty" },
        { name: MARKUP, kind: "stored", domain: MARKUP, path: MARKUP, expires: null },
      ],
      redirect: { to: MARKUP, method: MARKUP },
      proxy: MARKUP,
      tls: { protocol: MARKUP, cipher: MARKUP },
    },
  });
  const failed = entryOf({
    id: 2,
    at: 50,
    url: long,
    status: 0,
    facts: { outcome: "failed", error: { name: MARKUP, message: MARKUP, phase: MARKUP } },
    response: { _error: MARKUP },
  });
  const bare = entryOf({ id: 3, at: 60, url: "no url at all", status: 0, facts: { outcome: "aborted" } });
  return logOf(
    [entry, failed, bare],
    [connectionOf({ id: 1, origin: MARKUP, remote: MARKUP, tls: MARKUP, error: MARKUP, proxy: MARKUP })],
  );
}
