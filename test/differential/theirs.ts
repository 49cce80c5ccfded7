/** What llhttp tells of a stream, told what clients tell it: which responses have no body. */
import { Llhttp, LlhttpError, type LlhttpListener } from "../support/llhttp.ts";
import { behindEmptyLines, emptyAnswer, type Answer, type Ending, type Story } from "./story.ts";

/** Collects what llhttp tells of one connection. */
class Teller implements LlhttpListener {
  readonly answers: Answer[] = [];
  /** Has a message ended, be it an interim response? */
  isOver = false;
  /** Has the response ended? */
  isFinal = false;
  #answer: Answer = emptyAnswer();
  #method = "GET";
  #status = 0;
  #isLast = false;
  #reason = "";
  #fields: string[] = [];

  /** Begins another response. */
  expect(method: string): void {
    this.#method = method;
    this.#answer = emptyAnswer();
    this.answers.push(this.#answer);
    this.isFinal = false;
    this.#clear();
  }

  onReason(text: string): void {
    this.#reason += text;
  }

  onName(text: string): void {
    const fields = this.#fields;
    if (fields.length % 2 === 0) fields.push(text);
    else fields[fields.length - 1] += text;
  }

  onValue(text: string): void {
    const fields = this.#fields;
    if (fields.length % 2 === 1) fields.push(text);
    else fields[fields.length - 1] += text;
  }

  onHead({ status, httpVersion }: { readonly status: number; readonly httpVersion: string }) {
    this.#status = status;
    const fields = this.#trimmed();
    if (isInterim(status)) this.#answer.interim.push({ status, fields });
    else this.#answer.head = { status, httpVersion, fields, reason: trimmed(this.#reason) };
    this.#clear();
    // What follows is no HTTP of this connection's.
    this.#isLast = status === 101 || (this.#method === "CONNECT" && status >= 200 && status < 300);
    if (this.#isLast) return "another protocol";
    const isBare = isInterim(status) || status === 204 || status === 304 || this.#method === "HEAD";
    return isBare ? "no body" : "body";
  }

  onData(bytes: Buffer): void {
    this.#answer.body += bytes.toString("latin1");
  }

  onEnd({ keepsAlive }: { readonly keepsAlive: boolean }): void {
    this.isOver = true;
    this.isFinal = !isInterim(this.#status);
    if (!this.isFinal) return;
    this.#answer.trailers = this.#trimmed();
    this.#answer.canFollow = keepsAlive && !this.#isLast;
    this.#clear();
  }

  #trimmed(): string[] {
    return this.#fields.map((text, at) => (at % 2 === 0 ? text : trimmed(text)));
  }

  #clear(): void {
    this.#reason = "";
    this.#fields = [];
  }
}

function isInterim(status: number): boolean {
  return status >= 100 && status < 200 && status !== 101;
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** What llhttp is asked: a stream, with what else it is told of it. */
export interface Question {
  readonly bytes: Buffer;
  readonly methods: readonly string[];
  /** What interim responses say of the connection is kept from it. */
  readonly forgetsInterim: boolean;
  /** Whether another response follows on one, by its place, where that is not left to llhttp. */
  readonly follows: ReadonlyMap<number, boolean>;
}

/** The stream as it is. */
export function plain(bytes: Buffer, methods: readonly string[]): Question {
  return { bytes, methods, forgetsInterim: false, follows: new Map() };
}

/** Reads a stream. */
export function theirs(question: Question): Story {
  const reading = new Reading(question);
  try {
    return { answers: reading.answers, ending: reading.run() };
  } catch (error) {
    if (!(error instanceof LlhttpError)) throw error;
    return { answers: reading.answers, ending: reading.endingOf(error) };
  } finally {
    reading.free();
  }
}

class Reading {
  readonly #question: Question;
  readonly #teller = new Teller();
  #parser: Llhttp = new Llhttp("response", this.#teller);
  #at = 0;

  constructor(question: Question) {
    this.#question = question;
  }

  get answers(): readonly Answer[] {
    return this.#teller.answers;
  }

  run(): Ending {
    const { bytes, methods, follows } = this.#question;
    for (const [place, method] of methods.entries()) {
      this.#teller.expect(method);
      this.#readAnswer();
      if (!this.#teller.isFinal) return { kind: "missing" };
      const answer = this.answers[place] as Answer; // it was expected
      answer.end = behindEmptyLines(bytes, this.#at);
      const doesFollow = follows.get(place) ?? answer.canFollow;
      if (doesFollow !== answer.canFollow) this.#beginAnew();
      answer.canFollow = doesFollow;
      if (answer.end === bytes.byteLength || !doesFollow) break;
    }
    return { kind: "whole" };
  }

  endingOf(error: LlhttpError): Ending {
    if (error.code === "INVALID_EOF_STATE") return { kind: "missing" };
    return { kind: "refused", code: error.code, reason: error.message, offset: this.#at + error.offset };
  }

  free(): void {
    this.#parser.free();
  }

  #readAnswer(): void {
    const { bytes, forgetsInterim } = this.#question;
    const teller = this.#teller;
    while (!teller.isFinal && this.#at < bytes.byteLength) {
      teller.isOver = false;
      this.#at += this.#parser.feed(bytes.subarray(this.#at));
      if (!teller.isOver && this.#at < bytes.byteLength) throw new Error("llhttp stopped in the middle");
      if (teller.isOver && !teller.isFinal && forgetsInterim) this.#beginAnew();
    }
    if (!teller.isFinal) this.#parser.eof();
  }

  #beginAnew(): void {
    this.#parser.free();
    this.#parser = new Llhttp("response", this.#teller);
  }
}
