/** What servers and files write never reaches the terminal raw, and no secret is in what is written there. */
import { describe, expect, it } from "vitest";

import { HeaderMap, HttpBearerAuth, Session, wireResponse } from "../../src/index.ts";
import { logTo, progressBar, type LeveledLogger } from "../../src/terminal.ts";
import { answer, utf8, wireServer } from "../support/wire-server.ts";

/** Everything that a terminal takes for more than a character, but for the line feeds that we write. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const HOSTILE = [
  ["a reset of the terminal", "\x1bc"],
  ["a colour", "\x1b[31m"],
  ["a title of the window", "\x1b]0;title\x07"],
  ["a link", "\x1b]8;;https://evil.test\x1b\\"],
  ["the eighth bit", "\x9b31m"],
  ["a bell", "\x07"],
  ["backspaces", "\b\b\b"],
  ["a carriage return", "\r"],
  ["a line feed", "\n"],
  ["a vertical tab", "\v"],
  ["turned text", "\u202egnp.exe"],
  ["isolates", "\u2066a\u2069"],
  ["a mark for direction", "\u200f"],
  ["a line separator", "\u2028x"],
] as const;

/** Keeps all texts, of fields too. */
class Notes implements LeveledLogger {
  text = "";
  readonly #note = (what: unknown, text?: string): void => {
    for (const one of [what, text])
      if (typeof one === "string") this.text += `${one}\n`;
      else if (one !== undefined) this.#values(one);
  };
  debug = this.#note;
  info = this.#note;
  warn = this.#note;
  error = this.#note;

  /** As they are, and not as JSON writes them. */
  #values(of: unknown): void {
    if (typeof of === "string") this.text += `${of}\n`;
    else if (typeof of === "object" && of !== null)
      for (const [name, value] of Object.entries(of)) {
        this.text += `${name}\n`;
        this.#values(value);
      }
  }
}

/** All that is written of what `ask` does, in each form. */
async function written(session: Session, ask: () => Promise<unknown>): Promise<string> {
  const notes = new Notes();
  const fields = Object.assign(new Notes(), { child: () => undefined });
  using _line = logTo(session, notes);
  using _full = logTo(session, notes, { format: "full" });
  using _fields = logTo(session, fields, { format: "full" });
  await ask().catch(() => null);
  return notes.text + fields.text;
}

describe("what a server writes", () => {
  it.for(HOSTILE)("does nothing to a terminal: %s", async ([, hostile]) => {
    for (const text of [hostile, utf8(hostile)]) {
      await using server = await wireServer(
        answer({
          status: 302,
          reason: `Found${text}`,
          headers: [
            ["Location", `/next${text}?a=${text}`],
            ["X-Note", `a${text}b`],
            [`X${text}`, "name"],
            ["Set-Cookie", `a${text}=b${text}; Path=/${text}`],
          ],
        }),
        answer({ status: 404, reason: text, headers: [["Content-Type", text]] }),
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-After: a${text}b\r\n\r\n`,
      );
      await using session = new Session({ trustEnv: false, baseUrl: server.url, timeout: 200 });
      const text1 = await written(session, () => session.get("/"));
      const text2 = await written(session, () => session.get("/again"));
      expect(text1 + text2).toContain("GET http://127.0.0.1");
      expect(RAW.exec(text1 + text2)).toBeNull();
    }
  });

  it.for(HOSTILE)("does nothing to a terminal when an adapter lets it through: %s", async ([, hostile]) => {
    await using session = new Session({ trustEnv: false });
    const raw = utf8(hostile);
    session.mount("http://hostile.test/", {
      send: () =>
        Promise.resolve({
          ...wireResponse({ status: 302, statusText: `Found${hostile}`, httpVersion: `1.1${hostile}` }),
          // Not checked, as fields of a connection are not.
          headers: HeaderMap.fromWire([
            "Location",
            `/${raw}?a=${hostile}`,
            `X${hostile}`,
            `a${hostile}b`,
            "X-Raw",
            `a${raw}b`,
            "Set-Cookie",
            `a${hostile}=b; Path=${raw}`,
          ]),
        }),
      close: () => Promise.resolve(),
    });
    const text = await written(session, () =>
      session.get("http://hostile.test/", {
        allowRedirects: false,
        headers: { "X-Mine": "caf\u00e9\u009b" },
      }),
    );
    expect(text).toMatch(/302 Found\\(?:x|u)/);
    expect(RAW.exec(text)).toBeNull();
  });

  it("is shown as what it is", async () => {
    await using server = await wireServer(
      answer({
        reason: utf8("caf\u00e9 \u202e"),
        headers: [["X-Note", utf8("na\u00efve \u65e5\u672c \u2066")]],
      }),
    );
    await using session = new Session({ trustEnv: false, baseUrl: server.url });
    const text = await written(session, () => session.get("/"));
    expect(text).toContain("200 caf\u00e9 \\u202e, 0 bytes");
    expect(text).toContain("< X-Note: na\u00efve \u65e5\u672c \\u2066");
  });
});

describe("the label of a progress bar", () => {
  it.for(HOSTILE)("does nothing to a terminal: %s", ([, hostile]) => {
    let text = "";
    const bar = progressBar({
      stream: { isTTY: true, columns: 60, write: (one) => (text += one) },
      label: `a${hostile}b\t.zip`,
    });
    bar({ direction: "download", bytes: 1, totalBytes: 2 });
    bar.stop();
    expect(text).toContain("a\\");
    expect(RAW.exec(text.replaceAll(/^\r|\r(?=a)/g, ""))).toBeNull();
  });
});

describe("secrets", () => {
  it("are in no form of a log", async () => {
    const secret = "s3cret-0123456789";
    const basic = Buffer.from(`user:${secret}`).toString("base64");
    const body = JSON.stringify({ access_token: secret });
    const reply = answer({
      status: 302,
      headers: [
        ["Location", `/next?access_token=${secret}&next=${encodeURIComponent(`/x?sig=${secret}`)}`],
        ["Set-Cookie", `sid=${secret}; Path=/`],
        ["X-Api-Key", secret],
        ["X-Seen", `http://user:${secret}@a.test/?token=${secret}`],
        ["Link", `<http://a.test/?token=${secret}>; rel=next`],
      ],
      body,
    });
    await using server = await wireServer(reply, answer({ body }), answer({ body }), answer({ body }));
    await using session = new Session({
      trustEnv: false,
      baseUrl: server.url,
      headers: { "X-Auth-Token": secret },
      params: { api_key: secret },
    });
    session.cookies.set("mine", secret);
    const withUser = server.url.replace("http://", `http://user:${secret}@`);
    const text = await written(session, async () => {
      await session.post(`/login?password=${secret}`, { data: { password: secret } });
      await session.get(`${withUser}/x`);
      await session.get("/", { auth: new HttpBearerAuth(secret) });
      await session.get("http://127.0.0.1:9/", { params: { token: secret } });
    });
    expect(text.split("\n").length).toBeGreaterThan(60);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(basic);
    expect(text).not.toContain(Buffer.from(secret).toString("base64").slice(0, 12));
  });
});
