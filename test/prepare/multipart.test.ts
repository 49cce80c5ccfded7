/** multipart/form-data: RFC 7578. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { lengthOf, type Body } from "../../src/core/body.ts";
import type { DataInit, FilesInit } from "../../src/core/options.ts";
import { chooseBody, type ChosenBody } from "../../src/prepare/body.ts";

const BOUNDARY = "0123456789abcdef0123456789abcdef";

function choose(
  files: FilesInit | null,
  data?: DataInit | null,
  givenType: string | null = null,
): ChosenBody {
  return chooseBody({ files, data, json: undefined }, givenType, () => BOUNDARY);
}

async function sent(body: Body | null): Promise<string> {
  if (body === null) return "no body";
  if (body.kind === "bytes") return Buffer.from(body.bytes).toString("utf8");
  const pieces: Uint8Array[] = [];
  for await (const piece of body.open()) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

/** The parts of a body, as `head` and `content`, its frame checked. */
async function parts(body: Body | null): Promise<{ head: string; content: string }[]> {
  const text = await sent(body);
  expect(text.endsWith(`--${BOUNDARY}--\r\n`)).toBe(true);
  const pieces = `\r\n${text}`.split(`\r\n--${BOUNDARY}`);
  expect(pieces[0]).toBe("");
  expect(pieces.at(-1)).toBe("--\r\n");
  return pieces.slice(1, -1).map((piece) => {
    const end = piece.indexOf("\r\n\r\n");
    return { head: piece.slice(2, end), content: piece.slice(end + 4) };
  });
}

/** What a Blob says of itself that has no type (RFC 7578 §4.4). */
const UNKNOWN = "\r\nContent-Type: application/octet-stream";
const named = (name: string, filename?: string): string =>
  `Content-Disposition: form-data; name="${name}"${filename === undefined ? "" : `; filename="${filename}"`}`;

async function* letters(): AsyncGenerator<string> {
  await Promise.resolve();
  yield* ["a", "b"];
}

