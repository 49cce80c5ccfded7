/**
 * `/response-headers?name=value` answers with these header lines, and tells all of its headers as JSON.
 *
 * Pure.
 */
import { Buffer } from "node:buffer";

import { fieldValue, json, RefusedRequest } from "./answers.ts";
import type { Answer, Pair, Route, TestRequest } from "./exchange.ts";
import { groupPairs } from "./payload.ts";

/** The route of `/response-headers`. */
export const responseHeaderRoutes: readonly Route[] = [
  { methods: ["GET", "POST"], pattern: "/response-headers", endpoint: responseHeaders },
];

/** Headers that would break the framing of the response, and with it the connection. */
const FRAMING = new Set(["connection", "content-length", "transfer-encoding", "upgrade"]);

function responseHeaders(request: TestRequest): Answer {
  const headers = request.query.map(([name, value]): Pair => [fieldName(name), fieldValue(value)]);
  let size = 0;
  // The body tells its own length, so the length is right once it does not change any more.
  for (;;) {
    const lines: readonly Pair[] = [
      ["Content-Type", "application/json"],
      ["Content-Length", String(size)],
    ];
    const answer = json(groupPairs([...lines, ...request.query]), { headers });
    const actual = Buffer.byteLength(typeof answer.body === "string" ? answer.body : "");
    if (actual === size) return answer;
    size = actual;
  }
}

function fieldName(name: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || FRAMING.has(name.toLowerCase())) {
    throw new RefusedRequest(
      400,
      "a parameter's name must be that of a header, and not one of those for framing",
    );
  }
  return name;
}
