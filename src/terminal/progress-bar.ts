/**
 * progressBar(): how far downloads and uploads are, on a terminal.
 */
import process from "node:process";

import type { ProgressListener } from "../core/adapter.ts";
import { assertWithin, mustBe, oneOf, optionsOf } from "../core/checks.ts";
import { isObject } from "../core/realm.ts";
import { visible } from "../core/visible.ts";
import { Bar, type BarStream } from "./bar.ts";

export type { BarStream } from "./bar.ts";

/** How {@link progressBar} draws. */
export interface ProgressBarOptions {
  /** Where it draws. Default: `process.stderr`. */
  readonly stream?: BarStream | undefined;
  /** What stands before the bar, such as the name of a file. Default: `upload` or `download`. */
  readonly label?: string | undefined;
  /** Which transfers are shown; `null`: both. Default: `null`. */
  readonly direction?: "upload" | "download" | null | undefined;
  /** The least time between two drawings, in milliseconds, 0 to 60 000. Default: 100. */
  readonly interval?: number | undefined;
  /**
   * What is written where `stream` is no terminal. `"lines"`: a line at each quarter, or where the length is not known at 1 MB, 4 MB, 16 MB …, and
   * at the end. `"nothing"`: nothing. Default: `"lines"`.
   */
  readonly elsewhere?: "lines" | "nothing" | undefined;
}

/** A listener for `onProgress`, which draws. */
export interface ProgressBar extends ProgressListener {
  /** Ends the line of a transfer that is not shown to its end: it failed, was given up, or its length is not known. */
  stop(): void;
  /** The same as `stop()`. */
  [Symbol.dispose](): void;
}

/**
 * A progress bar for one transfer at a time, as `onProgress` of a request, a session or a download. It ends its line itself when the whole
 * length is known and has come; `stop()` ends it in all cases.
 *
 * @throws {TypeError | RangeError} for an unknown option or a wrong value.
 *
 * @example
 * const bar = progressBar({ label: "data.zip" });
 * try {
 *   await session.download(url, "data.zip", { onProgress: bar });
 * } finally {
 *   bar.stop();
 * }
 */
export function progressBar(options: ProgressBarOptions = {}): ProgressBar {
  const names = ["stream", "label", "direction", "interval", "elsewhere"];
  const given = optionsOf(options, "progressBar()", names);
  const { stream = process.stderr, label, direction = null, interval = 100, elsewhere = "lines" } = given;
  if (!isObject(stream) || typeof stream.write !== "function")
    throw mustBe("stream", "a stream to write to, such as process.stderr", stream);
  if (label !== undefined && typeof label !== "string") throw mustBe("label", "a string", label);
  if (direction !== null) oneOf(direction, "direction", ["upload", "download"], " or null");
  assertWithin(interval, "interval", [0, 60_000], "a number of milliseconds");
  const bar = new Bar({
    stream,
    // Names of files may come in parts, as macOS writes them; of a tab nobody knows how wide it is.
    label: label === undefined ? null : visible(label.normalize("NFC")).replaceAll("\t", " "),
    intervalMs: interval,
    hasLines: oneOf(elsewhere, "elsewhere", ["lines", "nothing"]) === "lines",
    now: () => performance.now(),
  });
  const listener: ProgressListener = (reached) => {
    if (direction === null || direction === reached.direction) bar.show(reached);
  };
  return Object.assign(listener, { stop: () => bar.stop(), [Symbol.dispose]: () => bar.stop() });
}