describe("a multipart body", () => {
  it("is what requests sends", async () => {
    const { payload, contentType } = choose(
      { f: { filename: "a.txt", content: "A" } },
      { x: "1", y: ["2", "3"], z: null, e: "" },
    );
    expect(contentType).toBe(`multipart/form-data; boundary=${BOUNDARY}`);
    expect(payload?.kind).toBe("bytes");
    expect(await sent(payload)).toBe(
      [
        ...["x", "1", "y", "2", "y", "3", "e", ""].map((text, at) =>
          at % 2 === 0 ? `--${BOUNDARY}\r\n${named(text)}\r\n` : text,
        ),
        `--${BOUNDARY}\r\n${named("f", "a.txt")}\r\n`,
        "A",
        `--${BOUNDARY}--`,
        "",
      ].join("\r\n"),
    );
  });

  it.for<[string, FilesInit, string, string]>([
    // what, files, head, content
    ["text: the field is the name", { f: "A" }, named("f", "f"), "A"],
    ["bytes", { f: Buffer.from("AB") }, named("f", "f"), "AB"],
    ["an ArrayBuffer", { f: new TextEncoder().encode("AB").buffer }, named("f", "f"), "AB"],
    ["a Blob", { f: new Blob(["AB"]) }, `${named("f", "f")}${UNKNOWN}`, "AB"],
    [
      "a Blob with a type",
      { f: new Blob(["AB"], { type: "text/csv" }) },
      `${named("f", "f")}\r\nContent-Type: text/csv`,
      "AB",
    ],
    [
      "a File",
      { f: new File(["AB"], "p.png", { type: "image/png" }) },
      `${named("f", "p.png")}\r\nContent-Type: image/png`,
      "AB",
    ],
    [
      "a File without a type: none is guessed",
      { f: new File(["AB"], "p.png") },
      `${named("f", "p.png")}${UNKNOWN}`,
      "AB",
    ],
    [
      "a File under another name",
      { f: ["q.png", new File(["AB"], "p.png")] },
      `${named("f", "q.png")}${UNKNOWN}`,
      "AB",
    ],
    [
      "a File under another type",
      { f: ["q", new File(["A"], "p", { type: "a/b" }), "c/d"] },
      `${named("f", "q")}\r\nContent-Type: c/d`,
      "A",
    ],
    ["an async iterable", { f: letters() }, named("f", "f"), "ab"],
    ["a Readable", { f: Readable.from(["a", "b"]) }, named("f", "f"), "ab"],
    [
      "a read stream: its base name",
      { f: Object.assign(Readable.from(["a"]), { path: "/tmp/dir/photo.png" }) },
      named("f", "photo.png"),
      "a",
    ],
    [
      "a stream without a real name",
      { f: Object.assign(Readable.from(["a"]), { name: "<stdin>" }) },
      named("f", "f"),
      "a",
    ],
    ["a function", { f: () => letters() }, named("f", "f"), "ab"],
    ["[name, content]", { f: ["n.txt", "A"] }, named("f", "n.txt"), "A"],
    [
      "[name, content, type]",
      { f: ["n.csv", "a,b", "text/csv; charset=utf-8"] },
      `${named("f", "n.csv")}\r\nContent-Type: text/csv; charset=utf-8`,
      "a,b",
    ],
    ["[null, content]: no file name", { f: [null, "A"] }, named("f"), "A"],
    ["an empty file name", { f: ["", "A"] }, named("f", ""), "A"],
    ["an object", { f: { content: "A" } }, named("f", "f"), "A"],
    [
      "an object with all",
      { f: { filename: "n", content: "A", contentType: "a/b" } },
      `${named("f", "n")}\r\nContent-Type: a/b`,
      "A",
    ],
    ["an object without file name", { f: { filename: null, content: "A" } }, named("f"), "A"],
    [
      "headers of the part",
      { f: ["n", "A", "a/b", { "X-Part": "1", Expires: "0" }] },
      `${named("f", "n")}\r\nContent-Type: a/b\r\nX-Part: 1\r\nExpires: 0`,
      "A",
    ],
    // requests drops that type (a known accident); the argument still wins
    [
      "a type among the headers",
      { f: { content: "A", headers: { "X-P": "1", "content-type": "a/b" } } },
      `${named("f", "f")}\r\nContent-Type: a/b\r\nX-P: 1`,
      "A",
    ],
    ["an empty type, which is none", { f: ["n", "A", ""] }, named("f", "n"), "A"],
    [
      "an empty type, which hides that of a Blob",
      { f: { content: new Blob(["A"], { type: "a/b" }), contentType: "" } },
      named("f", "f"),
      "A",
    ],
    [
      "a type twice",
      { f: { content: "A", contentType: "c/d", headers: { "content-type": "a/b" } } },
      `${named("f", "f")}\r\nContent-Type: c/d`,
      "A",
    ],
    [
      "a disposition of the caller's",
      { f: { content: "A", headers: { "Content-Disposition": "attachment" } } },
      named("f", "f"),
      "A",
    ],
    ["no content", { f: "" }, named("f", "f"), ""],
    ["names in UTF-8", { ключ: ["résumé ☃.txt", "A"] }, named("ключ", "résumé ☃.txt"), "A"],
    ["pairs", [["f", "A"]], named("f", "f"), "A"],
    ["a Map", new Map([["f", "A"]]), named("f", "f"), "A"],
  ])("has a part for %s", async ([, files, head, content]) => {
    expect(await parts(choose(files).payload)).toEqual([{ head, content }]);
  });

  it("repeats a field for each file of a list, and of pairs", async () => {
    const blobs = [new File(["1"], "a"), new File(["2"], "b")];
    const expected = [
      { head: named("f", "a"), content: "1" },
      { head: named("f", "b"), content: "2" },
    ];
    expect(await parts(choose({ f: blobs }).payload)).toEqual(
      expected.map(({ head, content }) => ({ head: `${head}${UNKNOWN}`, content })),
    );
    expect(await parts(choose({ f: [["a", "1"], { filename: "b", content: "2" }] }).payload)).toEqual(
      expected,
    );
    expect(
      await parts(
        choose([
          ["f", ["a", "1"]],
          ["f", ["b", "2"]],
        ]).payload,
      ),
    ).toEqual(expected);
  });

  it("leaves a file without content out (MPT-2)", async () => {
    const files = { a: ["n", null], b: { content: null }, c: null, d: ["n", "D"] } as unknown as FilesInit;
    expect(await parts(choose(files).payload)).toEqual([{ head: named("d", "n"), content: "D" }]);
  });

  it("takes bytes of a field as they are", () => {
    const { payload } = choose({ f: "A" }, { raw: Uint8Array.of(0xff, 0x00) });
    expect(
      payload?.kind === "bytes" &&
        Buffer.from(payload.bytes).includes(Buffer.from([0x0d, 0x0a, 0xff, 0x00, 0x0d, 0x0a])),
    ).toBe(true);
  });

  it("writes part headers one byte a character", () => {
    const { payload } = choose({ f: { content: "", headers: { "X-P": "é" } } });
    expect(
      payload?.kind === "bytes" && Buffer.from(payload.bytes).includes(Buffer.from("X-P: é\r\n", "latin1")),
    ).toBe(true);
  });

  it.for([
    ['a"; name="admin', "a%22; name=%22admin"],
    ["a\r\nX-Injected: 1\r\n\r\nevil", "a%0D%0AX-Injected: 1%0D%0A%0D%0Aevil"],
    ['a\\"b', "a\\%22b"],
    ["a\u0000b", "a%00b"],
    ["a%22b", "a%22b"],
  ] as const)("escapes the name %j", async ([name, escaped]) => {
    const { payload } = choose({ [name]: [name, "A"] }, { [name]: "1" });
    expect(await parts(payload)).toEqual([
      { head: named(escaped), content: "1" },
      { head: named(escaped, escaped), content: "A" },
    ]);
  });

  it.for<FilesInit>([
    { f: ["n", "A", "text/plain\r\nX-Injected: 1"] },
    { f: { content: "A", contentType: "text/plain\n" } },
    { f: ["n", "A", null, { "X-P": "1\r\nX-Injected: 1" }] },
    { f: ["n", "A", null, { "X-P\r\nX-Injected": "1" }] },
    { f: { content: "A", headers: { "X-P": "☃" } } },
  ])("refuses %o, which would break out of its header", (files) => {
    expect(() => choose(files)).toThrow(expect.objectContaining({ name: "InvalidHeader" }));
  });

  it.for<[unknown, string]>([
    ["text", "files must be a record or pairs, not string"],
    [new Set(["a"]), "not Set"],
    [[["f"]], "files[0] must be a pair [field, file]"],
    [[[1, "A"]], "files[0] must be a pair [field, file]"],
    [{ f: 5 }, 'the content of files["f"] must be text, bytes, a Blob, a stream or a function, not number'],
    [{ f: true }, "not boolean"],
    [{ f: new Date(0) }, "not Date"],
    [{ f: new Map([["a", "b"]]) }, "not Map"],
    [{ f: new URLSearchParams("a=b") }, "not URLSearchParams"],
    [{ f: ["n", ["a"]] }, "not Array"],
    [{ f: ["n"] }, "[filename, content, contentType?, headers?], not a list of 1"],
    [{ f: ["n", "A", "a/b", {}, 5] }, "not a list of 5"],
    [{ f: {} }, "needs content"],
    [
      { f: { name: "n", content: "A" } },
      'files["f"] has no option "name"; known are filename, content, contentType, headers',
    ],
    [{ f: { content: "A", filename: 5 } }, 'the file name of files["f"] must be text or null, not number'],
    [{ f: { content: "A", contentType: 5 } }, 'the content type of files["f"] must be text, not number'],
    [{ f: [["n", "A"], 5] }, "not number"],
  ])("refuses %o", ([files, message]) => {
    expect(() => choose(files as FilesInit)).toThrow(TypeError);
    expect(() => choose(files as FilesInit)).toThrow(message);
  });
});

