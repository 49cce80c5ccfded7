import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { InvalidBody, InvalidHeader, InvalidMethod, RequestException } from "../../src/core/errors.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { isToken } from "../../src/core/method.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import { outgoing, type Way } from "../../src/http1/outgoing.ts";
import { requestFor } from "../support/messages.ts";

const direct: Way = { proxyHeaders: null, isForwarded: false, proxyAuthorization: null };
const forwarded: Way = {
  proxyHeaders: null,
  isForwarded: true,

  proxyAuthorization: "Basic cHU6cHA=",
};

/** A request of exactly these fields. */
function withFields(
  fields: readonly string[],
  init: { method?: string; url?: string; body?: string } = {},
): PreparedRequest {
  const { method = "GET", url = "http://a.test/p?q=1#f", body } = init;
  return new PreparedRequest({
    method,
    url,
    headers: HeaderMap.fromWire(fields),
    payload: body === undefined ? null : { kind: "bytes", bytes: Buffer.from(body) },
  });
}

async function* chunks(): AsyncGenerator<string> {
  yield "abc";
}

describe("the head of a request", () => {
  it("has the fields as they stand, in their order and case", () => {
    const { head } = outgoing(withFields(["X-B", "1", "accept", "*/*", "X-b", "2", "X-Empty", ""]), direct);
    expect(head).toBe(
      "GET /p?q=1 HTTP/1.1\r\nHost: a.test\r\nX-B: 1\r\naccept: */*\r\nX-b: 2\r\nX-Empty: \r\n\r\n",
    );
  });

  it.for([
    // URL                                  Host
    ["http://a.test/", "a.test"],
    ["http://a.test:8080/", "a.test:8080"],
    ["http://a.test:80/", "a.test:80"],
    ["http://[::1]:81/", "[::1]:81"],
    ["http://user:pass@a.test/", "a.test"],
    ["http://b\xfccher.test/", "xn--bcher-kva.test"],
  ] as const)("names the host of %s", ([url, host]) => {
    expect(outgoing(requestFor(url), direct).head).toContain(`\r\nHost: ${host}\r\n`);
  });

  it("takes the caller's Host, at its place, and only one", () => {
    expect(outgoing(withFields(["X-A", "1", "host", "b.test"]), direct).head).toBe(
      "GET /p?q=1 HTTP/1.1\r\nX-A: 1\r\nhost: b.test\r\n\r\n",
    );
    expect(() => outgoing(withFields(["Host", "a.test", "host", "b.test"]), direct)).toThrow(InvalidHeader);
  });

  it("passes on what undici refuses", () => {
    const { head } = outgoing(
      withFields(["Expect", "100-continue", "Keep-Alive", "timeout=5", "TE", "trailers", "Connection", "TE"]),
      direct,
    );
    for (const line of ["Expect: 100-continue", "Keep-Alive: timeout=5", "TE: trailers", "Connection: TE"])
      expect(head).toContain(`${line}\r\n`);
  });

  it.for([
    ["close", true],
    ["Close", true],
    ["TE, close", true],
    ["keep-alive", false],
    ["closed", false],
    ["TE", false],
  ] as const)("knows whether Connection: %s is the last word: %s", ([value, isLast]) => {
    expect(outgoing(withFields(["Connection", value]), direct).isLast).toBe(isLast);
  });

  it("has the whole URL for a proxy, without user info and fragment, and the proxy's credentials", () => {
    const { head, target } = outgoing(withFields([], { url: "http://u:p@a.test:81/x?y#z" }), forwarded);
    expect(target).toBe("http://a.test:81/x?y");
    expect(head).toBe(
      "GET http://a.test:81/x?y HTTP/1.1\r\nHost: a.test:81\r\nProxy-Authorization: Basic cHU6cHA=\r\n\r\n",
    );
  });

  it("prefers the caller's Proxy-Authorization, and keeps it from servers", () => {
    const request = withFields(["proxy-authorization", "Basic bWluZQ=="]);
    expect(outgoing(request, forwarded).head).toContain("proxy-authorization: Basic bWluZQ==\r\n");
    expect(outgoing(request, forwarded).head).not.toContain("cHU6cHA=");
    expect(outgoing(request, direct).head).not.toContain("proxy-authorization");
  });
});

