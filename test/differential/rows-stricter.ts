/** What we refuse and llhttp takes, and where we end a connection that it would let live. */
import { lineAt, membersOf, ourAnswer, theirAnswer, valuesOf, type Case } from "./case.ts";
import type { Row } from "./rows.ts";
import type { Answer } from "./story.ts";

/** Where we refuse. */
interface Place {
  /** Its line up to there. */
  readonly line: string;
  /** And all of it. */
  readonly whole: string;
  readonly byte: string;
}

/** @param code with which we refuse. */
function refused(
  code: string,
  name: string,
  reason: string,
  isIt: (place: Place, found: Case) => boolean,
): Row {
  return {
    name,
    reason,
    explain(found) {
      const { text, ours, difference } = found;
      const { ending, answers } = ours;
      if (ending.kind !== "refused" || ending.code !== code || difference.answer !== answers.length - 1)
        return null;
      let start = Math.max(lineAt(text, ending.offset), answers.at(-2)?.end ?? 0);
      // Between responses a bare CR is an empty line.
      while (text[start] === "\r") start++;
      const place = {
        line: text.slice(start, ending.offset),
        whole: text.slice(start).split("\n", 1)[0] ?? "",
        byte: text.charAt(ending.offset),
      };
      return isIt(place, found) ? "explained" : null;
    },
  };
}

/** NUL to US but for HTAB, LF and CR, and DEL. */
function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code === 0x7f || (code < 0x20 && !"\t\n\r".includes(character));
}

const refusals: readonly Row[] = [
  refused(
    "protocol",
    "HTTP/1.0 and HTTP/1.1 only",
    "RFC 9112 §2.3: HTTP/0.9 has no heads and HTTP/2.0 is no text; RTSP and ICE are not HTTP, and nobody asked for them",
    ({ whole }) => /^(?:RTSP|ICE)\/[0129]\.[0-9]|^HTTP\/(?:0\.9|2\.0)/.test(whole),
  ),
  refused(
    "status",
    "no status below 100",
    "RFC 9110 §15: the first digit is the class; what is above 599 may count as 5xx, what is below 100 is nothing",
    ({ whole }) => /^HTTP\/1\.[01] 0\d\d/.test(whole),
  ),
  refused(
    "field",
    "no control characters in a reason phrase",
    "RFC 9112 §4: HTAB, SP, VCHAR and obs-text; a NUL or an escape in it ends up in logs and terminals",
    ({ line, byte }) => /^HTTP\/1\.[01] \d{3} /.test(line) && isControl(byte),
  ),
  refused(
    "field",
    "a status line does not end with two CRs",
    "RFC 9112 §2.2: a bare CR is invalid, or a blank; the second one is no LF",
    ({ line, whole }) => /^HTTP\/1\.[01] \d{3}/.test(line) && whole.slice(line.length).startsWith("\r\r"),
  ),
  refused(
    "upgrade",
    "no switch of protocols",
    "RFC 9110 §15.2.2: nobody asked for one; what comes behind it is no HTTP/1",
    (_, found) => theirAnswer(found)?.head?.status === 101,
  ),
  refused(
    "framing",
    "no transfer coding but chunks",
    "RFC 9112 §6.1, §7.4: we send no TE, so nobody may use another, and nobody would undo it; chunks must be the last",
    (_, found) => {
      const values = valuesOf(theirAnswer(found), "transfer-encoding").filter((value) => value !== "");
      return (
        values.length > 0 &&
        !/^(?:identity,)*(?:identity|chunked(?:,chunked)*)$/i.test(bare(values.join(",")))
      );
    },
  ),
  refused(
    "framing",
    "no length beside an empty transfer coding",
    "RFC 9112 §6.3: both are there; who drops the empty one finds another end than who does not",
    (_, found) => {
      const codings = valuesOf(theirAnswer(found), "transfer-encoding");
      const lengths = valuesOf(theirAnswer(found), "content-length");
      return codings.length > 0 && codings.every((value) => value === "") && lengths.length > 0;
    },
  ),
  refused(
    "framing",
    "no length that cannot be counted",
    "RFC 9110 §8.6: a recipient MUST anticipate large numbers; beyond 2^53 they would be rounded",
    (_, found) => Number(valuesOf(theirAnswer(found), "content-length")[0]) > Number.MAX_SAFE_INTEGER,
  ),
];

const chunks: readonly Row[] = [
  refused(
    "chunk",
    "no size of a chunk that cannot be counted",
    "RFC 9112 §7.1: a recipient MUST anticipate large numbers; beyond 2^53 they would be rounded",
    ({ line, byte }) => {
      const digits = line + byte;
      return /^[0-9a-f]+$/i.test(digits) && Number.parseInt(digits, 16) > Number.MAX_SAFE_INTEGER;
    },
  ),
  refused(
    "chunk",
    "the name of an extension is not empty",
    "RFC 9112 §7.1.1: it is a token",
    ({ line, byte }) => /^[0-9a-f]+[ \t]*;.*/i.test(line) && line.endsWith(";") && /^[=;]$/.test(byte),
  ),
  refused(
    "chunk",
    "the value of an extension is not empty",
    "RFC 9112 §7.1.1: it is a token or a quoted string, where '=' says that there is one",
    ({ line, byte }) => /^[0-9a-f]+[ \t]*;.*=$/i.test(line) && /^[;\r]$/.test(byte),
  ),
  refused(
    "chunk",
    "quotes begin where a value begins",
    "RFC 9112 §7.1.1: the value is a token or a quoted string, and not both",
    ({ line, byte }) => /^[0-9a-f]+[ \t]*;.*=[^";=]+$/i.test(line) && byte === '"',
  ),
];

/** A list without blanks around its members. */
function bare(list: string): string {
  return list.replace(/[ \t]*,[ \t]*/g, ",");
}

/** We end the connection behind a response, and they would not. */
function ended(name: string, reason: string, isIt: (answer: Answer) => boolean): Row {
  return {
    name,
    reason,
    explain(found) {
      const answer = ourAnswer(found);
      if (found.difference.what !== "canFollow" || answer === undefined) return null;
      return answer.canFollow || !isIt(answer) ? null : found.asked.following(found.difference.answer, false);
    },
  };
}

const endings: readonly Row[] = [
  ended(
    "the connection ends with a 204 that speaks of a body",
    "RFC 9110 §8.6: it MUST NOT; who does may send one, which would be taken for the next response",
    (answer) => {
      const lengths = membersOf(answer, "content-length");
      const isFramed = lengths.some((length) => Number(length) > 0);
      return answer.head?.status === 204 && (isFramed || valuesOf(answer, "transfer-encoding").length > 0);
    },
  ),
  ended(
    "close counts more than keep-alive, in HTTP/1.0 too",
    "RFC 9112 §9.3: of the two, close is looked at first",
    (answer) => {
      const options = membersOf(answer, "connection");
      return (
        answer.head?.httpVersion === "1.0" && options.includes("close") && options.includes("keep-alive")
      );
    },
  ),
  ended(
    "the connection ends with chunks from HTTP/1.0",
    "RFC 9112 §6.1: the framing counts as faulty: they are read, and nothing behind them",
    (answer) =>
      answer.head?.httpVersion === "1.0" && membersOf(answer, "transfer-encoding").at(-1) === "chunked",
  ),
];

export const stricterRows: readonly Row[] = [...refusals, ...chunks, ...endings];
