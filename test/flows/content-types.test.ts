/** Whose `Content-Type` a body goes out with: its own, the request's, or that of a session or scope. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Session, toFetch, type RequestOptions } from "../../src/index.ts";
import { startOrigin } from "../support/origins.ts";

const form = new FormData();
form.set("a", "1");
const FORM = "application/x-www-form-urlencoded";
const typed = new Blob(["x"], { type: "image/png" });

/** A body; its type when nobody says one; the one beside a session's `text/special`. `null`: none; an error: `"error"`. */
const bodies: readonly (readonly [
  name: string,
  options: () => RequestOptions,
  alone: string | null,
  beside: string,
])[] = [
  // As in requests: JSON has many media types, and a session may be all about one of them.
  ["json", () => ({ json: { a: 1 } }), "application/json", "text/special"],
  ["a record", () => ({ data: { a: "1" } }), FORM, FORM],
  ["pairs", () => ({ data: [["a", "1"]] }), FORM, FORM],
  ["a Map", () => ({ data: new Map([["a", "1"]]) }), FORM, FORM],
  ["URLSearchParams", () => ({ data: new URLSearchParams("a=1") }), FORM, FORM],
  ["a Blob with a type", () => ({ data: typed }), "image/png", "image/png"],
  ["a Blob without", () => ({ data: new Blob(["x"]) }), null, "text/special"],
  ["text", () => ({ data: "x" }), null, "text/special"],
  ["bytes", () => ({ data: Buffer.from("x") }), null, "text/special"],
  ["a stream", () => ({ data: Readable.from(["x"]) }), null, "text/special"],
  ["a function", () => ({ data: () => ["x"] }), null, "text/special"],
  ["files", () => ({ files: { f: "x" } }), "multipart/form-data", "error"],
  ["files and fields", () => ({ data: { a: "1" }, files: { f: "x" } }), "multipart/form-data", "error"],
  ["FormData", () => ({ data: form }), "multipart/form-data", "error"],
];

const special = { "Content-Type": "text/special; a=b" };

describe("the Content-Type of a body", () => {
  it.for(bodies)("of %s", async ([, options, alone, beside]) => {
    await using origin = await startOrigin((_request, response) => void response.end());
    const sent = async (session: Session, more: RequestOptions = {}): Promise<string | null> => {
      const before = origin.arrived.length;
      const error: unknown = await session
        .post(origin.url, { ...options(), ...more })
        .catch((caught: unknown) => caught);
      if (error instanceof TypeError) {
        expect(error.message).toContain("Content-Type: text/special for all of its requests");
        expect(origin.arrived.length).toBe(before);
        return "error";
      }
      return origin.arrived.at(-1)?.headers["content-type"]?.split(";")[0] ?? null;
    };
    await using plain = new Session();
    expect(await sent(plain)).toBe(alone);
    await using session = new Session({ headers: special });
    expect(await sent(session)).toBe(beside);
    await using scoped = new Session().scope(origin.url, { headers: special });
    expect(await sent(scoped)).toBe(beside);
    // What the call itself says wins, also over what the session says, and also when both say the same.
    expect(await sent(plain, { headers: special })).toBe("text/special");
    expect(await sent(session, { headers: special })).toBe("text/special");
    expect(await sent(session, { headers: new Map([["content-type", "a/b"]]) })).toBe("a/b");
    expect(await sent(session, { headers: [["X-Other", "1"]] })).toBe(beside);
    // And `null` takes the session's away.
    expect(await sent(session, { headers: { "content-type": null } })).toBe(alone);
  });

  it("of a session is kept where it is the same type with parameters", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    const type = async (given: string, options: RequestOptions): Promise<string | undefined> => {
      await using session = new Session({ headers: { "Content-Type": given } });
      await session.post(origin.url, options);
      return origin.arrived.at(-1)?.headers["content-type"];
    };
    expect(await type(`${FORM}; charset=utf-8`, { data: { a: "1" } })).toBe(`${FORM}; charset=utf-8`);
    expect(await type(FORM.toUpperCase(), { data: { a: "1" } })).toBe(FORM.toUpperCase());
    expect(await type("Multipart/Form-Data", { data: form })).toMatch(/^Multipart\/Form-Data; boundary=/);
    expect(await type("multipart/form-data; boundary=b", { files: { f: "x" } })).toBe(
      "multipart/form-data; boundary=b",
    );
  });

  it.for([FORM, `${FORM}; charset=utf-8`, "multipart/form-data", "Multipart/Mixed; boundary=b"])(
    "of JSON is its own where a session says %s for all",
    async (given) => {
      await using origin = await startOrigin((_request, response) => void response.end());
      await using session = new Session({ headers: { "Content-Type": given } });
      await session.post(origin.url, { json: { a: 1 } });
      expect(origin.arrived[0]?.headers["content-type"]).toBe("application/json");
      await session.post(origin.url, { json: { a: 1 }, headers: { "Content-Type": given } });
      expect(origin.arrived[1]?.headers["content-type"]).toBe(given);
    },
  );

  const JSON_TYPES = [
    "application/json",
    "Application/JSON; charset=utf-8",
    "application/ld+json",
    "text/json",
  ];
  const FORMS = [FORM, `${FORM}; charset=utf-8`];
  const PARTS = ["multipart/form-data", "Multipart/Mixed; boundary=b"];
  it.for<[string, () => RequestOptions, readonly string[], string]>([
    ["a record", () => ({ data: { a: "1" } }), [...JSON_TYPES, ...PARTS], FORM],
    ["pairs", () => ({ data: [["a", "1"]] }), [...JSON_TYPES, ...PARTS], FORM],
    ["a Map", () => ({ data: new Map([["a", "1"]]) }), [...JSON_TYPES, ...PARTS], FORM],
    ["URLSearchParams", () => ({ data: new URLSearchParams("a=1") }), [...JSON_TYPES, ...PARTS], FORM],
    ["files", () => ({ files: { f: "x" } }), [...JSON_TYPES, ...FORMS], "multipart/form-data"],
    [
      "files and fields",
      () => ({ data: { a: "1" }, files: { f: "x" } }),
      [...JSON_TYPES, ...FORMS],
      "multipart/form-data",
    ],
    ["FormData", () => ({ data: form }), [...JSON_TYPES, ...FORMS], "multipart/form-data"],
  ])("of the same request names no other way to write %s", async ([, options, types, written]) => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session({ headers: { "Content-Type": "application/json" } });
    for (const type of types) {
      const call = session.post(origin.url, { ...options(), headers: [["content-type", type]] });
      const error: unknown = await call.then(
        () => null,
        (caught: unknown) => caught,
      );
      expect(error, type).toBeInstanceOf(TypeError);
      const says = `Content-Type says ${type.toLowerCase().split(";")[0]}, and the body is written as ${written}: `;
      expect(String(error)).toContain(says);
    }
    expect(origin.connections()).toBe(0);
  });

  it("of fetch is sent whatever the body is, as in every fetch", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session();
    const headers = { "Content-Type": "application/json" };
    for (const body of [form, new URLSearchParams("a=1")])
      await (await toFetch(session)(origin.url, { method: "POST", body, headers })).text();
    const types = origin.arrived.map((request) => request.headers["content-type"]);
    expect(types).toEqual(["application/json", "application/json"]);
  });

  it("of text, bytes and streams may be any", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session();
    for (const data of ["{}", Buffer.from("{}"), Readable.from(["{}"]), () => ["{}"], new Blob(["{}"])])
      for (const type of ["application/json", FORM, "multipart/form-data; boundary=b"]) {
        if (data instanceof Readable && data.readableEnded) continue;
        await session.post(origin.url, { data, headers: { "Content-Type": type } });
        expect(origin.arrived.at(-1)?.headers["content-type"]).toBe(type);
      }
  });

  it("of a session goes with requests that have no body, as in requests", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session({ headers: special });
    await session.get(origin.url);
    expect(origin.arrived[0]?.headers["content-type"]).toBe("text/special; a=b");
  });
});

