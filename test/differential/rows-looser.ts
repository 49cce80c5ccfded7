/** What we take and llhttp refuses, and where we let a connection live that it would end. */
import {
  isFramingLine,
  isInHead,
  isOneLength,
  lineAt,
  membersOf,
  ourAnswer,
  refusedAt,
  textOf,
  theirAnswer,
} from "./case.ts";
import type { Row } from "./rows.ts";

const inHeads: readonly Row[] = [
  {
    name: "a bare LF ends a line of a head",
    reason: "RFC 9112 §2.2: a recipient MAY; curl, Python, Go and browsers do",
    explain(found) {
      const reasons =
        /^Missing expected CR after (?:header value|response line)$|^Invalid header (?:field|value) char$|^Invalid response status$/;
      const at = refusedAt(found, reasons, /^\n$/);
      if (at === null || !isInHead(found) || found.asked.text[at - 1] === "\r") return null;
      return found.asked.edited(at, at, "\r");
    },
  },
  {
    name: "a folded field is one line",
    reason: "RFC 9112 §5.2: a user agent MUST put one SP or more in the place of the fold",
    explain(found) {
      const reasons = /^Unexpected whitespace after header value$|^Invalid header value char$/;
      const at = refusedAt(found, reasons, /^[ \t]$/);
      if (at === null || !isInHead(found)) return null;
      const { text } = found.asked;
      const before = /[ \t]*\r\n$/.exec(text.slice(0, at));
      if (before === null || isFramingLine(text, lineAt(text, before.index))) return null;
      const blanks = /^[ \t]+/.exec(text.slice(at))?.[0] ?? "";
      return found.asked.edited(before.index, at + blanks.length, " ");
    },
  },
  {
    name: "an interim response says nothing of the connection",
    reason:
      "RFC 9110 §15.2: the final response is still to come, whatever HTTP/1.0 or a close before it may say",
    explain(found) {
      const { ending, answers } = found.theirs;
      const isClosed = ending.kind === "refused" && ending.code === "CLOSED_CONNECTION";
      if (!isClosed || found.asked.forgetsInterim || !isInHead(found)) return null;
      return (answers.at(-1)?.interim.length ?? 0) > 0 ? found.asked.forgettingInterim() : null;
    },
  },
];

const framing: readonly Row[] = [
  {
    name: "fields about a body mean nothing where a tunnel opens",
    reason: "RFC 9110 §9.3.6: a client MUST ignore them in the answer to CONNECT",
    explain(found) {
      const at = refusedAt(found, /Content-Length|Transfer-Encoding/, /^/);
      const place = found.theirs.answers.length - 1;
      const status = found.ours.answers[place]?.head?.status ?? 0;
      if (at === null || found.asked.methodOf(place) !== "CONNECT" || status < 200 || status > 299)
        return null;
      return found.asked.withoutMeaning(lineAt(found.asked.text, at));
    },
  },
  {
    name: "fields about a body mean nothing in an interim response",
    reason: "RFC 9112 §6.3: it ends with the empty line, whatever its fields are",
    explain(found) {
      const at = refusedAt(found, /Content-Length|Transfer-Encoding/, /^/);
      const { ours, theirs, asked } = found;
      const place = theirs.answers.length - 1;
      const told = theirs.answers[place]?.interim.length ?? 0;
      if (at === null || !isInHead(found) || (ours.answers[place]?.interim.length ?? 0) <= told) return null;
      return asked.withoutMeaning(lineAt(asked.text, at));
    },
  },
  {
    name: "the same length in another field",
    reason: "RFC 9110 §8.6: a recipient MAY; curl, Go and browsers do",
    explain(found) {
      const at = refusedAt(found, /^Duplicate Content-Length$/, /^/);
      if (at === null || !isOneLength(found)) return null;
      return found.asked.withoutMeaning(lineAt(found.asked.text, at));
    },
  },
  {
    name: "the same length in a list",
    reason: "RFC 9110 §8.6: a recipient MAY; who joins fields makes such lists",
    explain(found) {
      const at = refusedAt(found, /^Invalid character in Content-Length$/, /^,$/);
      if (at === null || !isOneLength(found)) return null;
      const start = lineAt(found.asked.text, at);
      return found.asked.meaning(start, found.asked.text.slice(start + "content-length:".length, at));
    },
  },
  {
    name: "a tab behind a length",
    reason: "RFC 9110 §5.5: white space around a value is SP and HTAB, and no part of it",
    explain(found) {
      const at = refusedAt(found, /^Invalid character in Content-Length$/, /^\t$/);
      if (at === null || !/^[ \t]+(?:,|\r?\n)/.test(found.asked.text.slice(at))) return null;
      const start = lineAt(found.asked.text, at);
      const value = /^[^:]*:([^\r\n]*)/.exec(found.asked.text.slice(start))?.[1] ?? "";
      return found.asked.meaning(start, value.replaceAll("\t", " "));
    },
  },
  {
    name: "a tab beside a coding",
    reason: "RFC 9110 §5.5, §5.6.1: white space around a value and around its members is SP and HTAB",
    explain(found) {
      const { asked, ours, difference } = found;
      if (membersOf(ourAnswer(found), "transfer-encoding").at(-1) !== "chunked") return null;
      if (membersOf(theirAnswer(found), "transfer-encoding").at(-1) !== "chunked") return null;
      const from = asked.placeOf(ours.answers[difference.answer - 1]?.end ?? 0);
      const line = /\ntransfer-encoding:([^\r\n]*\t[^\r\n]*)\r?\n/i.exec(asked.text.slice(from));
      if (line === null) return null;
      return asked.meaning(from + line.index + 1, (line[1] ?? "").replaceAll("\t", " "));
    },
  },
  {
    name: "blanks behind the size of a chunk",
    reason:
      "RFC 9112 §7.1.1 has them before extensions; servers fill up their sizes with them, and curl, Go and browsers read those",
    explain(found) {
      const at = refusedAt(found, /^Invalid character in chunk size$/, /^[ \t]$/);
      if (at === null) return null;
      const { text } = found.asked;
      const blanks = /^[0-9a-f]+([ \t]+)(?:[;\r]|$)/i.exec(text.slice(lineAt(text, at)))?.[1];
      return blanks === undefined ? null : found.asked.edited(at, at + blanks.length, "");
    },
  },
];

