/** Turns good bytes into bad ones, and cuts them where TCP may. */
import { below, oneOf, type Random } from "../support/random.ts";
import { seeds } from "./seeds.ts";

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const SPLICES: readonly string[] = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  ":",
  "\r\n\r\n",
  "0\r\n\r\n",
  "ffffffff\r\n",
  "-1",
  "\u00ff",
  "HTTP/1.1 200 OK\r\n",
];

const mutations: readonly Mutation[] = [
  (bytes) => bytes,
  function flip(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let times = 1 + below(random, 4); times > 0 && copy.length > 0; times--) {
      const at = below(random, copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
    }
    return copy;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, below(random, bytes.length + 1));
  },
  function remove(bytes, random) {
    const at = below(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 8))]);
  },
  function repeat(bytes, random) {
    const from = below(random, bytes.length + 1);
    const piece = bytes.subarray(from, from + 1 + below(random, 40));
    const copies = Array.from({ length: 1 + below(random, 20) }, () => piece);
    return Buffer.concat([bytes.subarray(0, from), ...copies, bytes.subarray(from)]);
  },
  function splice(bytes, random) {
    const at = below(random, bytes.length + 1);
    const added = Buffer.from(oneOf(random, SPLICES), "latin1");
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
  },
  function join(bytes, random) {
    const other = oneOf(random, seeds);
    const at = below(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(below(random, other.length + 1))]);
  },
];

/** A response that may be anything. */
export function mutated(random: Random): Buffer {
  let bytes = oneOf(random, seeds);
  for (let times = below(random, 4); times > 0; times--) bytes = oneOf(random, mutations)(bytes, random);
  return bytes;
}

/** The pieces in which it is sent. */
export function pieces(bytes: Buffer, random: Random): Buffer[] {
  const cuts = Array.from({ length: below(random, 5) }, () => below(random, bytes.length + 1));
  const all = [0, ...cuts.sort((one, other) => one - other), bytes.length];
  return all.slice(1).map((end, at) => bytes.subarray(all[at], end));
}
