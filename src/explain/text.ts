/**
 * An explanation as text for people: a line an item, its source in brackets. No line is longer than 100 columns; what is longer goes on
 * in the next one, further in. What is written is in no place to move a cursor or turn the direction of a terminal.
 */
import type { Source } from "../core/source.ts";
import type {
  Beaten,
  Dropped,
  Explained,
  ExplainedCookies,
  ExplainedHeader,
  ExplainedParam,
  ExplainedSetting,
  ExplanationData,
} from "./data.ts";

const COLUMNS = 100;
const INDENT = "  ";
/** So many items of a list are written; of more there is the count. */
const MOST_ITEMS = 50;

/** Lines of items, of which the first are written. */
function most(lines: readonly string[]): string[] {
  const left = lines.length - MOST_ITEMS;
  return left <= 0 ? [...lines] : [...lines.slice(0, MOST_ITEMS), `and ${left} more`];
}

/** The text. */
export function textOf(data: ExplanationData): string {
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["", [`${data.method} ${data.url}`]],
    ["Warnings", data.warnings],
    ["Headers", most(data.headers.map(headerLine))],
    ["Query", most(data.params.map(paramLine))],
    ["Cookies", cookieLines(data.cookies)],
    ["Not sent", most(data.dropped.map(droppedLine))],
    ["Auth", [authLine(data)]],
    ["Way", wayLines(data)],
    ["Time limits, in milliseconds", timeoutLines(data)],
    ["Redirects and retries", redirectLines(data)],
    [
      "Hooks",
      most(
        data.hooks.map(({ event, name, source }) => `${event}: ${name || "a function"} ${bracket(source)}`),
      ),
    ],
    ["Options that somebody gave", data.settings.filter(isGiven).map(settingLine)],
  ];
  const written = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => sectionText(title, lines));
  return written.join("\n\n");
}

function sectionText(title: string, lines: readonly string[]): string {
  const indent = title === "" ? "" : INDENT;
  const wrapped = lines.flatMap((line) => wrap(printable(line), indent));
  return [...(title === "" ? [] : [title]), ...wrapped].join("\n");
}

function headerLine({ name, value, source, beaten, isHttp1Only }: ExplainedHeader): string {
  const only = isHttp1Only && name.toLowerCase() !== "host" ? " (HTTP/1.1 only)" : "";
  return `${name}: ${value} ${bracket(source)}${only}${over(beaten)}`;
}

function paramLine({ name, value, source, beaten }: ExplainedParam): string {
  return `${value === null ? name : `${name}=${value}`} ${bracket(source)}${over(beaten)}`;
}

function cookieLines({ sent, withheld, others, isKnown }: ExplainedCookies): string[] {
  if (!isKnown) return ["not known: they are in a store that would be asked"];
  const place = (domain: string, path: string): string => `${domain === "" ? "any host" : domain}${path}`;
  const lines = [
    ...sent.map(
      ({ name, domain, path, source }) => `sent: ${named(name)} of ${place(domain, path)} ${bracket(source)}`,
    ),
    ...withheld.map(({ name, domain, path, reason, detail }) => {
      return `withheld: ${named(name)} of ${place(domain, path)}, ${reason}: ${detail}`;
    }),
  ];
  return [...most(lines), ...(others === 0 ? [] : [`and ${others} of other sites`])];
}

function named(name: string): string {
  return name === "" ? "one without a name" : name;
}

function droppedLine({ kind, name, source, by, reason }: Dropped): string {
  return `${kind}${name === null ? "" : ` ${name}`} ${bracket(source)}, ${reason}: by ${sourceText(by)}`;
}

function authLine({ auth }: ExplanationData): string {
  const note = auth.note === null ? "" : `: ${auth.note}`;
  return `${auth.value ?? "none"}${note} ${bracket(auth.source)}${over(auth.beaten)}`;
}

function wayLines({ adapter, proxy, tls, hsts }: ExplanationData): string[] {
  const exception = proxy.exception;
  return [
    ...(hsts.isSecured
      ? [`https, since ${hsts.host ?? "the host"} asked for it (HSTS) ${bracket(hsts.source)}`]
      : []),
    `adapter: ${adapter.name ?? "none"}${adapter.prefix === null ? "" : ` on ${adapter.prefix}`}`,
    ...(adapter.socketPath === null ? [] : [`socket: ${adapter.socketPath}`]),
    `proxy: ${proxy.isKnown ? (proxy.value ?? "none") : "as the adapter says"} ${bracket(proxy.source)}${over(proxy.beaten)}`,
    ...(exception === null ? [] : [`no proxy: ${exception.entry} ${bracket(exception.source)}`]),
    ...(tls.isUsed ? tlsLines(tls) : []),
  ];
}

