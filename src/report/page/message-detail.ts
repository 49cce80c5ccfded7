/** The detail of a message: everything that the log says of it. */
import type { HarCookie, HarEntry } from "../../record/har-types.ts";
import { bodyPart } from "./bodies.ts";
import { button, element, type Child } from "./element.ts";
import { formatBytes, formatCount, formatMs, formatTime, shorten } from "./format.ts";
import { connectionIdOf } from "./lanes.ts";
import type { Message } from "./message.ts";
import { factList, pairs, section, table } from "./parts.ts";
import { PHASES } from "./phases.ts";
import { outcomeText, reasonText, reasonWord, refusalText } from "./words.ts";
import { statusCell } from "./waterfall.ts";

/** Where one goes from a detail. */
export interface DetailLinks {
  openMessage(message: Message): void;
  openConnection(id: number): void;
  /** Messages of the same call, in their order. */
  siblings(message: Message): readonly Message[];
}

/** All sections of a message. */
export function messageDetail(message: Message, links: DetailLinks): readonly HTMLElement[] {
  const { request, response } = message.entry;
  const siblings = links.siblings(message);
  return [
    overview(message, links),
    ...(siblings.length > 1 ? [callPart(message, siblings, links)] : []),
    timings(message),
    ...(request.queryString.length > 0
      ? [section("Query", count(request.queryString), pairs("Query", request.queryString))]
      : []),
    fieldsPart("Request headers", request.headers, "None is known to have been sent."),
    ...requestBody(message.entry),
    ...cookiesPart(message.entry),
    ...(message.status === 0 ? [] : [fieldsPart("Response headers", response.headers, "There were none.")]),
    ...responseBody(message.entry),
  ];
}

function count(list: readonly unknown[]): string {
  return String(list.length);
}

function overview(message: Message, links: DetailLinks): HTMLElement {
  const { entry } = message;
  const { response, _sojourn: facts } = entry;
  const status = [...statusCell(message), message.status === 0 ? null : ` ${response.statusText}`];
  return section(
    "Overview",
    "",
    factList([
      ["Status", status],
      ["Error", errorText(entry)],
      ["Outcome", facts.outcome === "complete" ? null : outcomeText(facts.outcome)],
      ["Sent because", reasonText(message)],
      ["Then", whatFollowed(entry)],
      ["Began", `${formatTime(message.start)} UTC`],
      ["Took", formatMs(message.end - message.start)],
      ["Protocol", response.httpVersion === "" ? entry.request.httpVersion : response.httpVersion],
      ["Connection", connectionLink(message, links)],
      ["Server", serverText(entry)],
      ["Proxy", facts.proxy],
      ["TLS", facts.tls === null ? null : [facts.tls.protocol, facts.tls.cipher].filter(Boolean).join(", ")],
      ["Sent", bodyText(entry.request.bodySize)],
      ["Received", message.status === 0 ? null : receivedText(message)],
      ["Number", `message ${message.id} of call ${message.call}`],
    ]),
  );
}

function errorText({ response, _sojourn: { error } }: HarEntry): Child {
  if (error === null) return response._error;
  const phase = error.phase === null ? "" : ` (${error.phase})`;
  return element("span", { class: "error" }, `${error.name}${phase}: ${error.message}`);
}

function whatFollowed({ _sojourn: { retry, redirect, isChallengeAnswered } }: HarEntry): string | null {
  if (redirect !== null) return `a redirect was followed: ${redirect.method} ${redirect.to}`;
  if (retry !== null)
    return `it was sent again after ${formatMs(retry.delayMs)} (${formatCount(retry.attempts, "attempt")} until then)`;
  return isChallengeAnswered ? "its challenge was answered" : null;
}

function connectionLink(message: Message, links: DetailLinks): Child | readonly Child[] {
  const id = connectionIdOf(message);
  if (id === null) return "none";
  const { isReused } = message.entry._sojourn;
  const how = isReused === null ? "" : isReused ? " reused" : " new";
  return [button({ class: "link" }, `#${id}`, () => links.openConnection(id)), how];
}

function serverText({ serverIPAddress, _serverPort }: HarEntry): string | null {
  if (serverIPAddress === undefined || serverIPAddress === "") return null;
  const address = serverIPAddress.includes(":") ? `[${serverIPAddress}]` : serverIPAddress;
  return _serverPort === undefined ? address : `${address}:${_serverPort}`;
}

/** How long a body is; `""`: not known. */
function bodyText(bytes: number): string {
  if (bytes < 0) return "";
  return bytes === 0 ? "no body" : `${formatBytes(bytes)} body`;
}

function receivedText({ bytes, entry: { response } }: Message): string {
  const wire = bodyText(bytes ?? -1);
  const { size } = response.content;
  const decoded = size > 0 && size !== bytes ? `${formatBytes(size)} without content coding` : "";
  return [wire, decoded].filter(Boolean).join(", ");
}

