/** The summary: figures, origins, errors by kind, and what took longest. On the page and on paper. */
import { button, element, type Child } from "./element.ts";
import { formatBytes, formatCount, formatMs, formatNumber, formatShare, shorten } from "./format.ts";
import type { Message } from "./message.ts";
import { table } from "./parts.ts";
import type { Summary } from "./summary.ts";
import { statusCell } from "./waterfall.ts";

/** Opens a message; `null`: it is on paper. */
export type OpenMessage = ((message: Message) => void) | null;

function figure(label: string, value: string, note: string): HTMLElement {
  return element(
    "div",
    { class: "card" },
    element("dt", {}, label),
    element("dd", {}, element("strong", {}, value), note === "" ? null : element("span", {}, note)),
  );
}

function link(message: Message, open: OpenMessage): Child {
  const label = `${message.method} ${shorten(message.host + message.path, 110)}`;
  return open === null ? label : button({ class: "link" }, label, () => open(message));
}

function part(title: string, content: HTMLElement): HTMLElement {
  return element("section", {}, element("h2", {}, title), content);
}

function cards(summary: Summary, length: number): HTMLElement {
  const { failures, aborted, redirects, retries } = summary;
  return element(
    "dl",
    { class: "cards" },
    figure("Messages", formatNumber(summary.messages), `in ${formatCount(summary.calls, "call")}`),
    figure(
      "Failures",
      formatNumber(failures),
      aborted > 0 ? `and ${formatNumber(aborted)} aborted` : formatShare(failures, summary.messages),
    ),
    figure("Retries", formatNumber(retries), "sent again after a failure"),
    figure("Redirects", formatNumber(redirects), "followed"),
    figure("Received", formatBytes(summary.receivedBytes), `${formatBytes(summary.sentBytes)} sent`),
    figure(
      "Connections",
      formatNumber(summary.connections),
      `${formatShare(summary.reused, summary.connected)} of messages reused one`,
    ),
    figure("Typical time", formatMs(summary.median), `95 of 100 within ${formatMs(summary.slow)}`),
    figure("Whole log", formatMs(length), "from first to last"),
  );
}

function errors(summary: Summary, open: OpenMessage): HTMLElement {
  if (summary.errors.length === 0) return element("p", { class: "muted" }, "None.");
  return table(
    "Errors by kind",
    [{ label: "Kind" }, { label: "Messages", isFigure: true }, { label: "The first" }],
    summary.errors.map(({ kind, count, first }) => [kind, formatNumber(count), link(first, open)]),
  );
}

/** All of it. @param length of the log, in milliseconds. */
export function summaryView(summary: Summary, length: number, open: OpenMessage): HTMLElement {
  return element(
    "div",
    { class: "summary" },
    cards(summary, length),
    part(
      "Origins",
      table(
        "Origins",
        [
          { label: "Origin" },
          { label: "Messages", isFigure: true },
          { label: "Failures", isFigure: true },
          { label: "Connections", isFigure: true },
          { label: "Received", isFigure: true },
          { label: "Typical time", isFigure: true },
        ],
        summary.origins.map((line) => [
          line.origin === "" ? "\u2013" : line.origin,
          formatNumber(line.messages),
          formatNumber(line.failures),
          formatNumber(line.connections),
          formatBytes(line.bytes),
          formatMs(line.median),
        ]),
      ),
    ),
    part(
      "Statuses",
      table(
        "Statuses",
        [{ label: "Status" }, { label: "Messages", isFigure: true }, { label: "Share", isFigure: true }],
        summary.statuses.map(([name, count]) => [
          name === "none" ? "no response" : name,
          formatNumber(count),
          formatShare(count, summary.messages),
        ]),
      ),
    ),
    part("Errors by kind", errors(summary, open)),
    part(
      "Slowest",
      table(
        "Slowest",
        [{ label: "Message" }, { label: "Status" }, { label: "Time", isFigure: true }],
        summary.slowest.map((message) => [
          link(message, open),
          element("span", { class: "status" }, ...statusCell(message)),
          formatMs(message.end - message.start),
        ]),
      ),
    ),
  );
}
