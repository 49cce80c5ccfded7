/** Header fields: RFC 9110 §5. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";

describe("HeaderMap", () => {
  it("keeps order and spelling, and looks up without case", () => {
    const headers = new HeaderMap([
      ["X-cAmEl", "1"],
      ["x-lower", "2"],
      ["X-UPPER", "3"],
    ]);
    expect([...headers]).toEqual([
      ["X-cAmEl", "1"],
      ["x-lower", "2"],
      ["X-UPPER", "3"],
    ]);
    expect(headers.get("x-CAMEL")).toBe("1");
    expect(headers.has("X-Lower")).toBe(true);
    expect(headers.get("none")).toBeNull();
    expect(headers.size).toBe(3);
  });

  it("replaces a header at its place, under the new spelling", () => {
    const headers = new HeaderMap([
      ["Accept", "*/*"],
      ["X-A", "1"],
      ["Accept", "text/html"],
    ]);
    headers.set("ACCEPT", "image/png");
    expect(headers.toWire()).toEqual(["ACCEPT", "image/png", "X-A", "1"]);
  });

  it("keeps field lines of one name apart, and joins them to read", () => {
    const headers = new HeaderMap().append("Via", "a").append("X", "1").append("via", "b");
    expect(headers.get("VIA")).toBe("a, b");
    expect(headers.getAll("via")).toEqual(["a", "b"]);
    expect(headers.toWire()).toEqual(["Via", "a", "X", "1", "via", "b"]);
    expect([...headers.keys()]).toEqual(["Via", "X"]);
    expect([...headers.values()]).toEqual(["a", "1", "b"]);
  });

  it("does not join Set-Cookie for those who ask right", () => {
    const headers = HeaderMap.fromWire(["Set-Cookie", "a=1, b", "set-cookie", "c=2"]);
    expect(headers.getSetCookie()).toEqual(["a=1, b", "c=2"]);
  });

  it("sets an array as several field lines, and an empty one as none", () => {
    const headers = new HeaderMap({ A: ["1", 2], B: "x" });
    expect(headers.toWire()).toEqual(["A", "1", "A", "2", "B", "x"]);
    headers.set("a", []);
    expect(headers.toWire()).toEqual(["B", "x"]);
    headers.set("B", ["1", "2", "3"]);
    expect(headers.getAll("b")).toEqual(["1", "2", "3"]);
  });

  it("takes null as removal and undefined as nothing said", () => {
    const headers = new HeaderMap({ A: "1", B: "2" });
    headers.update({ a: null, b: undefined, c: null });
    expect(headers.toWire()).toEqual(["B", "2"]);
  });

  it.for([
    ["a record", { "X-A": "1", "X-B": "2" }],
    ["pairs", [["X-A", "1"] as const, ["X-B", "2"] as const]],
    [
      "a Map",
      new Map([
        ["X-A", "1"],
        ["X-B", "2"],
      ]),
    ],
    ["a HeaderMap", new HeaderMap({ "X-A": "1", "X-B": "2" })],
    ["fetch's Headers", new Headers({ "X-A": "1", "X-B": "2" })],
  ] as const)("is made of %s", ([, init]) => {
    const headers = new HeaderMap(init as HeadersInit);
    expect(headers.get("x-a")).toBe("1");
    expect(headers.get("x-b")).toBe("2");
    expect(headers.size).toBe(2);
  });

  it("repeats a header that pairs name twice, and replaces what was there before them", () => {
    const headers = new HeaderMap({ "X-A": "old" });
    headers.update([
      ["x-a", "1"],
      ["X-A", "2"],
    ]);
    expect(headers.toWire()).toEqual(["x-a", "1", "X-A", "2"]);
  });

  it("takes all field lines of another map along", () => {
    const other = new HeaderMap().append("A", "1").append("A", "2");
    expect(new HeaderMap({ a: "0", b: "3" }).update(other).toWire()).toEqual(["A", "1", "A", "2", "b", "3"]);
  });

  it.for(["", " X", "X ", "a b", "a:b", "a\r\nb", "a\u0000", "ä", "(x)", "x,y"])(
    "refuses the name %j",
    (name) => {
      expect(() => new HeaderMap({ [name]: "1" })).toThrow(
        expect.objectContaining({ name: "InvalidHeader" }),
      );
      expect(() => new HeaderMap().append(name, "1")).toThrow(
        expect.objectContaining({ name: "InvalidHeader" }),
      );
    },
  );

  it.for([
    "a\rb",
    "a\nb",
    "a\r\nX-Injected: 1",
    "v\r\n",
    "\r\n",
    "v\u0000w",
    "\u007f",
    "\u001b[0m",
    " v",
    "\tv",
    "snow ☃",
    "v\u010d\u010aX-Injected: 1",
  ])("refuses the value %j", (value) => {
    for (const name of ["X-A", "User-Agent", "Cookie", "Referer", "Host", "Content-Type"]) {
      expect(() => new HeaderMap({ [name]: value })).toThrow(
        expect.objectContaining({ name: "InvalidHeader" }),
      );
    }
    expect(() => new HeaderMap().append("X-A", value)).toThrow(
      expect.objectContaining({ name: "InvalidHeader" }),
    );
    expect(() => new HeaderMap().set("X-A", ["ok", value])).toThrow(
      expect.objectContaining({ name: "InvalidHeader" }),
    );
  });

  it("refuses bytes that end the line", () => {
    expect(() => new HeaderMap({ A: Buffer.from("a\r\nB: 1") })).toThrow(
      expect.objectContaining({ name: "InvalidHeader" }),
    );
  });

  it.for([true, {}, Number.NaN, Number.POSITIVE_INFINITY, Symbol("s"), 5n, () => "x"])(
    "refuses %s as a value",
    (value) => {
      const init = { "X-A": value } as unknown as HeadersInit;
      expect(() => new HeaderMap(init)).toThrow(expect.objectContaining({ name: "InvalidHeader" }));
    },
  );

  it("names the header, but not the value, that it refuses", () => {
    expect(() => new HeaderMap({ Authorization: "Bearer s3cret\n" })).toThrow(/Authorization/);
    expect(() => new HeaderMap({ Authorization: "Bearer s3cret\n" })).not.toThrow(/s3cret/);
  });

  it.for([
    ["", ""],
    ["v  ", "v  "],
    ["a\tb", "a\tb"],
    ["café", "café"],
    [12, "12"],
    [Uint8Array.of(0x72, 0xe9), "ré"],
  ] as const)("sends %j as %j", ([value, sent]) => {
    expect(new HeaderMap({ "X-A": value }).get("x-a")).toBe(sent);
  });

  it("takes a long value of bytes", () => {
    expect(new HeaderMap({ A: new Uint8Array(300_000).fill(65) }).get("a")).toHaveLength(300_000);
  });

  it.for([
    ["a list of lines", ["X-A: 1"]],
    ["triples", [["A", "1", "2"]]],
    ["a string", "X-A: 1"],
    ["a number", 5],
  ] as const)("refuses %s", ([, init]) => {
    expect(() => new HeaderMap(init as unknown as HeadersInit)).toThrow(TypeError);
  });

  it("reads own properties only", () => {
    const init = Object.create(
      { "X-Inherited": "1" },
      { "X-Own": { value: "1", enumerable: true } },
    ) as HeadersInit;
    expect(new HeaderMap(init).toWire()).toEqual(["X-Own", "1"]);
  });

  it("holds names that objects have already", () => {
    const headers = new HeaderMap([
      ["__proto__", "1"],
      ["constructor", "2"],
      ["toString", "3"],
    ]);
    expect(headers.get("__proto__")).toBe("1");
    expect(Object.entries(headers.toObject())).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
      ["toString", "3"],
    ]);
    expect(headers.get("valueOf")).toBeNull();
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  it("is copied without a link to the copy", () => {
    const headers = new HeaderMap({ A: "1" });
    const copy = headers.clone();
    copy.set("A", "2").append("B", "3");
    expect(headers.toWire()).toEqual(["A", "1"]);
  });

  it("deletes and clears", () => {
    const headers = new HeaderMap([
      ["A", "1"],
      ["B", "2"],
      ["a", "3"],
    ]);
    expect(headers.delete("A")).toBe(true);
    expect(headers.delete("A")).toBe(false);
    expect(headers.toWire()).toEqual(["B", "2"]);
    headers.clear();
    expect(headers.size).toBe(0);
  });

  it("compares without case and order of names", () => {
    const headers = new HeaderMap([
      ["A", "1"],
      ["B", "2"],
    ]);
    expect(
      headers.equals(
        new HeaderMap([
          ["b", "2"],
          ["a", "1"],
        ]),
      ),
    ).toBe(true);
    expect(headers.equals(new HeaderMap([["a", "1"]]))).toBe(false);
    expect(
      headers.equals(
        new HeaderMap([
          ["a", "2"],
          ["b", "1"],
        ]),
      ),
    ).toBe(false);
  });

  it("shows no secret to a log", () => {
    const headers = new HeaderMap({
      Accept: "*/*",
      Authorization: "Bearer s3cret",
      Cookie: "sid=s3cret",
      "X-Api-Key": "s3cret",
    });
    expect(JSON.stringify(headers)).not.toContain("s3cret");
    expect(inspect(headers)).not.toContain("s3cret");
    expect(inspect(headers)).toContain("*/*");
    expect(headers.toObject()).toMatchObject({ Authorization: "Bearer s3cret" });
  });
});
