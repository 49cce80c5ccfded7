/** PreparedRequest: PRE-1..8, BOD-14, and that it shows no secret. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { bytesBody, rawBody } from "../../src/core/body.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { dressBehind, frame, PreparedRequest, type PreparedParts } from "../../src/core/request.ts";
import { parseUrl } from "../../src/core/url.ts";

function request(parts: Partial<PreparedParts> = {}): PreparedRequest {
  return new PreparedRequest({
    method: "GET",
    url: "http://h/x",
    headers: new HeaderMap(),
    payload: null,
    ...parts,
  });
}

async function* stream(): AsyncGenerator<string> {
  await Promise.resolve();
  yield "x";
}

describe("frame", () => {
  it.for([
    // method, body, Content-Length, Transfer-Encoding
    ["GET", null, null, null],
    ["HEAD", null, null, null],
    ["POST", null, "0", null],
    ["DELETE", null, "0", null],
    ["OPTIONS", null, "0", null],
    ["TRACE", null, "0", null],
    ["PURGE", null, "0", null],
    ["GET", "abc", "3", null],
    ["POST", "é", "2", null],
    ["POST", "", "0", null],
    ["GET", "stream", null, "chunked"],
    ["POST", "stream", null, "chunked"],
    ["POST", "empty blob", "0", null],
  ] as const)("%s with %j", ([method, data, length, coding]) => {
    const payload =
      data === null
        ? null
        : data === "stream"
          ? rawBody(stream())
          : data === "empty blob"
            ? rawBody(new Blob([]))
            : bytesBody(data);
    // Whatever stood there before: never both of them (PARITY BUG-8).
    const headers = new HeaderMap({ "content-length": "99", "Transfer-Encoding": "chunked" });
    frame(headers, method, payload);
    expect(headers.get("Content-Length")).toBe(length);
    expect(headers.get("Transfer-Encoding")).toBe(coding);
  });
});

describe("PreparedRequest", () => {
  it("shows the target without the fragment", () => {
    expect(request({ url: "http://u:p@h:81?a=1#f" }).pathUrl).toBe("/?a=1");
  });

  it("follows a URL that is changed by hand", () => {
    const prepared = request({ url: "http://h/x", parsed: parseUrl("http://h/x") });
    expect(prepared.origin).toBe("http://h:80");
    prepared.url = "http://other:81/y";
    expect(prepared.origin).toBe("http://other:81");
    expect(prepared.pathUrl).toBe("/y");
  });

  it("has no origin for a URL that is none of the web's", () => {
    expect(request({ url: "mailto:a@b.test" }).origin).toBeNull();
  });

  it("frames a body that is set by hand (PRE-7)", () => {
    const prepared = request({ method: "POST" });
    prepared.body = "é";
    expect(prepared.body).toEqual(Buffer.from("é"));
    expect(prepared.headers.get("content-length")).toBe("2");
    prepared.body = stream();
    expect(prepared.headers.toWire()).toEqual(["Transfer-Encoding", "chunked"]);
    prepared.body = () => "again";
    expect(prepared.payload).toMatchObject({ kind: "stream", replayable: true });
    prepared.body = null;
    expect(prepared.headers.toWire()).toEqual(["Content-Length", "0"]);
    expect(() => {
      prepared.body = 5 as unknown as string;
    }).toThrow(TypeError);
  });

  it("is cloned with its own headers and the same body (PRE-5)", () => {
    const prepared = request({
      method: "POST",
      payload: bytesBody("x"),
      headers: new HeaderMap({ A: "1" }),
      dress: "caller",
    });
    const copy = prepared.clone();
    copy.headers.set("A", "2");
    copy.url = "http://other/";
    expect(prepared.headers.get("a")).toBe("1");
    expect(prepared.url).toBe("http://h/x");
    expect(copy.payload).toBe(prepared.payload);
    expect(copy.dress).toBe("caller");
  });

  it("changes only what it is told to", () => {
    const prepared = request({ method: "POST", payload: bytesBody("x"), dress: "jar" });
    const changed = prepared.with({ method: "GET", payload: null });
    expect(changed).toMatchObject({ method: "GET", url: "http://h/x", payload: null, dress: "jar" });
    expect(prepared).toMatchObject({ method: "POST", dress: "jar" });
  });

  it.for(["bare", "jar", "caller"] as const)("is sent as it stands once it was shown: %s", (dress) => {
    const prepared = request({ dress });
    const shown = prepared.shown();
    expect(shown.dress).toEqual({ shown: dress });
    expect(shown.shown().dress).toEqual({ shown: dress });
    expect(dressBehind(shown.dress)).toBe(dress);
    expect(dressBehind(prepared.dress)).toBe(dress);
  });

  it("is not changed by a polluted prototype", () => {
    const prepared = request();
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    Object.assign(polluted, { method: "DELETE", url: "http://evil.test/", dress: "caller", shown: "caller" });
    try {
      const copy = prepared.clone();
      expect([copy.method, copy.url, copy.dress]).toEqual(["GET", "http://h/x", "bare"]);
    } finally {
      for (const name of ["method", "url", "dress", "shown"]) delete polluted[name];
    }
  });

  it("shows no secret", () => {
    const prepared = request({
      url: "http://user:s3cret@h/x?token=s3cret&a=1",
      headers: new HeaderMap({ Authorization: "Bearer s3cret", Accept: "*/*" }),
      payload: bytesBody("password=s3cret"),
    });
    for (const shown of [JSON.stringify(prepared), inspect(prepared), String(prepared)]) {
      expect(shown).not.toContain("s3cret");
      expect(shown).toContain("GET");
    }
    expect(prepared.toJSON()).toEqual({
      method: "GET",
      url: "http://h/x?token=***&a=1",
      headers: { Authorization: "***", Accept: "*/*" },
      body: "<15 bytes>",
    });
  });
});