describe("the length of a multipart body", () => {
  it.for<[string, FilesInit]>([
    ["bytes", { f: Buffer.from("AB"), g: ["n", "é"] }],
    ["a Blob, which is streamed", { f: new Blob(["AB"]), g: "é" }],
    ["an empty Blob", { f: new Blob([]) }],
  ])("is exact with %s", async ([, files]) => {
    const { payload } = choose(files, { a: "ü" });
    expect(payload === null ? null : lengthOf(payload)).toBe(Buffer.byteLength(await sent(payload)));
  });

  it("is not known with a stream", () => {
    const { payload } = choose({ f: letters(), g: "A" });
    expect(payload).toMatchObject({ kind: "stream", length: null });
  });
});

describe("a multipart body that is sent twice", () => {
  it.for<[string, FilesInit]>([
    ["Blobs", { f: new Blob(["AB"]) }],
    ["functions", { f: () => letters() }],
  ])("is the same with %s", async ([, files]) => {
    const { payload } = choose(files);
    expect(payload).toMatchObject({ kind: "stream", replayable: true });
    const first = await sent(payload);
    expect(await sent(payload)).toBe(first);
  });

  it("is an error at once with a stream", async () => {
    const { payload } = choose({ f: letters() });
    expect(payload).toMatchObject({ kind: "stream", replayable: false });
    await sent(payload);
    expect(() => payload?.kind === "stream" && payload.open()).toThrow(
      expect.objectContaining({ name: "UnrewindableBodyError" }),
    );
  });

  it("can be read from what the prepared request shows", async () => {
    const { payload } = choose({ f: () => letters() });
    const pieces: Buffer[] = [];
    const source = payload?.kind === "stream" ? (payload.source as AsyncIterable<Uint8Array>) : [];
    for await (const piece of source) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).toString()).toBe(await sent(payload));
  });
});