function tlsLines(tls: ExplanationData["tls"]): string[] {
  const { verify, cert, minVersion, maxVersion, ciphers, pins, store, serverName, crl } = tls;
  const fields = { cert, minVersion, maxVersion, ciphers, pins, store, serverName, crl };
  const given = Object.entries(fields).filter(([, field]) => isSaid(field));
  return [
    explainedLine("verify", verify),
    ...given.map(([name, field]) => explainedLine(name, field)),
    ...(tls.isHttp2Offered
      ? ["HTTP/2 is offered: names are in lower case then, and Host is :authority"]
      : []),
  ];
}

function timeoutLines({ timeouts: { connect, read, total } }: ExplanationData): string[] {
  return [explainedLine("connect", connect), explainedLine("read", read), explainedLine("total", total)];
}

function redirectLines({ redirects, retry }: ExplanationData): string[] {
  const { allow, most, trustedOrigins, crossOriginHeaders } = redirects;
  return [
    explainedLine("followed", allow),
    explainedLine("at most", most),
    ...(isSaid(trustedOrigins) ? [explainedLine("trustedOrigins", trustedOrigins)] : []),
    ...(isSaid(crossOriginHeaders) ? [explainedLine("crossOriginHeaders", crossOriginHeaders)] : []),
    explainedLine("retries", retry),
  ];
}

function explainedLine(name: string, { value, source, beaten }: Explained): string {
  return `${name}: ${value ?? "none"} ${bracket(source)}${over(beaten)}`;
}

function settingLine({ option, value, source, joined, beaten }: ExplainedSetting): string {
  const beside = joined.filter(isTold).map((one) => `${one.value ?? "none"} ${bracket(one.source)}`);
  const others = beside.length === 0 ? "" : `, with ${beside.join(", ")}`;
  return `${option}: ${value ?? "none"} ${bracket(source)}${others}${over(beaten)}`;
}

function isGiven({ source, beaten, joined }: ExplainedSetting): boolean {
  return [source, ...[...beaten, ...joined].map((one) => one.source)].some(
    ({ layer }) => layer !== "default",
  );
}

function isSaid({ source, beaten }: Explained): boolean {
  return source.layer !== "default" || beaten.length > 0;
}

/** `, over 5 [session], 3 [default]`; what holds by default without a value is left out. */
function over(beaten: readonly Beaten[]): string {
  const all = beaten.filter(isTold).map(({ value, source }) => `${value ?? "none"} ${bracket(source)}`);
  return all.length === 0 ? "" : `, over ${all.join(", ")}`;
}

/** What holds by default without a value tells nothing. */
function isTold({ value, source }: Beaten): boolean {
  return value !== null || source.layer !== "default";
}

function bracket(source: Source): string {
  return `[${sourceText(source)}]`;
}

/** `scope https://a.test`, `netrc machine a.test, /home/me/.netrc`. */
function sourceText({ layer, name, at }: Source): string {
  return `${layer}${name === null ? "" : ` ${name}`}${at === null ? "" : `, ${at}`}`;
}

/** Controls, marks of direction, what cannot be seen, and lone surrogates as escapes: names and paths may be anybody's. */
function printable(line: string): string {
  return line.replaceAll(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${hex(code, 2)}`;
    return code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
  });
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** A line in pieces of at most {@link COLUMNS}: cut at blanks, and where there are none wherever it must be. */
function wrap(line: string, indent: string): string[] {
  const further = indent + INDENT + INDENT;
  const lines: string[] = [];
  let current = indent;
  let columns = indent.length;
  let isEmpty = true;
  const end = (): void => {
    lines.push(current);
    current = further;
    columns = further.length;
    isEmpty = true;
  };
  for (const word of line.split(" ")) {
    const width = columnsOf(word);
    if (!isEmpty && columns + 1 + width > COLUMNS) end();
    else if (!isEmpty) {
      current += " ";
      columns++;
    }
    for (const piece of columns + width <= COLUMNS ? [word] : word) {
      const taken = piece === word ? width : columnsOf(piece);
      if (columns + taken > COLUMNS) end();
      current += piece;
      columns += taken;
    }
    isEmpty = false;
  }
  lines.push(current);
  return lines;
}

/** How many columns a terminal needs for a text: two for a wide character, none for a mark on the one before. */
function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

const NARROW = /^[\x20-\x7e\xa0-\xff]*$/;
const MARK = /\p{Mn}|\p{Me}/u;
/** Scripts and signs that Unicode calls wide (UAX #11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
