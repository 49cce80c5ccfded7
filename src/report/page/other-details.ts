/** The details of a connection and of a cookie. */
import { cookieEventText } from "./cookies-view.ts";
import type { CookieStory } from "./cookie-story.ts";
import { button, element, type Child } from "./element.ts";
import { formatClock, formatMs, formatTime, shorten } from "./format.ts";
import type { Lane } from "./lanes.ts";
import type { Message } from "./message.ts";
import { factList, section, table } from "./parts.ts";
import { statusCell } from "./waterfall.ts";

/** So many lines are shown: a connection may have carried thousands. */
const MOST_LINES = 500;

type Open = (message: Message) => void;

function messageLink(message: Message, open: Open): HTMLElement {
  const label = `${message.method} ${shorten(message.host + message.path, 80)}`;
  return button({ class: "link" }, label, () => open(message));
}

function statusLine(message: Message): HTMLElement {
  return element("span", { class: "status" }, ...statusCell(message));
}

function rest(count: number): HTMLElement | null {
  return count > MOST_LINES ? element("p", { class: "muted" }, `and ${count - MOST_LINES} more`) : null;
}

/** All sections of a connection. */
export function laneDetail(lane: Lane, open: Open): readonly HTMLElement[] {
  const { connection, messages } = lane;
  const rows = messages
    .slice(0, MOST_LINES)
    .map(({ message, from }): readonly Child[] => [
      formatClock(from),
      statusLine(message),
      messageLink(message, open),
      formatMs(message.end - message.start),
    ]);
  return [
    section(
      "Overview",
      "",
      connection === null
        ? element(
            "p",
            { class: "muted" },
            lane.id === null ? "These messages had no connection." : "Nothing more was told of it.",
          )
        : factList([
            ["Origin", connection.origin],
            [
              "Error",
              connection.error === null ? null : element("span", { class: "error" }, connection.error),
            ],
            ["Proxy", connection.proxy],
            ["Protocol", connection.httpVersion === null ? null : `HTTP/${connection.httpVersion}`],
            ["Server", connection.remote],
            ["TLS", connection.tls],
            ["Began", `${formatTime(Date.parse(connection.startedDateTime))} UTC`],
            [connection.error === null ? "Open after" : "Failed after", formatMs(connection.opening)],
            [
              "Lasted",
              connection.error !== null
                ? null
                : connection.lasted === null
                  ? "it is open"
                  : formatMs(connection.lasted),
            ],
            ["Messages", String(connection.messages)],
          ]),
    ),
    section(
      "Messages",
      String(messages.length),
      messages.length === 0
        ? element("p", { class: "muted" }, "None is in the log.")
        : table(
            "Messages",
            [
              { label: "From (UTC)" },
              { label: "Status" },
              { label: "Message" },
              { label: "Time", isFigure: true },
            ],
            rows,
          ),
      rest(messages.length),
    ),
  ];
}

/** All sections of a cookie. */
export function cookieDetail(story: CookieStory, open: Open): readonly HTMLElement[] {
  const rows = story.events
    .slice(0, MOST_LINES)
    .map((event): readonly Child[] => [
      formatClock(event.at),
      event.kind === "refused"
        ? element("span", { class: "error" }, cookieEventText(event))
        : cookieEventText(event),
      messageLink(event.message, open),
    ]);
  return [
    section(
      "Overview",
      "",
      factList([
        ["Name", story.name],
        ["Domain", story.domain],
      ]),
    ),
    section(
      "What happened",
      String(story.events.length),
      table("What happened", [{ label: "At (UTC)" }, { label: "What" }, { label: "Message" }], rows),
      rest(story.events.length),
    ),
  ];
}