describe("the boundary", () => {
  it.for([
    // the caller's Content-Type, the boundary used, the Content-Type to set (MPT-8, BUG-11)
    ["multipart/form-data", BOUNDARY, `multipart/form-data; boundary=${BOUNDARY}`],
    ["multipart/mixed; charset=utf-8 ; ", BOUNDARY, `multipart/mixed; charset=utf-8; boundary=${BOUNDARY}`],
    ["multipart/form-data; boundary=mine", "mine", null],
    ['Multipart/Form-Data; charset=x; BOUNDARY = "my \\own"', "my own", null],
    ['multipart/x; a="; boundary=no"; boundary=yes', "yes", null],
    ["text/x-custom", BOUNDARY, null],
  ] as const)("of %j is %j", async ([given, boundary, set]) => {
    const { payload, contentType } = choose({ f: "A" }, null, given);
    expect(contentType).toBe(set);
    const text = await sent(payload);
    expect(text.startsWith(`--${boundary}\r\n`)).toBe(true);
    expect(text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  });

  it.for([
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary=""',
    "multipart/x; boundary=a<b",
    `multipart/x; boundary=${"a".repeat(71)}`,
    'multipart/x; boundary="a "',
  ])("of %j is refused", (given) => {
    expect(() => choose({ f: "A" }, null, given)).toThrow(expect.objectContaining({ name: "InvalidHeader" }));
  });

  it("is asked for only when it is needed", () => {
    const never = (): string => {
      throw new Error("asked");
    };
    const options = { files: {}, data: { a: "1" }, json: undefined };
    expect(chooseBody(options, null, never).contentType).toBe("application/x-www-form-urlencoded");
    expect(
      chooseBody({ ...options, files: { f: "A" } }, "multipart/form-data; boundary=b", never).payload,
    ).not.toBeNull();
  });
});

describe("FormData", () => {
  it("is multipart, its files with name and type", async () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("f", new File(["AB"], "p.png", { type: "image/png" }));
    form.append("a", "2");
    const { payload, contentType } = chooseBody(
      { files: null, data: form, json: undefined },
      null,
      () => BOUNDARY,
    );
    expect(contentType).toBe(`multipart/form-data; boundary=${BOUNDARY}`);
    expect(await parts(payload)).toEqual([
      { head: named("a"), content: "1" },
      { head: `${named("f", "p.png")}\r\nContent-Type: image/png`, content: "AB" },
      { head: named("a"), content: "2" },
    ]);
  });

  it("stands before files", async () => {
    const form = new FormData();
    form.append("a", "1");
    expect(await parts(choose({ f: "A" }, form).payload)).toEqual([
      { head: named("a"), content: "1" },
      { head: named("f", "f"), content: "A" },
    ]);
  });
});
