/** The recorder itself: what it takes, how much it keeps, what it tells, how it ends. */
import { readFile, stat } from "node:fs/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

import type { RecordOptions, RecorderNews } from "../../src/record/recorder.ts";
import { Session } from "../../src/index.ts";
import { expectSound } from "../support/har.ts";
import { Teller } from "../support/recorded.ts";
import { temporaryFolder } from "../support/temporary.ts";

const { newPath } = temporaryFolder();

describe("session.record()", () => {
  it.for<[options: unknown, error: RegExp]>([
    [{ maxEntries: 0 }, /maxEntries must be a whole number, 1 or more, not 0/],
    [{ maxEntries: 1.5 }, /maxEntries must be a whole number, 1 or more, not 1.5/],
    [{ maxEntries: null }, /maxEntries must be a whole number, 1 or more, not null/],
    [{ maxBodyBytes: -1 }, /maxBodyBytes must be a whole number, 0 or more, not -1/],
    [{ bodies: "some" }, /bodies must be "none", "text" or "all", not "some"|bodies must be .*not "some"/],
    [{ bodies: true }, /bodies must be .*not boolean/],
    [{ maxEntrys: 1 }, /session\.record\(\) has no option "maxEntrys"; .*maxEntries/],
    [null, /the options of session\.record\(\) must be an object, not null/],
  ])("refuses %j", async ([options, error]) => {
    await using session = new Session();
    expect(() => session.record(options as RecordOptions)).toThrow(error); // what is wrong
  });

  it("writes a report for its owner alone", async () => {
    const file = newPath();
    await using session = new Session();
    using recorder = session.record();
    await recorder.report(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toMatch(/^<!doctype html>/i);
    await expect(recorder.report(5 as unknown as string)).rejects.toThrow(
      "file must be a path or a URL, not number",
    ); // what is wrong
  });
});

describe("a recorder", () => {
  it("keeps so many messages, those that ended last, and counts the others", () => {
    const teller = new Teller({ maxEntries: 3 });
    for (let at = 0; at < 10; at++) teller.message({ url: `https://example.com/${at}` });
    const { recorder } = teller;
    expect([recorder.size, recorder.dropped]).toEqual([3, 7]);
    const { log } = recorder.har();
    expect(log.entries.map(({ request }) => request.url)).toEqual(
      [7, 8, 9].map((at) => `https://example.com/${at}`),
    );
    expect(log._sojourn.dropped).toBe(7);
  });

  it("writes them in the order in which they began", () => {
    const teller = new Teller();
    for (const startedAt of [3, 1, 2, 1]) teller.message({ startedAt });
    expect(teller.recorder.har().log.entries.map(({ _sojourn }) => _sojourn.message)).toEqual([2, 4, 3, 1]);
  });

  it("keeps no more of calls, connections and happenings either", () => {
    const teller = new Teller({ maxEntries: 3 });
    for (let id = 1; id <= 10; id++) {
      teller.call({ id });
      teller.tell("connection", {
        id,
        kind: id < 9 ? "closed" : "opened",
        origin: "https://example.com:443",
        proxy: null,
        httpVersion: "1.1",
        info: null,
        startedAt: id,
        duration: 5,
        timings: { dns: null, tcp: 1, proxy: null, tls: 2 },
        messages: 1,
        error: null,
      });
      teller.tell("retry", { call: id, message: id, attempts: 1, status: 503, error: null, delayMs: 1 });
    }
    const { calls, connections } = teller.recorder.har().log._sojourn;
    expect(calls.map(({ id }) => id)).toEqual([8, 9, 10]);
    // Those that are open stay longest.
    expect(connections.map(({ id, opening, lasted }) => [id, opening, lasted])).toEqual([
      [8, 3, 5],
      [9, 5, null],
      [10, 5, null],
    ]);
    for (const id of [7, 8]) teller.message({ id });
    const { entries } = teller.recorder.har().log;
    expect(entries.map(({ _sojourn }) => _sojourn.retry)).toEqual([null, { delayMs: 1, attempts: 1 }]);
  });

  it("takes what happens to a message before its end and afterwards", () => {
    const teller = new Teller();
    const of = { call: 1, message: 1 };
    teller.tell("redirect", { ...of, status: 302, from: "a", to: "https://example.com/b", method: "GET" });
    teller.message({});
    teller.tell("auth", { ...of, status: 401, url: "a", answered: 0 });
    const [entry] = teller.recorder.har().log.entries;
    expect(entry?._sojourn).toMatchObject({
      redirect: { to: "https://example.com/b", method: "GET" },
      isChallengeAnswered: true,
    });
  });

  it("does not hold what it does not write", () => {
    const teller = new Teller({ bodies: "text", maxBodyBytes: 10 });
    teller.message({ body: "a".repeat(1000), answer: "b".repeat(1000) });
    expect(teller.keptBytes).toBe(10);
    const [entry] = teller.recorder.har().log.entries;
    expect(entry?.request.postData).toMatchObject({ text: "a".repeat(10), _isCut: true });
    expect(entry?.response.content).toMatchObject({ text: "b".repeat(10), _isCut: true });
  });

  it("tells of what ends, and again when more is known, until that is ended", () => {
    const teller = new Teller({ maxEntries: 1 });
    const news: RecorderNews[] = [];
    const listening = teller.recorder.onEntry((one) => news.push(one));
    teller.message({ url: "https://example.com/1" });
    teller.tell("retry", { call: 1, message: 1, attempts: 1, status: 503, error: null, delayMs: 1 });
    teller.call({ id: 1 });
    teller.message({ url: "https://example.com/2" });
    teller.recorder.clear();
    listening[Symbol.dispose]();
    teller.message({});
    expect(news.map(({ event }) => event)).toEqual(["entry", "entry", "call", "entry", "dropped", "log"]);
    expect(news[0]).toMatchObject({ data: { _sojourn: { message: 1, retry: null } } });
    expect(news[1]).toMatchObject({ data: { _sojourn: { message: 1, retry: { attempts: 1 } } } });
    expect(news[4]).toEqual({ event: "dropped", data: { total: 1, messages: [1] } });
    expect(news[5]).toMatchObject({ data: { entries: [] } });
    expect(() => teller.recorder.onEntry(1 as never)).toThrow(
      "what onEntry() calls must be a function, not number",
    );
  });

  it("tells nothing that is secret", () => {
    const teller = new Teller({ bodies: "all" });
    const news: RecorderNews[] = [];
    teller.recorder.onEntry((one) => news.push(one));
    teller.message({ sent: { Authorization: "Bearer t0ken-value" }, answer: "you have t0ken-value" });
    teller.message({ url: "https://example.com/t0ken-value" });
    teller.call({ url: "https://example.com/t0ken-value" });
    expect(news.length).toBe(3);
    expect(JSON.stringify(news)).not.toContain("t0ken-value");
  });

  it("forgets what it is told to forget, and knows its secrets still", () => {
    const teller = new Teller({ bodies: "all", maxEntries: 2 });
    teller.message({ sent: { Authorization: "Bearer t0ken-value" } });
    teller.call({});
    teller.recorder.clear();
    expect(teller.recorder.har().log).toMatchObject({ entries: [], _sojourn: { calls: [], dropped: 0 } });
    teller.message({ answer: "you had t0ken-value" });
    expect(JSON.stringify(teller.recorder.har())).not.toContain("t0ken-value");
  });

  it("ends listening when it is closed, and has what it kept", () => {
    const teller = new Teller({ bodies: "all" });
    teller.message({});
    teller.recorder.close();
    teller.recorder[Symbol.dispose]();
    expect([teller.listeners, teller.keptBytes]).toEqual([0, null]);
    teller.message({});
    expect(teller.recorder.har().log.entries.length).toBe(1);
    expectSound(teller.recorder.har());
  });

  it("prints how much it has", () => {
    const teller = new Teller({ maxEntries: 5 });
    teller.message({ sent: { Cookie: "sid=value-of-sid" } });
    const shown = {
      size: 1,
      dropped: 0,
      maxEntries: 5,
      bodies: "none",
      maxBodyBytes: 65_536,
      isClosed: false,
    };
    expect(teller.recorder.toJSON()).toEqual(shown);
    expect(inspect(teller.recorder)).toBe(`Recorder ${inspect(shown)}`);
  });
});

describe("toCurl() of a recorder", () => {
  it("has a comment and a command for each message", () => {
    const teller = new Teller({ bodies: "all" });
    teller.message({
      url: "https://example.com/a?token=t0ken-value",
      sent: { Accept: "*/*", "User-Agent": "u" },
    });
    teller.message({
      method: "POST",
      url: "https://example.com/t0ken-value",
      sent: { Accept: "*/*", "User-Agent": "u", "Content-Type": "text/plain" },
      body: "it is t0ken-value",
      status: null,
      error: new Error("broken"),
    });
    expect(teller.recorder.toCurl()).toBe(`# GET https://example.com/a?token=***: 200
curl -q --globoff --path-as-is --http1.1 "https://example.com/a?token=$TOKEN" \\
  -H 'Accept: */*' \\
  -H 'User-Agent: u'

# POST https://example.com/***: failed
curl -q --globoff --path-as-is --http1.1 -X POST "https://example.com/$SECRET" \\
  -H 'Accept: */*' \\
  -H 'User-Agent: u' \\
  -H 'Content-Type: text/plain' \\
  --data-raw "it is $SECRET"
`);
  });

  it.for<[options: RecordOptions, why: string]>([
    [{}, 'its body of 4 bytes is not kept (bodies: "all")'],
    [{ bodies: "all", maxBodyBytes: 2 }, "its body of 4 bytes is kept in part (maxBodyBytes)"],
  ])("says with %j why there is no command", ([options, why]) => {
    const teller = new Teller(options);
    teller.message({ method: "POST", url: "https://example.com/", body: "text" });
    expect(teller.recorder.toCurl()).toBe(`# POST https://example.com/: 200; no command: ${why}\n`);
  });

  it("lets nothing of a URL leave its comment", () => {
    const teller = new Teller();
    teller.message({ url: "x://h/\nrm -rf /\u2028" });
    expect(teller.recorder.toCurl()).toBe(
      "# GET x://h/ rm -rf / : 200; no command: toCurl() writes requests to http: and https: URLs: GET x://h/ rm -rf / \n",
    );
  });
});
