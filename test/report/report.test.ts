/** The file of a report: what is in it, what its policy lets run, and how it is written. */
import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

import type { HarLog } from "../../src/record/har-types.ts";
import { LIVE_POLICY, liveHtml, reportHtml } from "../../src/report/report.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { rejection } from "../support/messages.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { entryOf, logOf } from "./entries.ts";
import { hostileLog } from "./harsh-logs.ts";
import { richLog } from "./logs.ts";

/** What stands in the elements of a name, as a browser reads it: to the first end tag. */
function contentsOf(html: string, name: string): readonly string[] {
  return Array.from(
    html.matchAll(new RegExp(`<${name}\\b[^>]*>([^]*?)</${name}`, "gi")),
    ([, text = ""]) => text,
  );
}

/** The policy that the page names. */
function policyOf(html: string): readonly string[] {
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  return policy.split("; ");
}

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe.each([
  ["a report", () => reportHtml(richLog())],
  ["a report of markup", () => reportHtml(hostileLog())],
  ["the inspector's page", liveHtml],
])("the policy of %s", (_name, make) => {
  const html = make();
  const policy = policyOf(html);

  it("lets nothing in by default", () => {
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "base-uri 'none'", "form-action 'none'"]),
    );
  });

  it("names its script and its style by their hashes, and no other", () => {
    const script = contentsOf(html, "script").at(-1) ?? "";
    const [style = "", ...more] = contentsOf(html, "style");
    expect(more).toEqual([]);
    expect(policy).toEqual(
      expect.arrayContaining([`script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`]),
    );
    expect(policy.join()).not.toMatch(/unsafe|https?:|\*/);
  });

  it("stands before what it is for", () => {
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.search(/<(style|script)/));
  });
});

describe("the policy of the inspector", () => {
  it("lets the page ask its own server, and nobody frame it", () => {
    expect(LIVE_POLICY.split("; ")).toEqual([...policyOf(liveHtml()), "frame-ancestors 'none'"]);
    expect(policyOf(liveHtml())).toContain("connect-src 'self'");
    expect(policyOf(reportHtml(richLog())).join()).not.toContain("connect-src");
  });
});

describe("a report", () => {
  it.for([
    ["everything", richLog()],
    ["markup", hostileLog()],
    ["nothing", logOf([])],
    ["one message", logOf([entryOf({ id: 1 })])],
  ] as const)("holds the log, whole: %s", ([, log]) => {
    const html = reportHtml(log);
    const [data = "", ...scripts] = contentsOf(html, "script");
    expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(log)));
    expect(data).not.toContain("<");
    expect(scripts.length).toBe(1);
  });

  it("has nothing of others in it, and asks nobody for anything", () => {
    const html = reportHtml(logOf([]));
    const markup = html.replaceAll(/<(script|style)[^>]*>[^]*?<\/\1>/g, "");
    expect(markup.match(/\b(?:src|href)="[^"]{0,20}/g)).toEqual(['href="data:image/svg+xml,%']);
  });

  it("has no word of the log outside of its data", () => {
    const [before = ""] = reportHtml(hostileLog()).split('<script type="application/json"');
    expect(before).not.toContain("pwned");
  });
});

describe("the inspector's page", () => {
  it("has no data in it, and is the same each time", () => {
    expect(liveHtml()).toBe(liveHtml());
    expect(liveHtml()).toContain('data-source="live"');
    expect(liveHtml()).not.toContain('application/json" id=');
  });
});

describe("writeReport()", () => {
  const folder = temporaryFolder();
  const newFolder = (): Promise<string> => mkdtemp(join(folder.path, "report-"));
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

  it("writes for the owner alone, whatever was there", async () => {
    const place = await newFolder();
    const path = join(place, "out.html");
    await writeFile(path, "old");
    await chmod(path, 0o644);
    await writeReport(richLog(), path);
    expect(await readFile(path, "utf8")).toBe(reportHtml(richLog()));
    expect([await modeOf(path), await readdir(place)]).toEqual([0o600, ["out.html"]]);
  });

  it("takes a URL, and no other than of a file", async () => {
    const place = await newFolder();
    await writeReport(logOf([]), pathToFileURL(join(place, "a b.html")));
    expect(await readdir(place)).toEqual(["a b.html"]);
    expect(await rejection(writeReport(logOf([]), new URL("https://example.com/")))).toBeInstanceOf(
      TypeError,
    );
  });

  it("follows a link, and leaves it", async () => {
    const place = await newFolder();
    const [link, target] = [join(place, "link.html"), join(place, "real.html")];
    await writeFile(target, "old");
    await symlink(target, link);
    await writeReport(logOf([]), link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, "utf8")).toBe(reportHtml(logOf([])));
  });

  it("leaves what is there when it cannot write, and nothing beside it", async () => {
    const place = await newFolder();
    const path = join(place, "taken");
    await mkdir(path);
    expect(await rejection(writeReport(logOf([]), path))).toMatchObject({
      code: expect.stringMatching(/EISDIR|EPERM|ENOTEMPTY/) as string,
    });
    expect(await readdir(place)).toEqual(["taken"]);
    expect(await rejection(writeReport(logOf([]), join(path, "no", "such.html")))).toMatchObject({
      code: "ENOENT",
    });
  });

  it("writes reports at the same time one whole after the other", async () => {
    const place = await newFolder();
    const path = join(place, "out.html");
    const logs: readonly HarLog[] = [logOf([]), richLog(), hostileLog()];
    await Promise.all(logs.map((log) => writeReport(log, path)));
    expect(logs.map(reportHtml)).toContain(await readFile(path, "utf8"));
    expect(await readdir(place)).toEqual(["out.html"]);
  });
});
