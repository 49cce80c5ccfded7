/**
 * A question that is put to llhttp again: the stream with something in it mended that we take and it refuses. The rest of the stream must be told
 * alike then. Where a byte was in the stream itself is remembered.
 */
import type { Answer, Story } from "./story.ts";
import { plain, theirs, type Question } from "./theirs.ts";

/** First letters of names that are to mean nothing to llhttp. */
const STAND_INS: Readonly<Record<string, string>> = { "!": "C", "~": "c", "'": "T", "`": "t" };
/** Names of fields that only llhttp is to see: nobody writes them so. */
const ASIDE_LENGTH = "cONTENT-LENGTH";
const ASIDE_CODING = "tRANSFER-ENCODING";

export class Asked {
  readonly text: string;
  readonly #question: Question;
  /** Of each byte, and of the end: where it was; `null` as long as that is where it is. */
  readonly #origin: readonly number[] | null;

  private constructor(question: Question, origin: readonly number[] | null) {
    this.text = question.bytes.toString("latin1");
    this.#question = question;
    this.#origin = origin;
  }

  /** The stream as it came. */
  static first(bytes: Buffer, methods: readonly string[]): Asked {
    return new Asked(plain(bytes, methods), null);
  }

  /** What llhttp says of it: places are those of the stream that came. */
  story(): Story {
    const { answers, ending } = theirs(this.#question);
    if (this.#origin === null) return { answers, ending };
    return { answers: answers.map((answer) => this.#inStream(answer)), ending };
  }

  /** With `added` for the bytes from `from` to `to`. */
  edited(from: number, to: number, added: string): Asked {
    const { text } = this;
    const before = this.#origin ?? Array.from({ length: text.length + 1 }, (_, at) => at);
    const origin = [
      ...before.slice(0, from),
      ...Array.from(added, () => before[from] as number), // no further than the end
      ...before.slice(to),
    ];
    const bytes = Buffer.from(text.slice(0, from) + added + text.slice(to), "latin1");
    return new Asked({ ...this.#question, bytes }, origin);
  }

  /** The framing field whose line begins at `at` means nothing to llhttp. */
  withoutMeaning(at: number): Asked {
    const standIn = Object.keys(STAND_INS).find((letter) => STAND_INS[letter] === this.text[at]);
    if (standIn === undefined) throw new Error(`no framing field at ${at} of ${JSON.stringify(this.text)}`);
    return this.edited(at, at + 1, standIn);
  }

  /** The same, and llhttp is told `value` in its place. */
  meaning(at: number, value: string): Asked {
    const name = this.text[at]?.toLowerCase() === "t" ? ASIDE_CODING : ASIDE_LENGTH;
    return this.withoutMeaning(at).edited(at, at, `${name}:${value}\r\n`);
  }

  /** Where the byte is that was there in the stream. */
  placeOf(origin: number): number {
    return this.#origin?.findIndex((from) => from >= origin) ?? origin;
  }

  /** With which the response of this place was asked for. */
  methodOf(place: number): string | undefined {
    return this.#question.methods[place];
  }

  forgettingInterim(): Asked {
    return new Asked({ ...this.#question, forgetsInterim: true }, this.#origin);
  }

  /** Another response follows on that of this place, or none does. */
  following(place: number, doesFollow: boolean): Asked {
    const follows = new Map(this.#question.follows).set(place, doesFollow);
    return new Asked({ ...this.#question, follows }, this.#origin);
  }

  get forgetsInterim(): boolean {
    return this.#question.forgetsInterim;
  }

  #inStream(answer: Answer): Answer {
    return {
      ...answer,
      head: answer.head === null ? null : { ...answer.head, fields: restored(answer.head.fields) },
      interim: answer.interim.map(({ status, fields }) => ({ status, fields: restored(fields) })),
      trailers: answer.trailers === null ? null : restored(answer.trailers),
      end: answer.end === -1 ? -1 : (this.#origin?.[answer.end] ?? answer.end),
    };
  }
}

/** Fields as they stood in the stream. */
function restored(fields: readonly string[]): string[] {
  const all: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] as string; // below the length, as what follows
    if (name === ASIDE_LENGTH || name === ASIDE_CODING) continue;
    const isStandIn = /^(?:[!~]ontent-length|['`]ransfer-encoding)$/i.test(name);
    const first = isStandIn ? STAND_INS[name.slice(0, 1)] : undefined;
    all.push(first === undefined ? name : first + name.slice(1), fields[at + 1] as string);
  }
  return all;
}
