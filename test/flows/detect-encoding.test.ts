import { describe, expect, it, vi } from "vitest";

import { detectCharset } from "../../src/charset.ts";
import { Session } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

/** Long enough for statistics. */
const TEXT =
  "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему. " +
  "Все смешалось в доме Облонских.";
/** In windows-1251. */
const RUSSIAN = Buffer.from(
  Array.from(TEXT, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x80 ? code : code - 0x410 + 0xc0;
  }),
);

function saying(body: Buffer, type = "text/plain"): Promise<TestOrigin> {
  return startOrigin((_request, response) => void response.setHeader("Content-Type", type).end(body));
}

describe("detectEncoding", () => {
  it("of a kept library names the charset of a text that nobody names", async () => {
    await using origin = await saying(RUSSIAN);
    await using session = new Session({ detectEncoding: detectCharset, trustEnv: false });
    const response = await session.get(origin.url);
    expect(response.apparentEncoding).toBe("windows-1251");
    expect(response.text()).toBe(TEXT);
    const streamed = await session.get(origin.url, { stream: true });
    expect(await streamed.text()).toBe(TEXT);
    expect((await session.get(origin.url, { detectEncoding: null })).apparentEncoding).toBe("windows-1252");
  });

  it.for([
    ["a charset that is named", "text/plain; charset=windows-1251", RUSSIAN],
    ["UTF-8", "text/plain", Buffer.from("gr\u00fcn")],
    ["ASCII", "text/plain", Buffer.from("green")],
  ] as const)("is not asked about %s", async ([, type, body]) => {
    const detect = vi.fn(() => "koi8-r");
    await using origin = await saying(body, type);
    await using session = new Session({ detectEncoding: detect, trustEnv: false });
    (await session.get(origin.url)).text();
    expect(detect).not.toHaveBeenCalled();
  });

  it.for([null, "", "x-nobody-knows"])("may not know: with %j it is windows-1252", async (name) => {
    await using origin = await saying(Buffer.from([0x80]));
    await using session = new Session({ detectEncoding: () => name, trustEnv: false });
    const response = await session.get(origin.url);
    expect([response.text(), response.apparentEncoding]).toEqual(["\u20ac", "windows-1252"]);
  });

  it("is asked once for a response", async () => {
    const detect = vi.fn(() => "windows-1251");
    await using origin = await saying(RUSSIAN);
    await using session = new Session({ detectEncoding: detect, trustEnv: false });
    const response = await session.get(origin.url);
    expect([response.text(), response.apparentEncoding]).toEqual([TEXT, "windows-1251"]);
    response.encoding = "latin1";
    response.text();
    response.encoding = null;
    expect(response.text()).toBe(TEXT);
    expect(detect).toHaveBeenCalledTimes(1);
  });

  it("holds for lines and pieces, too: from the first piece on that needs it", async () => {
    await using origin = await saying(Buffer.concat([Buffer.from("plain\n"), RUSSIAN, Buffer.from("\nend")]));
    await using session = new Session({ detectEncoding: detectCharset, trustEnv: false });
    for (const stream of [true, false]) {
      const lines: string[] = [];
      for await (const line of (await session.get(origin.url, { stream })).iterLines()) lines.push(line);
      expect(lines).toEqual(["plain", TEXT, "end"]);
    }
    let text = "";
    const response = await session.get(origin.url, { stream: true });
    for await (const piece of response.iterContent({ decode: true })) text += piece;
    expect(text).toBe(`plain\n${TEXT}\nend`);
  });

  it("can be set later, and must be a function then, too", async () => {
    await using origin = await saying(RUSSIAN);
    await using session = new Session({ trustEnv: false });
    expect((await session.get(origin.url)).apparentEncoding).toBe("windows-1252");
    session.detectEncoding = detectCharset;
    expect((await session.get(origin.url)).apparentEncoding).toBe("windows-1251");
    expect(() => (session.detectEncoding = "chardet" as never)).toThrow(TypeError);
  });

  it("must answer with a name or null", async () => {
    await using origin = await saying(Buffer.from([0x80]));
    await using session = new Session({ detectEncoding: (() => 5) as never, trustEnv: false });
    const response = await session.get(origin.url);
    expect(() => response.text()).toThrow(
      "detectEncoding must return the name of a charset or null, not number",
    );
    expect(() => new Session({ detectEncoding: "chardet" as never })).toThrow(TypeError);
    expect(await rejection(session.get(origin.url, { detectEncoding: 1 as never }))).toBeInstanceOf(
      TypeError,
    );
  });
});

describe("detectCharset", () => {
  it("looks at a part of a long text, where it says something", () => {
    const long = Buffer.concat([Buffer.alloc(200_000, "plain words "), ...Array<Buffer>(600).fill(RUSSIAN)]);
    expect(detectCharset(long)).toBe("windows-1251");
    expect(detectCharset(Buffer.alloc(200_000, "plain words "))).toBe("ascii");
  });

  it("knows ISO-2022-JP, which is written in ASCII with escapes", async () => {
    const japanese = Buffer.from("\u001b$B8@8l$OJ82=$G$9!#\u001b(B", "latin1");
    await using origin = await saying(japanese);
    await using session = new Session({ detectEncoding: detectCharset, trustEnv: false });
    const response = await session.get(origin.url);
    expect([response.apparentEncoding, response.text()]).toEqual(["iso-2022-jp", "言語は文化です。"]);
    const streamed = await session.get(origin.url, { stream: true });
    for await (const line of streamed.iterLines()) expect(line).toBe("言語は文化です。");
  });
});

describe("a page that names its charset", () => {
  const page = Buffer.concat([Buffer.from("<meta charset=windows-1251><p>"), RUSSIAN]);
  const read = `<meta charset=windows-1251><p>${TEXT}`;

  it("is read so, and nobody is asked", async () => {
    const detect = vi.fn(() => "koi8-r");
    await using origin = await saying(page, "text/html");
    await using session = new Session({ detectEncoding: detect, trustEnv: false });
    const response = await session.get(origin.url);
    expect([response.apparentEncoding, response.text()]).toEqual(["windows-1251", read]);
    const lines = [];
    for await (const line of (await session.get(origin.url, { stream: true })).iterLines()) lines.push(line);
    expect(lines).toEqual([read]);
    expect(detect).not.toHaveBeenCalled();
  });

  it("gives way to its header, and to what the program sets", async () => {
    await using origin = await saying(page, "text/html; charset=koi8-r");
    await using session = new Session({ trustEnv: false });
    const response = await session.get(origin.url);
    const inKoi8 = new TextDecoder("koi8-r").decode(page);
    expect(response.text()).toBe(inKoi8);
    response.encoding = null;
    expect(response.text()).toBe(read);
    response.encoding = "koi8-r";
    expect(response.text()).toBe(inKoi8);
  });

  it("is a page: in plain text the same letters say nothing", async () => {
    await using origin = await saying(page);
    await using session = new Session({ trustEnv: false });
    expect((await session.get(origin.url)).apparentEncoding).toBe("windows-1252");
  });
});
