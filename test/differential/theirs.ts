/** What llhttp tells of a stream, told what clients tell it: which responses have no body. */
import { Llhttp, LlhttpError, type LlhttpListener } from "../support/llhttp.ts";
import { emptyAnswer, type Answer, type Ending, type Story } from "./story.ts";

/** Collects what llhttp tells of one connection. */
class Teller implements LlhttpListener {
  readonly answers: Answer[] = [];
  /** Is the message that ended last a final response? */
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
    this.#answer.body += bytes.latin1Slice();
  }

  onEnd({ keepsAlive }: { readonly keepsAlive: boolean }): void {
    this.isFinal = !isInterim(this.#status);
    if (!this.isFinal) return;
    this.#answer.trailers = this.#trimmed();
    this.#answer.canFollow = keepsAlive && !this.#isLast;
    this.#clear();
  }

  /** The response that is whole ends here. */
  endAt(offset: number): void {
    this.#answer.end = offset;
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

/** Reads `bytes` as the answers to requests of these methods. */
export function theirs(bytes: Uint8Array, methods: readonly string[]): Story {
  const teller = new Teller();
  const parser = new Llhttp("response", teller);
  let at = 0;
  const told = (ending: Ending): Story => ({ answers: teller.answers, ending });
  try {
    for (const method of methods) {
      teller.expect(method);
      teller.isFinal = false;
      while (!teller.isFinal && at < bytes.byteLength) at += parser.feed(bytes.subarray(at));
      if (!teller.isFinal) parser.eof();
      // A body that ran to the end of the connection is whole now; else something is missing that llhttp does not miss.
      if (!teller.isFinal) return told({ kind: "missing" });
      teller.endAt(at);
      if (at === bytes.byteLength || teller.answers.at(-1)?.canFollow !== true) break;
    }
    return told({ kind: "whole" });
  } catch (error) {
    if (!(error instanceof LlhttpError)) throw error;
    if (error.code === "INVALID_EOF_STATE") return told({ kind: "missing" });
    return told({ kind: "refused", code: error.code, reason: error.message, offset: at + error.offset });
  } finally {
    parser.free();
  }
}
