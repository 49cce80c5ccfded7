/** Where sojourn treats header fields and methods otherwise than Python requests, on purpose. */
import { describe, expect, it } from "vitest";

import { HTTPError, InvalidHeader, InvalidMethod } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer } from "../support/wire-server.ts";

describe("a header of a request", () => {
  it("may have a number as value", async () => {
    const { heard } = await play([], (session, url) => session.get(url, { headers: { "X-Num": 5 } }));
    expect(heard[0]?.header("x-num")).toBe("5");
  });

  it("must have a token as name: a blank inside is refused", async () => {
    const { heard, result } = await play([], (session, url) =>
      failureOf(session.get(url, { headers: { "X Bad": "1" } })),
    );
    expect(result).toBeInstanceOf(InvalidHeader);
    expect(heard).toEqual([]);
  });

  it.for(["User-Agent", "Accept-Encoding"])("that was removed is not sent: %s", async (name) => {
    const { heard } = await play([], (session, url) => session.get(url, { headers: { [name]: null } }));
    expect(heard[0]?.header(name)).toBeNull();
  });
});

describe("a header of a response", () => {
  // RFC 9112 §5.2.
  it("may go on in another line, which is put behind it", async () => {
    const folded = "HTTP/1.1 200 OK\r\nX-Fold: one\r\n  two\r\nContent-Length: 2\r\n\r\nok";
    const { result } = await play([folded], (session, url) => session.get(url));
    expect(result.headers.get("x-fold")).toBe("one two");
  });

  // RFC 9110 §5.5.
  it("has no blanks around its value", async () => {
    const { result } = await play([answer({ headers: [["X-Blank", "  a b  "]] })], (session, url) =>
      session.get(url),
    );
    expect(result.headers.get("x-blank")).toBe("a b");
  });
});

describe("a method", () => {
  it("must be a token: an empty one is refused", async () => {
    const { heard, result } = await play([], (session, url) => failureOf(session.request("", url)));
    expect(result).toBeInstanceOf(InvalidMethod);
    expect(heard).toEqual([]);
  });
});

describe("the message of raiseForStatus()", () => {
  it("does not tell the password of the URL", async () => {
    const { result } = await play([answer({ status: 403, reason: "Forbidden" })], async (session, url) => {
      const response = await session.get(`${url.replace("//", "//user:secret@")}/x`);
      return failureOf((async () => response.raiseForStatus())());
    });
    expect(result).toBeInstanceOf(HTTPError);
    expect(String(result)).toMatch(/403 Client Error: Forbidden for url: http:\/\/127\.0\.0\.1:\d+\/x$/);
  });
});
