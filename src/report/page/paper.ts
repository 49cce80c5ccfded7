/** What is printed: the summary, and a table with all messages that are shown, not only those in sight. */
import { element, type Child } from "./element.ts";
import { formatMs, formatTime, shorten } from "./format.ts";
import { connectionIdOf } from "./lanes.ts";
import type { Message } from "./message.ts";
import { table } from "./parts.ts";
import type { Summary } from "./summary.ts";
import { summaryView } from "./summary-view.ts";
import { sizeText, statusCell } from "./waterfall.ts";
import { reasonWord } from "./words.ts";

/** A page has room for so much of a URL. */
const LONGEST_URL = 200;

/** What is printed. */
export interface Paper {
  readonly title: string;
  /** In a line: how many there are, and of when. */
  readonly about: string;
  readonly messages: readonly Message[];
  readonly summary: Summary;
  /** When the log begins, and how long it is, in milliseconds. */
  readonly start: number;
  readonly length: number;
}

function line(message: Message, start: number): readonly Child[] {
  const { entry, method, host, path } = message;
  const { error, reason } = entry._sojourn;
  const id = connectionIdOf(message);
  const why = reasonWord(reason);
  return [
    formatMs(message.start - start),
    method,
    element("span", { class: "status" }, ...statusCell(message)),
    element(
      "span",
      {},
      why === "" ? null : element("span", { class: "reason" }, why),
      shorten(host + path, LONGEST_URL),
      error === null
        ? null
        : element("span", { class: "error" }, ` ${error.name}: ${shorten(error.message, LONGEST_URL)}`),
    ),
    sizeText(message),
    formatMs(message.end - message.start),
    id === null ? "\u2013" : `#${id}`,
  ];
}

/** Makes it. */
export function paperOf({ title, about, messages, summary, start, length }: Paper): readonly HTMLElement[] {
  return [
    element("h1", {}, title),
    element("p", {}, `${about}. Times are counted from ${formatTime(start)} UTC.`),
    summaryView(summary, length, null),
    element("h2", {}, "Messages"),
    table(
      "Messages",
      [
        { label: "At", isFigure: true },
        { label: "Method" },
        { label: "Status" },
        { label: "URL" },
        { label: "Size", isFigure: true },
        { label: "Time", isFigure: true },
        { label: "Connection" },
      ],
      messages.map((message) => line(message, start)),
    ),
  ];
}