describe("framing", () => {
  it.for([
    // method  fields                                                    body       framing     lines
    ["GET", [], undefined, "none", []],
    ["POST", ["Content-Length", "0"], undefined, 0, ["Content-Length: 0"]],
    ["DELETE", ["Content-Length", "0"], undefined, 0, ["Content-Length: 0"]],
    ["POST", ["Content-Length", "3"], "abc", 3, ["Content-Length: 3"]],
    ["POST", [], "abc", 3, ["Content-Length: 3"]],
    ["POST", ["content-length", "003"], "abc", 3, ["Content-Length: 3"]],
    ["POST", ["Content-Length", "0"], "", 0, ["Content-Length: 0"]],
    // Never two ways (RFC 9112 §6.3).
    ["POST", ["Transfer-Encoding", "chunked"], "abc", 3, ["Content-Length: 3"]],
    ["POST", ["Transfer-Encoding", "chunked", "Content-Length", "3"], "abc", 3, ["Content-Length: 3"]],
    ["GET", ["Transfer-Encoding", "chunked"], undefined, "none", []],
  ] as const)("%s with %j and body %j is framed as %s", ([method, fields, body, framing, lines]) => {
    const message = outgoing(withFields(fields, { method, ...(body === undefined ? {} : { body }) }), direct);
    expect(message.framing).toBe(framing);
    expect(message.head.match(/^(?:content-length|transfer-encoding):.*$/gim) ?? []).toEqual(
      lines.map(String),
    );
  });

  it("is by chunks for a stream of unknown length, and by the caller's length if there is one", () => {
    expect(outgoing(requestFor("http://a.test/", { method: "POST", body: chunks() }), direct)).toMatchObject({
      framing: "chunked",
    });
    const both = requestFor("http://a.test/", {
      method: "POST",
      body: chunks(),
      headers: { "Content-Length": 3, "Transfer-Encoding": "chunked" },
    });
    const message = outgoing(both, direct);
    expect(message.framing).toBe(3);
    expect(message.head).not.toMatch(/transfer-encoding/i);
  });

  it.for([
    ["a length that the body does not have", ["Content-Length", "4"], "abc", InvalidBody],
    ["a length without a body", ["Content-Length", "4"], undefined, InvalidBody],
    ["a length that is no number", ["Content-Length", "3 "], "abc", InvalidHeader],
    ["a negative length", ["Content-Length", "-3"], "abc", InvalidHeader],
    ["two lengths", ["Content-Length", "3", "Content-Length", "4"], "abc", InvalidHeader],
  ] as const)("refuses %s", ([, fields, body, expected]) => {
    const request = withFields(fields, { method: "POST", ...(body === undefined ? {} : { body }) });
    expect(() => outgoing(request, direct)).toThrow(expected);
  });
});

describe("what must not go on the wire", () => {
  it.for(["GET /x HTTP/1.1\r\nX: y\r\n\r\nGET", "GE T", "", "G\u00c9T", "GET\n"])(
    "is no method: %j",
    (method) => {
      const request = withFields([]);
      request.method = method;
      expect(() => outgoing(request, direct)).toThrow(InvalidMethod);
    },
  );

  it.for([
    ["X-A", "1\r\nX-B: 2"],
    ["X-A", "1\nX-B: 2"],
    ["X-A", "a\0b"],
    ["X-A", "\u{1f600}"],
    ["X-A\r\nX-B", "1"],
    ["X A", "1"],
    ["", "1"],
    ["X-A:", "1"],
  ] as const)("is no field: %j: %j", ([name, value]) => {
    expect(() => outgoing(withFields([name, value]), direct)).toThrow(InvalidHeader);
  });

  it("never gets there, whatever the parts: there is one line for each field, and none that was not asked for", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("Host", "Connection", "Content-Length", "Transfer-Encoding"),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.constant("GET"), text),
        fc.array(text, { maxLength: 8 }),
        text,
        (method, fields, path) => {
          let head: string;
          try {
            const request = withFields(fields.length % 2 === 0 ? fields : fields.slice(1));
            request.method = method;
            request.url = `http://a.test/${path}`;
            ({ head } = outgoing(request, direct));
          } catch (error) {
            expect(error).toBeInstanceOf(RequestException);
            return;
          }
          const [line = "", ...rest] = head.slice(0, -4).split("\r\n");
          expect(line.split(" ")).toHaveLength(3);
          expect(head.endsWith("\r\n\r\n")).toBe(true);
          expect(rest.length).toBeLessThanOrEqual(fields.length / 2 + 2);
          for (const field of rest) expect(isToken(field.slice(0, field.indexOf(":")))).toBe(true);
          // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
          expect(head.replaceAll("\r\n", "")).not.toMatch(/[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/);
        },
      ),
    );
  });
});
