/** Spoils a stream byte by byte. */
import { below, oneOf, type Random } from "../support/random.ts";

/** Bytes that mean something to a parser, or to one that is wrong. */
const BYTES = '\r\n\r\n\r\n \t:;,="\\\0\x01\x0b\x7f\x80\xa0\xff0123456789aAfFgG-+/.HTX'.split("");

type Mutation = (text: string, at: number, random: Random) => string;

const mutations: readonly Mutation[] = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at, random) => text.slice(0, at) + byte(random) + text.slice(at),
  (text, at, random) => text.slice(0, at) + byte(random) + text.slice(at + 1),
  function swap(text, at) {
    return (
      text.slice(0, at) +
      text
        .slice(at, at + 2)
        .split("")
        .reverse()
        .join("") +
      text.slice(at + 2)
    );
  },
  (text, at) => text.slice(0, at + 1) + text.slice(at),
  function double(text, at, random) {
    const end = at + 1 + below(random, 30);
    return text.slice(0, end) + text.slice(at);
  },
  function drop(text, at, random) {
    return text.slice(0, at) + text.slice(at + 1 + below(random, 12));
  },
  function copy(text, at, random) {
    const from = below(random, text.length + 1);
    return text.slice(0, at) + text.slice(from, from + 1 + below(random, 12)) + text.slice(at);
  },
  (text, at) => text.slice(0, at),
];

function byte(random: Random): string {
  return oneOf(random, BYTES);
}

/** None, one, or some places of `text` are changed. */
export function mutated(text: string, random: Random): string {
  const share = random();
  let changed = text;
  for (let times = share < 0.45 ? 0 : share < 0.85 ? 1 : 1 + below(random, 3); times > 0; times--)
    changed = oneOf(random, mutations)(changed, below(random, changed.length + 1), random);
  return changed;
}
