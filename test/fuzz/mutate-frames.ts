/** Turns good frames into bad ones. */
import { frame } from "../support/frame-server.ts";
import { below, oneOf, type Random } from "../support/random.ts";
import { good, sequences } from "./frames.ts";

const HEAD_BYTES = 9;
const MOST_ROUNDS = 4;

type Mutation = (frames: readonly Buffer[], random: Random) => readonly Buffer[];

/** Changes one of the frames, if there is any. */
function changing(change: (one: Buffer, random: Random) => Buffer): Mutation {
  return (frames, random) => {
    const at = below(random, frames.length);
    return frames.map((one, index) => (index === at ? change(Buffer.from(one), random) : one));
  };
}

const mutations: readonly Mutation[] = [
  changing(function flipBits(one, random) {
    for (let times = 1 + below(random, 4); times > 0 && one.length > 0; times--) {
      const at = below(random, one.length);
      one[at] = (one[at] ?? 0) ^ (1 << below(random, 8));
    }
    return one;
  }),
  changing(function type(one, random) {
    if (one.length >= HEAD_BYTES) one.writeUInt8(below(random, random() < 0.8 ? 10 : 256), 3);
    return one;
  }),
  changing(function flags(one, random) {
    if (one.length >= HEAD_BYTES) one.writeUInt8(one.readUInt8(4) ^ (1 << below(random, 6)), 4);
    return one;
  }),
  changing(function stream(one, random) {
    if (one.length < HEAD_BYTES) return one;
    const own = one.readUInt32BE(5);
    one.writeUInt32BE(oneOf(random, [0, 1, 2, own + 1, own + 2, 0x7fffffff, 0x80000000 + own]) >>> 0, 5);
    return one;
  }),
  changing(function length(one, random) {
    if (one.length < HEAD_BYTES) return one;
    const own = one.length - HEAD_BYTES;
    one.writeUIntBE(oneOf(random, [0, Math.max(0, own - 1), own + 1, own + 9, 16_385, 0xffffff]), 0, 3);
    return one;
  }),
  changing(function padding(one) {
    if (one.length <= HEAD_BYTES) return one;
    return frame(
      one.readUInt8(3),
      one.readUInt8(4) | 0x8,
      one.readUInt32BE(5) & 0x7fffffff,
      one.subarray(HEAD_BYTES),
    );
  }),
  function drop(frames, random) {
    const at = below(random, frames.length);
    return frames.filter((_, index) => index !== at);
  },
  function repeat(frames, random) {
    const at = below(random, frames.length);
    const copies = Array.from({ length: 1 + below(random, 30) }, () => frames.slice(at, at + 1)).flat();
    return [...frames.slice(0, at), ...copies, ...frames.slice(at)];
  },
  function swap(frames, random) {
    const at = below(random, frames.length);
    return [...frames.slice(at), ...frames.slice(0, at)];
  },
  function truncate(frames, random) {
    const bytes = Buffer.concat(frames);
    return [bytes.subarray(0, below(random, bytes.length + 1))];
  },
];

/** The bytes of an answer that may be anything. */
export function mutatedFrames(stream: number, random: Random): Buffer {
  let frames = oneOf(random, random() < 0.4 ? good : sequences)(stream);
  for (let times = below(random, MOST_ROUNDS); times > 0; times--) {
    // Now and then another answer goes on where this one was.
    frames =
      random() < 0.15
        ? [...frames, ...oneOf(random, sequences)(stream)]
        : oneOf(random, mutations)(frames, random);
  }
  return Buffer.concat(frames);
}
