/** progressBar(): one line that is drawn anew, in the width that there is; elsewhere a few lines. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { Session } from "../../src/index.ts";
import { progressBar, type ProgressBarOptions } from "../../src/terminal.ts";
import { Bar, type BarSettings, type Reached } from "../../src/terminal/bar.ts";
import { columnsOf } from "../../src/terminal/width.ts";

/** A terminal of one line: what stands there, and what stood there before. */
class Screen {
  readonly isTTY: boolean;
  columns: number | undefined;
  /** All that was written. */
  readonly written: string[] = [];

  constructor(isTTY: boolean = true, columns: number | undefined = 80) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.written.push(text);
  }

  get text(): string {
    return this.written.join("");
  }

  /** Lines as a person sees them: a carriage return goes back to the beginning, and what is written is over what stood there. */
  get lines(): string[] {
    return this.text.split("\n").map((line) => {
      let shown = "";
      for (const part of line.split("\r")) shown = part + shown.slice(part.length);
      return shown.trimEnd();
    });
  }
}

/** A bar whose time a test decides. */
function barOn(screen: Screen, more: Partial<BarSettings> = {}): { bar: Bar; at: (ms: number) => void } {
  let now = 1000;
  const bar = new Bar({
    stream: screen,
    label: "data.zip",
    intervalMs: 100,
    hasLines: true,
    now: () => now,
    ...more,
  });
  return { bar, at: (ms) => (now = 1000 + ms) };
}

function download(bytes: number, totalBytes: number | null): Reached {
  return { direction: "download", bytes, totalBytes };
}

describe("transfers of odd lengths, and several at a time", () => {
  it.for([true, false])("are over at once where nothing is to come, on a terminal: %o", (isTTY) => {
    const screen = new Screen(isTTY);
    const { bar } = barOn(screen);
    bar.show(download(0, 0));
    expect(screen.lines.filter((line) => line !== "")).toEqual([expect.stringContaining("100%")]);
  });

  it("that take turns are drawn no more often than one", () => {
    const screen = new Screen();
    const { bar, at } = barOn(screen);
    for (let turn = 0; turn < 100; turn++) {
      at(turn);
      bar.show(download(500_000 + turn, 1_000_000));
      bar.show(download(turn, 1_000_000));
    }
    expect(screen.written).toHaveLength(1);
  });

  it("that take turns write no line at each turn", () => {
    const screen = new Screen(false);
    const { bar } = barOn(screen);
    for (let turn = 0; turn < 100; turn++) {
      bar.show(download(500_000 + turn, 1_000_000));
      bar.show(download(turn, 1_000_000));
    }
    expect(screen.written).toHaveLength(1);
  });
});

