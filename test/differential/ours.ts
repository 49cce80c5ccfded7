/** What our parser tells of a stream that is fed in pieces. */
import type { WireHead } from "../../src/core/response.ts";
import { ResponseOverflow } from "../../src/core/response-limits.ts";
import { ResponseParser, type ResponseListener } from "../../src/http1/response-parser.ts";
import { ResponseSyntaxError } from "../../src/http1/syntax-error.ts";
import { behindEmptyLines, emptyAnswer, type Answer, type Ending, type Story } from "./story.ts";

const LIMITS = { maxHeaderBytes: 65_536, maxHeaderCount: 1000, maxInformational: 100 };

/** How a stream is fed. */
export interface Feeding {
  /** Where a piece ends and the next one begins, ascending. */
  readonly cuts?: readonly number[];
  /** Does the parser wait behind all that it tells? */
  readonly isPausing?: boolean;
}

class Teller implements ResponseListener {
  readonly answers: Answer[] = [];
  isWhole = false;
  /** Called behind all that is told. */
  onTold: () => void = () => undefined;
  #answer: Answer = emptyAnswer();

  expect(): void {
    this.#answer = emptyAnswer();
    this.answers.push(this.#answer);
    this.isWhole = false;
  }

  onInformational(status: number, fields: string[]): void {
    this.#answer.interim.push({ status, fields });
    this.onTold();
  }

  onHead(head: WireHead): void {
    this.#answer.head = head;
    this.onTold();
  }

  onData(piece: Buffer): void {
    this.#answer.body += piece.toString("latin1");
    this.onTold();
  }

  onEnd(trailers: string[]): void {
    this.#answer.trailers = trailers;
    this.isWhole = true;
    this.onTold();
  }

  endAt(offset: number, canFollow: boolean): void {
    this.#answer.end = offset;
    this.#answer.canFollow = canFollow;
  }
}

/** Reads `bytes` as the answers to requests of these methods. */
export function ours(
  bytes: Buffer,
  methods: readonly string[],
  { cuts = [], isPausing = false }: Feeding = {},
): Story {
  const teller = new Teller();
  const parser = new ResponseParser(teller, LIMITS);
  if (isPausing) teller.onTold = () => parser.pause();
  const told = (ending: Ending): Story => ({ answers: teller.answers, ending });
  let at = 0;
  let cut = 0;
  let start = 0;
  const feed = (): void => {
    while (cut < cuts.length && (cuts[cut] ?? 0) <= at) cut++;
    const end = Math.min(cuts[cut] ?? bytes.byteLength, bytes.byteLength);
    const taken = parser.feed(bytes.subarray(at, end));
    if (taken < end - at && !teller.isWhole && !parser.isPaused)
      throw new Error(`${taken} of ${end - at} bytes were taken`);
    at += taken;
    parser.resume();
  };
  try {
    for (const method of methods) {
      start = at;
      teller.expect();
      parser.expect(method);
      while (!teller.isWhole && at < bytes.byteLength) feed();
      if (!teller.isWhole) parser.eof();
      parser.resume();
      if (!teller.isWhole) return told({ kind: "missing" });
      const end = behindEmptyLines(bytes, at);
      teller.endAt(end, parser.ending.canFollow);
      if (end === bytes.byteLength || !parser.ending.canFollow) break;
    }
    return told({ kind: "whole" });
  } catch (error) {
    if (error instanceof ResponseOverflow)
      return told({ kind: "refused", code: "overflow", reason: error.message, offset: -1 });
    if (!(error instanceof ResponseSyntaxError)) throw error;
    if (error.kind === "cut") return told({ kind: "missing" });
    return told({ kind: "refused", code: error.kind, reason: error.message, offset: start + error.offset });
  }
}