function callPart(message: Message, siblings: readonly Message[], links: DetailLinks): HTMLElement {
  const items = siblings.map((each) => {
    const { retry } = each.entry._sojourn;
    const label = element(
      "span",
      {},
      ...statusCell(each),
      ` ${each.method} ${shorten(each.host + each.path, 90)}`,
      retry === null
        ? null
        : element("span", { class: "muted" }, ` then a pause of ${formatMs(retry.delayMs)}`),
    );
    const reason = reasonWord(each.entry._sojourn.reason);
    const isThis = each.id === message.id;
    return element(
      "li",
      { class: isThis ? "is-this" : undefined },
      element(
        "div",
        {},
        reason === "" ? null : element("span", { class: "reason" }, reason),
        isThis
          ? element("span", { "aria-current": "true" }, label)
          : button({ class: "link" }, label, () => links.openMessage(each)),
      ),
    );
  });
  return section("Call", `${siblings.length} messages`, element("ol", { class: "chain" }, ...items));
}

function timings(message: Message): HTMLElement {
  const all = message.end - message.start;
  const times = message.entry._sojourn.timings;
  const rows = PHASES.map(({ name, label, meaning }): readonly Child[] => {
    const bar = message.bars.find(({ phase }) => phase === name);
    const ms = times[name];
    const track = element("span", { class: "track", "aria-hidden": "true" });
    if (bar !== undefined && all > 0) {
      const fill = element("span", { class: `fill phase-${name}` });
      fill.style.left = `${(bar.from / all) * 100}%`;
      fill.style.width = `${((bar.to - bar.from) / all) * 100}%`;
      track.append(fill);
    }
    const name_ = element("span", { title: meaning }, label);
    return [name_, track, ms === null || ms === undefined ? "\u2013" : formatMs(ms)];
  });
  return section(
    "Timings",
    formatMs(all),
    element(
      "div",
      { class: "timings" },
      table("Timings", [{ label: "Phase" }, { label: "When" }, { label: "Time", isFigure: true }], rows),
    ),
  );
}

function fieldsPart(
  title: string,
  fields: readonly { readonly name: string; readonly value: string }[],
  empty: string,
): HTMLElement {
  return section(
    title,
    count(fields),
    fields.length === 0 ? element("p", { class: "muted" }, empty) : pairs(title, fields),
  );
}

function attributesOf(cookie: HarCookie): string {
  return [
    cookie.domain === undefined ? "" : `Domain=${cookie.domain}`,
    cookie.path === undefined ? "" : `Path=${cookie.path}`,
    cookie.expires === undefined ? "" : `Expires=${cookie.expires}`,
    cookie.secure === true ? "Secure" : "",
    cookie.httpOnly === true ? "HttpOnly" : "",
    cookie.sameSite === undefined ? "" : `SameSite=${cookie.sameSite}`,
  ]
    .filter(Boolean)
    .join("; ");
}

function cookiesPart({ request, response, _sojourn: facts }: HarEntry): readonly HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (request.cookies.length > 0)
    parts.push(section("Cookies sent", count(request.cookies), pairs("Cookies sent", request.cookies)));
  const told = facts.cookies.map(({ name, kind, reason, domain, path, expires }): readonly Child[] => [
    name,
    kind === "refused" ? element("span", { class: "error" }, `refused: ${refusalText(reason)}`) : kind,
    [
      domain === undefined ? "" : `for ${domain}`,
      path === undefined ? "" : `below ${path}`,
      expires === undefined ? "" : expires === null ? "until the session ends" : `until ${expires}`,
    ]
      .filter(Boolean)
      .join(", "),
  ]);
  if (told.length > 0)
    parts.push(
      section(
        "Cookies received",
        count(told),
        table(
          "Cookies received",
          [{ label: "Name" }, { label: "What became of it" }, { label: "Where it goes" }],
          told,
        ),
      ),
    );
  else if (response.cookies.length > 0)
    // Nobody told what became of them, as where the jar is off.
    parts.push(
      section(
        "Cookies received",
        count(response.cookies),
        table(
          "Cookies received",
          [{ label: "Name" }, { label: "Value" }, { label: "Attributes" }],
          response.cookies.map((cookie) => [cookie.name, cookie.value, attributesOf(cookie)]),
        ),
      ),
    );
  return parts;
}

function requestBody({ request: { postData, bodySize } }: HarEntry): readonly HTMLElement[] {
  if (postData === undefined) return [];
  const { mimeType, text, params, _isCut } = postData;
  if (params !== undefined && params.length > 0)
    return [section("Request body", count(params), pairs("Request body", params))];
  if (text === undefined || text === "") return [missing("Request body", bodySize)];
  const body = { text, encoding: undefined, mimeType, isCut: _isCut === true };
  return [section("Request body", "", bodyPart("Request body", body))];
}

function responseBody({ response: { status, content, bodySize } }: HarEntry): readonly HTMLElement[] {
  if (status === 0) return [];
  const { text, encoding, mimeType, _isCut } = content;
  if (text === undefined || text === "") return [missing("Response body", bodySize)];
  return [
    section(
      "Response body",
      "",
      bodyPart("Response body", { text, encoding, mimeType, isCut: _isCut === true }),
    ),
  ];
}

function missing(title: string, size: number): HTMLElement {
  const why = size > 0 ? `${formatBytes(size)}, which were not kept: record with bodies.` : "It is empty.";
  return section(title, "", element("p", { class: "muted" }, why));
}
