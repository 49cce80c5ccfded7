import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ChunkedEncodingError,
  HTTPError,
  Session,
  type DownloadOptions,
  type ProgressListener,
} from "../../src/index.ts";
import { failureOf, play, type Played } from "../support/one-call.ts";
import { answer, type HeardRequest, type Said } from "../support/wire-server.ts";

const WHOLE = "0123456789";
const MODIFIED = "Sat, 01 Jan 2000 00:00:00 GMT";
const LATER = "Sat, 01 Jan 2000 00:10:00 GMT";

/** All of it, with these validators. */
function whole(headers: Record<string, string> = { ETag: '"1"' }, body: string = WHOLE): string {
  return answer({ headers: Object.entries(headers), body });
}

/** The same, broken off after `bytes` of the body. */
function broken(bytes: number, headers: Record<string, string> = { ETag: '"1"' }): Said {
  const text = whole(headers);
  return { last: text.slice(0, text.length - WHOLE.length + bytes) };
}

/** The bytes from `first` to `last`. */
function rest(first: number, last: number = 9, headers: Record<string, string> = { ETag: '"1"' }): string {
  const range = `bytes ${first}-${last}/10`;
  return answer({
    status: 206,
    reason: "Partial Content",
    headers: Object.entries({ "Content-Range": range, ...headers }),
    body: WHOLE.slice(first, last + 1),
  });
}

function rangesOf(heard: readonly HeardRequest[]): (string | null)[][] {
  return heard.map((one) => [one.header("range"), one.header("if-range")]);
}

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sojourn-download-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Downloads `/data.bin` to the file `data`. */
function downloaded(answers: readonly Said[], options: DownloadOptions = {}): Promise<Played<unknown>> {
  return play(answers, async (session, url) => {
    try {
      return await session.download(`${url}/data.bin`, join(folder, "data"), options);
    } catch (error) {
      return error;
    }
  });
}

function content(name: string = "data"): string {
  return readFileSync(join(folder, name), "utf8");
}