describe("a part of a multipart body", () => {
  it.each<[string, () => RequestOptions, string | null]>([
    [
      "FormData with a Blob without a type",
      () => ({ data: formWith(new Blob(["x"])) }),
      "application/octet-stream",
    ],
    [
      "FormData with a File without a type",
      () => ({ data: formWith(new File(["x"], "v.mp4")) }),
      "application/octet-stream",
    ],
    ["FormData with a typed Blob", () => ({ data: formWith(typed) }), "image/png"],
    [
      "FormData beside files",
      () => ({ data: formWith(new Blob(["x"])), files: { f: "x" } }),
      "application/octet-stream",
    ],
    [
      "a Blob without a type among files",
      () => ({ files: { f: new Blob(["x"]) } }),
      "application/octet-stream",
    ],
    [
      "the same with a name",
      () => ({ files: { f: ["v.mp4", new Blob(["x"])] } }),
      "application/octet-stream",
    ],
    [
      "the same with headers",
      () => ({ files: { f: { content: new Blob(["x"]), headers: { "X-P": "1" } } } }),
      "application/octet-stream",
    ],
    ["the same with a type", () => ({ files: { f: ["v.mp4", new Blob(["x"]), "video/mp4"] } }), "video/mp4"],
    ["the same with no type on purpose", () => ({ files: { f: ["v.mp4", new Blob(["x"]), ""] } }), null],
    // Of other content nothing is known (as in requests).
    ["bytes among files", () => ({ files: { f: Buffer.from("x") } }), null],
    ["text among files", () => ({ files: { f: "x" } }), null],
  ])("has the type of its content: %s", async (_name, options, type) => {
    await using origin = await startOrigin((request, response) => void response.end(request.body));
    await using session = new Session();
    const response = await session.post(origin.url, options());
    const text = response.text();
    expect(/^content-type: (.*)$/im.exec(text)?.[1]?.trim() ?? null).toBe(type);
  });
});

function formWith(content: Blob): FormData {
  const data = new FormData();
  data.set("f", content);
  return data;
}