const connection: readonly Row[] = [
  {
    name: "a tab beside an option of the connection",
    reason: "RFC 9110 §5.6.1: white space around a member of a list is SP and HTAB, and no part of it",
    explain(found) {
      const answer = ourAnswer(found);
      if (found.difference.what !== "canFollow" || answer === undefined) return null;
      if (!/\nconnection:(?:[^\r\n]|\r?\n[ \t])*\t/i.test(textOf(found))) return null;
      const options = membersOf(answer, "connection");
      const isPersistent = answer.head?.httpVersion === "1.1" || options.includes("keep-alive");
      if (answer.canFollow !== (isPersistent && !options.includes("close"))) return null;
      return found.asked.following(found.difference.answer, answer.canFollow);
    },
  },
  {
    name: "Proxy-Connection is another field",
    reason: "RFC 9112 App. C.2.2 warns of it, and RFC 9110 has no such field; Go does not look at it either",
    explain(found) {
      const answer = ourAnswer(found);
      const options = membersOf(answer, "proxy-connection");
      const isIt = options.includes("close") || options.includes("keep-alive");
      if (found.difference.what !== "canFollow" || answer === undefined || !isIt) return null;
      return found.asked.following(found.difference.answer, answer.canFollow);
    },
  },
];

const trailers: readonly Row[] = [
  {
    name: "trailers say nothing of the body",
    reason: "RFC 9110 §6.5.1: they are kept apart from the head, and framing in them means nothing",
    explain(found) {
      const at = refusedAt(found, /^Content-Length can't be present with Transfer-Encoding$/, /^/);
      if (at === null || isInHead(found)) return null;
      return found.asked.withoutMeaning(lineAt(found.asked.text, at));
    },
  },
  {
    name: "trailers say nothing of the connection",
    reason: "RFC 9110 §6.5.1: who merges them unasked lets them change what the head said",
    explain(found) {
      const answer = ourAnswer(found);
      if (found.difference.what !== "canFollow" || answer?.canFollow !== true) return null;
      const names = (answer.trailers ?? []).filter((_, at) => at % 2 === 0);
      const isIt = names.some((name) => /^(?:connection|transfer-encoding)$/i.test(name));
      return isIt ? found.asked.following(found.difference.answer, true) : null;
    },
  },
];

export const looserRows: readonly Row[] = [...inHeads, ...framing, ...connection, ...trailers];