describe("a download", () => {
  it("is one request for the bytes as they are, when nothing breaks", async () => {
    const { heard, result } = await downloaded([whole()]);
    expect(result).toEqual({ path: join(folder, "data"), bytes: 10 });
    expect(content()).toBe(WHOLE);
    expect(readdirSync(folder)).toEqual(["data"]);
    expect(heard).toHaveLength(1);
    expect(heard[0]?.header("accept-encoding")).toBe("identity");
    expect(heard[0]?.header("range")).toBeNull();
  });

  it("asks for the rest of the same version when the body breaks off", async () => {
    const { heard, result } = await downloaded([broken(4), rest(4)]);
    expect(result).toMatchObject({ bytes: 10 });
    expect(content()).toBe(WHOLE);
    expect(rangesOf(heard)).toEqual([
      [null, null],
      ["bytes=4-", '"1"'],
    ]);
  });

  it("names a version by its date when there is no tag", async () => {
    const dates = { "Last-Modified": MODIFIED, Date: LATER };
    const { heard } = await downloaded([broken(4, dates), rest(4, 9, dates)]);
    expect(content()).toBe(WHOLE);
    expect(rangesOf(heard)[1]).toEqual(["bytes=4-", MODIFIED]);
  });

  it.for<[what: string, answers: readonly Said[], ranges: readonly (string | null)[]]>([
    ["the version changed", [broken(4), whole({ ETag: '"2"' }, "other")], [null, "bytes=4-"]],
    ["the server knows no ranges", [broken(4), whole({}, "other")], [null, "bytes=4-"]],
    [
      "the rest is of another version",
      [broken(4), rest(4, 9, { ETag: '"2"' }), whole({}, "other")],
      [null, "bytes=4-", null],
    ],
    [
      "the rest does not say its version",
      [broken(4), rest(4, 9, {}), whole({}, "other")],
      [null, "bytes=4-", null],
    ],
    ["the rest begins elsewhere", [broken(4), rest(3), whole({}, "other")], [null, "bytes=4-", null]],
    [
      "the range is refused",
      [broken(4), answer({ status: 416 }), whole({}, "other")],
      [null, "bytes=4-", null],
    ],
    ["the version has no name", [broken(4, {}), whole({}, "other")], [null, null]],
    ["the version has a weak name", [broken(4, { ETag: 'W/"1"' }), whole({}, "other")], [null, null]],
    ["nothing came", [broken(0), whole({}, "other")], [null, null]],
  ])("begins anew when %s", async ([, answers, ranges]) => {
    const { heard, result } = await downloaded(answers);
    expect(result).toMatchObject({ bytes: 5 });
    expect(content()).toBe("other");
    expect(heard.map((one) => one.header("range"))).toEqual(ranges);
  });

  it("takes a rest that comes in several responses, however many", async () => {
    const rests = [4, 5, 6, 7, 8, 9].map((at) => rest(at, at));
    const { heard } = await downloaded([broken(4), ...rests], { tries: 2 });
    expect(content()).toBe(WHOLE);
    expect(heard).toHaveLength(7);
  });

  it("fails when more responses broke off than it may try, and leaves nothing", async () => {
    writeFileSync(join(folder, "data"), "old");
    const { heard, result } = await downloaded([broken(4), broken(4), broken(4), whole()], { tries: 3 });
    expect(result).toBeInstanceOf(ChunkedEncodingError);
    expect(heard).toHaveLength(3);
    expect(readdirSync(folder)).toEqual(["data"]);
    expect(content()).toBe("old");
  });

  it.for([404, 503, 304, 302])("fails with status %i, whose body is no file", async (status) => {
    const { result } = await downloaded([answer({ status, body: "sorry" })]);
    expect(result).toBeInstanceOf(HTTPError);
    const { response } = result as HTTPError;
    expect(await (response as unknown as { text(): Promise<string> }).text()).toBe(
      status === 304 ? "" : "sorry",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("fails with a part that nobody asked for", async () => {
    expect((await downloaded([rest(4)])).result).toBeInstanceOf(HTTPError);
  });

  it("does not try again what never began", async () => {
    const { heard, result } = await downloaded([{ last: "" }, whole()]);
    expect(result).toMatchObject({ name: "ConnectionError" });
    expect(heard).toHaveLength(1);
  });

  it("ends with the caller's reason, and leaves nothing", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress: ProgressListener = () => controller.abort(reason);
    const { signal } = controller;
    const { result } = await downloaded([whole().slice(0, -5), whole()], { onProgress, signal });
    expect(result).toBe(reason);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("counts progress through to the end", async () => {
    const told: number[][] = [];
    const onProgress: ProgressListener = ({ bytes, totalBytes }) => told.push([bytes, totalBytes ?? -1]);
    await downloaded([broken(4), rest(4)], { onProgress });
    expect(told[0]?.[1]).toBe(10);
    expect(told.at(-1)).toEqual([10, 10]);
    expect(told.map(([bytes]) => bytes)).toEqual(
      told.map(([bytes]) => bytes).toSorted((a = 0, b = 0) => a - b),
    );
  });

  it("sends the caller's headers each time, but for those that are its own", async () => {
    const headers = { "X-Own": "1", Range: "bytes=0-1", "Accept-Encoding": "gzip" };
    const { heard } = await downloaded([broken(4), rest(4)], { headers });
    expect(heard.map((one) => one.header("x-own"))).toEqual(["1", "1"]);
    expect(heard.map((one) => one.header("accept-encoding"))).toEqual(["identity", "identity"]);
    expect(heard[0]?.header("range")).toBeNull();
  });

  it.for<[options: object, Kind: new () => Error]>([
    [{ tries: 0 }, RangeError],
    [{ tries: 1.5 }, RangeError],
    [{ tries: "3" }, TypeError],
    [{ resume: 1 }, TypeError],
    [{ overwrite: "no" }, TypeError],
    [{ stream: false, retries: 3 }, TypeError],
  ])("refuses %o before it asks", async ([options, Kind]) => {
    const { heard, result } = await downloaded([whole()], options);
    expect(result).toBeInstanceOf(Kind);
    expect(heard).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a download into a folder", () => {
  it("has the name that the response suggests", async () => {
    const named = whole({ "Content-Disposition": 'attachment; filename="../report.csv"' });
    const { result } = await play([named], (session, url) => session.download(`${url}/x`, folder));
    expect(result).toEqual({ path: join(folder, "report.csv"), bytes: 10 });
    expect(readdirSync(folder)).toEqual(["report.csv"]);
  });

  it("does not replace a file, and does not read the body for nothing", async () => {
    writeFileSync(join(folder, "x"), "mine");
    const { result } = await play([whole()], (session, url) =>
      failureOf(session.download(`${url}/x`, `${folder}/`)),
    );
    expect(result).toMatchObject({ code: "EEXIST" });
    expect(content("x")).toBe("mine");
    expect(readdirSync(folder)).toEqual(["x"]);
  });
});

describe("a download with resume", () => {
  it("keeps what came when it fails, and a note of its version", async () => {
    const first = await downloaded([broken(4)], { resume: true, tries: 1 });
    expect(first.result).toBeInstanceOf(ChunkedEncodingError);
    expect(readdirSync(folder).sort()).toEqual(["data.part", "data.part.json"]);
    expect(content("data.part")).toBe("0123");
  });

  it("asks for the rest of what is there, of the same URL", async () => {
    const { heard, result } = await play([broken(4), rest(4)], async (session, url) => {
      const target = join(folder, "data");
      await failureOf(session.download(`${url}/a?token=s3cret`, target, { resume: true, tries: 1 }));
      expect(content("data.part.json")).not.toContain("s3cret");
      return session.download(`${url}/a?token=s3cret`, target, { resume: true });
    });
    expect(result).toEqual({ path: join(folder, "data"), bytes: 10 });
    expect(rangesOf(heard)[1]).toEqual(["bytes=4-", '"1"']);
    expect(content()).toBe(WHOLE);
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it("does not glue parts of different URLs, though their tags are the same", async () => {
    const { heard } = await play([broken(4), rest(4), whole({}, "other")], async (session, url) => {
      await failureOf(session.download(`${url}/a`, join(folder, "data"), { resume: true, tries: 1 }));
      return session.download(`${url}/b`, join(folder, "data"), { resume: true });
    });
    expect(content()).toBe("other");
    expect(heard.map(({ target }) => target)).toEqual(["/a", "/b", "/b"]);
    expect(rangesOf(heard)[2]).toEqual([null, null]);
  });

  it.for([
    ["no note", null],
    ["a note that is no JSON", "{"],
    ["a note that says nothing", "{}"],
    ["a note of something else", '{"url":"x","version":{"validator":1,"field":"etag","totalBytes":10}}'],
  ] as const)("begins anew with %s beside the part", async ([, note]) => {
    writeFileSync(join(folder, "data.part"), "junk");
    if (note !== null) writeFileSync(join(folder, "data.part.json"), note);
    const { heard } = await downloaded([whole()], { resume: true });
    expect(rangesOf(heard)).toEqual([[null, null]]);
    expect(content()).toBe(WHOLE);
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it("keeps nothing that cannot be gone on with", async () => {
    await downloaded([broken(4, {})], { resume: true, tries: 1 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps the part in a folder under the name of the URL", async () => {
    const named = { ETag: '"1"', "Content-Disposition": "attachment; filename=report.csv" };
    const { result } = await play([broken(4, named), rest(4, 9, named)], async (session, url) => {
      await failureOf(session.download(`${url}/x.bin?y`, folder, { resume: true, tries: 1 }));
      expect(readdirSync(folder).sort()).toEqual(["x.bin.part", "x.bin.part.json"]);
      return session.download(`${url}/x.bin?y`, folder, { resume: true });
    });
    expect(result).toEqual({ path: join(folder, "report.csv"), bytes: 10 });
    expect(readdirSync(folder)).toEqual(["report.csv"]);
  });

  it("does not follow a link in the place of the part", async () => {
    const outside = join(folder, "outside");
    writeFileSync(outside, "mine");
    symlinkSync(outside, join(folder, "data.part"));
    const { heard, result } = await downloaded([whole()], { resume: true });
    expect(result).toMatchObject({ code: "ELOOP" });
    expect(heard).toEqual([]);
    expect(content("outside")).toBe("mine");
  });

  it("gives the file the permissions of the one that it replaces", async () => {
    writeFileSync(join(folder, "data"), "old", { mode: 0o600 });
    await downloaded([whole()], { resume: true });
    expect(statSync(join(folder, "data")).mode & 0o777).toBe(0o600);
  });
});

describe("a closed session", () => {
  it("downloads nothing", async () => {
    const session = new Session({ trustEnv: false });
    await session.close();
    const failure = await failureOf(session.download("http://127.0.0.1:1/x", join(folder, "x")));
    expect(failure).toMatchObject({ name: "SessionClosed" });
    expect(readdirSync(folder)).toEqual([]);
  });
});
