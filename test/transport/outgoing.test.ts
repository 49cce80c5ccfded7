import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { InvalidBody, InvalidHeader, InvalidMethod, RequestException } from "../../src/core/errors.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { isToken } from "../../src/core/method.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import type { HeaderSection } from "../../src/core/request-head.ts";
import { outgoing, SectionMemo, type Outgoing, type Way } from "../../src/transport/outgoing.ts";
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

/** The fields that go out: name, value, name, value ... */
function fieldsOf(request: PreparedRequest, way: Way = direct): readonly string[] {
  return outgoing(request, way).section.fields;
}

async function* chunks(): AsyncGenerator<string> {
  yield "abc";
}

describe("the fields of a request", () => {
  it("go out as they stand, in their order and case, behind Host", () => {
    const fields = ["X-B", "1", "accept", "*/*", "X-b", "2", "X-Empty", ""];
    expect(fieldsOf(withFields(fields))).toEqual(["Host", "a.test", ...fields]);
  });

  it.for([
    // URL                                  Host
    ["http://a.test/", "a.test"],
    ["http://a.test:8080/", "a.test:8080"],
    ["http://a.test:80/", "a.test:80"],
    ["http://[::1]:81/", "[::1]:81"],
    ["http://user:pass@a.test/", "a.test"],
    ["http://b\xfccher.test/", "xn--bcher-kva.test"],
  ] as const)("name the host of %s", ([url, host]) => {
    const { section } = outgoing(requestFor(url), direct);
    expect(section.fields.slice(0, 2)).toEqual(["Host", host]);
    expect(section.authority).toBe(host);
  });

  it("have the caller's Host, at its place, and only one", () => {
    const { section } = outgoing(withFields(["X-A", "1", "host", "b.test"]), direct);
    expect(section).toMatchObject({ fields: ["X-A", "1", "host", "b.test"], authority: "b.test" });
    expect(() => fieldsOf(withFields(["Host", "a.test", "host", "b.test"]))).toThrow(InvalidHeader);
  });

  it("may be about the connection", () => {
    const fields = [
      "Expect",
      "100-continue",
      "Keep-Alive",
      "timeout=5",
      "TE",
      "trailers",
      "Connection",
      "TE",
    ];
    expect(fieldsOf(withFields(fields))).toEqual(["Host", "a.test", ...fields]);
  });

  it.for([
    ["close", true],
    ["Close", true],
    ["TE, close", true],
    ["keep-alive", false],
    ["closed", false],
    ["TE", false],
  ] as const)("tell whether Connection: %s is the last word: %s", ([value, isLast]) => {
    expect(outgoing(withFields(["Connection", value]), direct).section.isLast).toBe(isLast);
  });

  it("are for a proxy with its credentials, and the target is the whole URL, without user info and fragment", () => {
    const { section, target } = outgoing(withFields([], { url: "http://u:p@a.test:81/x?y#z" }), forwarded);
    expect(target).toBe("http://a.test:81/x?y");
    expect(section.fields).toEqual(["Host", "a.test:81", "Proxy-Authorization", "Basic cHU6cHA="]);
  });

  it("have the caller's Proxy-Authorization before that of the URL, and for servers none", () => {
    const fields = ["proxy-authorization", "Basic bWluZQ=="];
    expect(fieldsOf(withFields(fields), forwarded)).toEqual(["Host", "a.test", ...fields]);
    expect(fieldsOf(withFields(fields), direct)).toEqual(["Host", "a.test"]);
  });
});

describe("the section of a request", () => {
  const memo = new SectionMemo();
  const section = (request: PreparedRequest): HeaderSection => outgoing(request, direct, memo).section;

  it("is the same object for requests that say the same, and another for others", () => {
    const request = withFields(["X-A", "1"]);
    const first = section(request);
    expect(section(request)).toBe(first);
    request.url = "http://a.test/other";
    expect(section(request)).toBe(first);
    request.url = "http://b.test/";
    expect(section(request)).toMatchObject({ fields: ["Host", "b.test", "X-A", "1"], authority: "b.test" });
    expect(first).toMatchObject({ fields: ["Host", "a.test", "X-A", "1"], authority: "a.test" });
  });

  it("is what it would be without those before it, and refuses what it would refuse", () => {
    const names = fc.constantFrom("Host", "X-A", "X-B", "Connection", "Content-Length", "Content-Type");
    const field = fc.tuple(names, fc.constantFrom("0", "a", "close", "a\nb"));
    const made = (request: PreparedRequest, ...with_: [SectionMemo?]): unknown => {
      try {
        return outgoing(request, direct, ...with_).section;
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(fc.array(fc.array(field, { maxLength: 4 }), { maxLength: 12 }), (requests) => {
        const shared = new SectionMemo();
        for (const fields of requests) {
          const request = withFields(fields.flat());
          expect(made(request, shared)).toEqual(made(request));
        }
      }),
    );
  });
});

const FRAMING = /^(?:content-length|transfer-encoding):/i;

function linesOf({ fields }: HeaderSection): string[] {
  return fields.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${fields[at + 1]}`] : []));
}

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
    expect(message.section.framing).toBe(framing);
    expect(linesOf(message.section).filter((line) => FRAMING.test(line))).toEqual(lines.map(String));
  });

  it("is by chunks for a stream of unknown length, and by the caller's length if there is one", () => {
    const unknown = requestFor("http://a.test/", { method: "POST", body: chunks() });
    expect(outgoing(unknown, direct).section).toMatchObject({
      fields: ["Host", "a.test", "Transfer-Encoding", "chunked"],
      framing: "chunked",
    });
    const both = requestFor("http://a.test/", {
      method: "POST",
      body: chunks(),
      headers: { "Content-Length": 3, "Transfer-Encoding": "chunked" },
    });
    expect(outgoing(both, direct).section).toMatchObject({
      fields: ["Host", "a.test", "Content-Length", "3"],
      framing: 3,
    });
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

  it("never gets there, whatever the parts: there are no fields that nobody asked for", () => {
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
          let sent: Outgoing;
          try {
            const request = withFields(fields.length % 2 === 0 ? fields : fields.slice(1));
            request.method = method;
            request.url = `http://a.test/${path}`;
            sent = outgoing(request, direct);
          } catch (error) {
            expect(error).toBeInstanceOf(RequestException);
            return;
          }
          const { target, section } = sent;
          expect(target).not.toContain(" ");
          expect(section.fields.length).toBeLessThanOrEqual(fields.length + 4);
          expect(section.fields.every((text, at) => at % 2 === 1 || isToken(text))).toBe(true);
          // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
          expect([target, ...section.fields].join("")).not.toMatch(/[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/);
        },
      ),
    );
  });
});