describe("on a terminal", () => {
  it("draws label, bar, part, sizes, speed and the time that is left, and ends its line", () => {
    const screen = new Screen();
    const { bar, at } = barOn(screen);
    bar.show(download(0, 4_000_000));
    at(1000);
    bar.show(download(1_000_000, 4_000_000));
    expect(screen.lines).toEqual([
      "data.zip [#####................]  25%  1.00 MB of 4.00 MB  1.00 MB/s  0:03 left",
    ]);
    at(4000);
    bar.show(download(4_000_000, 4_000_000));
    expect(screen.lines).toEqual([
      "data.zip [#####################] 100%  4.00 MB of 4.00 MB  1.00 MB/s  0:04",
      "",
    ]);
    bar.stop();
    expect(screen.text.match(/\n/g)).toHaveLength(1);
  });

  it("is not drawn more often than it may be, but at the beginning and at the end", () => {
    const screen = new Screen();
    const { bar, at } = barOn(screen);
    for (let ms = 0; ms < 1000; ms++) {
      at(ms);
      bar.show(download(ms, 1000));
    }
    bar.show(download(1000, 1000));
    expect(screen.written.filter((text) => text.startsWith("\r"))).toHaveLength(11);
  });

  it("tells bytes, speed and time where the length is not known, and stop() ends the line", () => {
    const screen = new Screen();
    const { bar, at } = barOn(screen);
    bar.show(download(0, null));
    at(2000);
    bar.show(download(123_456, null));
    at(2050);
    bar.show(download(200_000, null));
    bar.stop();
    bar.stop();
    expect(screen.lines).toEqual(["data.zip 200 kB  97.6 kB/s  0:02", ""]);
  });

  it("leaves nothing of a longer line, and fits a window that becomes smaller", () => {
    const screen = new Screen();
    const { bar, at } = barOn(screen, { label: "a-name-that-is-rather-long-for-such-a-line.tar.gz" });
    bar.show(download(1, 1_000_000));
    for (const [columns, ms] of [
      [60, 200],
      [40, 400],
      [20, 600],
      [5, 800],
      [1, 1000],
      [0, 1200],
    ] as const) {
      screen.columns = columns;
      at(ms);
      bar.show(download(ms, 1_000_000));
      // The last column stays free; 0 is no width, and 80 is meant.
      const most = Math.max((columns || 80) - 1, 1);
      expect(columnsOf((screen.written.at(-1) ?? "").replace("\r", "").trimEnd())).toBeLessThanOrEqual(most);
      expect(columnsOf((screen.written.at(-1) ?? "").replace("\r", ""))).toBeLessThanOrEqual(most);
    }
    screen.columns = 80;
    at(1400);
    bar.show(download(500_000, 1_000_000));
    expect(screen.lines.join()).toMatch(/^a-name\S*….*\.tar\.gz \[#+\.+\]  50%  500 kB of 1\.00 MB/);
    bar.stop();
  });

  it("shows an upload and the download behind it one under the other", () => {
    const screen = new Screen();
    const { bar } = barOn(screen, { label: null });
    bar.show({ direction: "upload", bytes: 5, totalBytes: 10 });
    bar.show({ direction: "upload", bytes: 10, totalBytes: 10 });
    bar.show(download(3, null));
    bar.stop();
    expect(screen.lines.map((line) => line.replace(/ \[.*\]/, ""))).toEqual([
      "upload 100%  10 B of 10 B  0:00",
      "download 3 B  0:00",
      "",
    ]);
  });

  it("begins anew on the same line when a redirect or a retry begins", () => {
    const screen = new Screen();
    const { bar, at } = barOn(screen);
    bar.show(download(900, 1000));
    at(10_000);
    bar.show(download(100, 1000));
    at(11_000);
    bar.show(download(200, 1000));
    bar.stop();
    expect(screen.lines).toEqual([expect.stringContaining(" 20%  200 B of 1.00 kB  200 B/s  0:04 left"), ""]);
  });

  it("takes more bytes than were announced, and none", () => {
    const screen = new Screen();
    const { bar } = barOn(screen);
    bar.show(download(12, 10));
    bar.show(download(0, 0));
    expect(screen.lines.map((line) => /100%.*/.exec(line)?.[0])).toEqual([
      "100%  12 B of 10 B  0:00",
      "100%  0 B of 0 B  0:00",
      undefined,
    ]);
  });

  it.for([
    ["日本語のファイル名.txt", 80],
    ["한글.txt".normalize("NFD"), 60],
    ["👩‍👩‍👧‍👦 family.png", 50],
    ["e\u0301te\u0301.txt", 45],
    ["ﬀ…→.txt", 45],
    ["非常に長いファイル名がここにあるので短くされる必要がある.txt", 70],
  ] as const)("takes no more columns than there are: %s in %i", ([label, columns]) => {
    const screen = new Screen(true, columns);
    const bar = progressBar({ stream: screen, label, interval: 0 });
    for (let bytes = 0; bytes <= 1_000_000; bytes += 50_000) bar(download(bytes, 1_000_000));
    for (const text of screen.written.filter((one) => one !== "\n"))
      expect(columnsOf(text.slice(1))).toBeLessThanOrEqual(columns - 1);
    expect(screen.lines[0]).toContain("100%");
  });
});

describe("elsewhere", () => {
  it("writes a line at each quarter, and at the end", () => {
    const screen = new Screen(false);
    const { bar, at } = barOn(screen);
    for (let bytes = 0; bytes <= 1000; bytes += 10) {
      at(bytes);
      bar.show(download(bytes, 1000));
    }
    expect(screen.lines).toEqual([
      "data.zip  25%  250 B of 1.00 kB  1.00 kB/s",
      "data.zip  50%  500 B of 1.00 kB  1.00 kB/s  0:01 left",
      "data.zip  75%  750 B of 1.00 kB  1.00 kB/s  0:00 left",
      "data.zip  100%  1.00 kB of 1.00 kB  1.00 kB/s  0:01",
      "",
    ]);
    expect(screen.text).not.toContain("\r");
  });

  it("writes few lines where the length is not known", () => {
    const screen = new Screen(false);
    const { bar } = barOn(screen);
    for (let bytes = 0; bytes <= 20_000_000; bytes += 100_000) bar.show(download(bytes, null));
    bar.stop();
    expect(screen.lines.map((line) => line.split("  ").slice(0, 2).join("  "))).toEqual([
      "data.zip  1.00 MB",
      "data.zip  4.00 MB",
      "data.zip  16.0 MB",
      "data.zip  20.0 MB",
      "",
    ]);
  });

  it("writes nothing when that is wanted", () => {
    const screen = new Screen(false);
    const bar = progressBar({ stream: screen, elsewhere: "nothing" });
    bar(download(1, 2));
    bar(download(2, 2));
    bar.stop();
    expect(screen.written).toEqual([]);
  });
});

describe("progressBar()", () => {
  it("shows downloads and uploads of a session", async () => {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        if (request.url === "/chunked") response.write("x".repeat(1000));
        response.end("x".repeat(1000));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const folder = await mkdtemp(join(tmpdir(), "sojourn-bar-"));
    const screen = new Screen();
    try {
      await using session = new Session({ trustEnv: false });
      using bar = progressBar({ stream: screen, label: "a" });
      await session.download(`${url}/known`, join(folder, "a"), { onProgress: bar });
      await session.get(`${url}/chunked`, { onProgress: bar });
      bar.stop();
      const up = progressBar({ stream: screen, direction: "upload" });
      await session.post(url, { data: new Uint8Array(2000), onProgress: up });
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
    expect(
      screen.lines.map((line) => line.replace(/ \[.*\]/, "").replace(/ {2}[\d.]+ \wB\/s.*/, "")),
    ).toEqual(["a 100%  1.00 kB of 1.00 kB", "a 2.00 kB", "upload 100%  2.00 kB of 2.00 kB", ""]);
  });

  it.for<readonly [Readonly<Record<string, unknown>>, string]>([
    [{ stream: 5 }, "stream must be a stream to write to, such as process.stderr, not number"],
    [{ stream: {} }, "stream must be a stream to write to"],
    [{ label: 5 }, "label must be a string, not number"],
    [{ direction: "down" }, 'direction must be "upload", "download" or null, not "down"'],
    [{ interval: -1 }, "interval must be a number of milliseconds from 0 to 60000, not -1"],
    [{ interval: "1" }, "interval must be a number of milliseconds from 0 to 60000, not string"],
    [{ elsewhere: "dots" }, 'elsewhere must be "lines" or "nothing", not "dots"'],
    [{ width: 5 }, 'progressBar() has no option "width"'],
  ])("does not take %o", ([options, message]) => {
    expect(() => progressBar(options as ProgressBarOptions)).toThrow(message);
  });
});
