/**
 * Over HTTP/2, too, a response is whole or an error, however it is read: END_STREAM alone ends it (RFC 9113 §8.1), and what is
 * sent again is only what the server did nothing with.
 */
import { describe, expect, it } from "vitest";

import { Session } from "../../src/index.ts";
import { CODES, frameServer, goaway, type FrameRequest } from "../support/frame-server.ts";
import { readings } from "../support/readings.ts";

/** What a server does with the first request of a test; those behind it get `7`. */
type Answer = (request: FrameRequest) => void;

/** What came of an answer in each of the ways to read it, of the one after it, and how many requests came for both. */
async function told(answer: Answer): Promise<readonly Told[]> {
  const heard = new Map<string, number>();
  await using server = await frameServer((request) => {
    const count = (heard.get(request.path) ?? 0) + 1;
    heard.set(request.path, count);
    if (count === 1) answer(request);
    else request.ok("7");
  });
  return await Promise.all(
    Object.entries(readings).map(async ([way, read], at) => {
      await using session = new Session({ ...settings, verify: server.ca });
      const url = `${server.url}/${at}`;
      const fate = await read(session, url).catch((error: unknown) => error);
      const after = await session.get(url).text();
      return { way, fate, after, heard: heard.get(`/${at}`) ?? 0 };
    }),
  );
}

interface Told {
  readonly way: string;
  readonly fate: unknown;
  readonly after: string;
  readonly heard: number;
}

const settings = { trustEnv: false, http2: true, timeout: { read: 3000 } } as const;

/** What they all came to, when it was an error: its name, and where it happened. */
function failed(name: string, phase: string): unknown {
  const fate: unknown = expect.objectContaining({ name, phase });
  return Object.keys(readings).map((way) => ({ way, fate, after: "7", heard: 2 }));
}

/** Later than what was written before: another read of the client's. */
function later(act: () => void): void {
  setTimeout(act, 15);
}

const LAST = { isLast: true };

describe("a whole response over HTTP/2", () => {
  const rows: readonly (readonly [string, Answer])[] = [
    ["its length", (r) => r.write(r.head(200, { "content-length": 2 }), r.data("12", LAST))],
    ["no length", (r) => r.write(r.head(200), r.data("12", LAST))],
    ["END_STREAM in an empty frame", (r) => r.write(r.head(200), r.data("12"), r.data("", LAST))],
    [
      "END_STREAM that comes later",
      (r) => {
        r.write(r.head(200), r.data("12"));
        later(() => r.write(r.data("", LAST)));
      },
    ],
    [
      "each part in a write of its own",
      (r) => {
        r.write(r.head(200));
        later(() => {
          r.write(r.data("1"));
          later(() => {
            r.write(r.data("2"));
            later(() => r.write(r.data("", LAST)));
          });
        });
      },
    ],
    [
      "padding",
      (r) => r.write(r.head(200), r.data("1", { padding: 200 }), r.data("2", { padding: 0, isLast: true })),
    ],
    ["trailers", (r) => r.write(r.head(200), r.data("12"), r.trailers({ "x-sum": 7 }))],
    [
      "interim responses before",
      (r) => r.write(r.head(103, { link: "</a>" }), r.head(100), r.head(200), r.data("12", LAST)),
    ],
    [
      "the wish to get no more of the request behind it",
      (r) => r.write(r.head(200), r.data("12", LAST), r.reset(CODES.NO_ERROR)),
    ],
    ["a reset behind it", (r) => r.write(r.head(200), r.data("12", LAST), r.reset(CODES.CANCEL))],
    [
      "the end of the connection behind it",
      (r) => {
        r.write(r.head(200), r.data("12", LAST));
        r.connection.end();
      },
    ],
    [
      "GOAWAY behind it",
      (r) => r.write(r.head(200), r.data("12", LAST), goaway(r.stream, CODES.INTERNAL_ERROR)),
    ],
    [
      "GOAWAY before it",
      (r) => {
        r.write(goaway(r.stream));
        later(() => r.write(r.head(200), r.data("12", LAST)));
      },
    ],
    [
      "GOAWAY in the middle of it",
      (r) => {
        r.write(r.head(200), r.data("1"), goaway(r.stream));
        later(() => r.connection.end(r.data("2", LAST)));
      },
    ],
  ];

  it.for(rows)("is what was asked for, in every way to read it: %s", async ([, answer]) => {
    expect(await told(answer)).toEqual(
      Object.keys(readings).map((way) => ({ way, fate: "12", after: "7", heard: 2 })),
    );
  });
});

describe("many responses on one HTTP/2 connection at a time", () => {
  it("are whole, also where Node tells of the first bytes before it tells of the head", async () => {
    await using server = await frameServer((r) =>
      r.write(r.head(200), ...Array.from({ length: 20 }, () => r.data("x".repeat(300))), r.data("", LAST)),
    );
    await using session = new Session({ ...settings, verify: server.ca });
    const lengths = new Set<number>();
    const worker = async (_: unknown, seed: number): Promise<void> => {
      for (let count = 0; count < 10; count++) {
        const response = await session.get(server.url, { stream: seed % 2 === 0 });
        lengths.add((await response.bytes()).byteLength);
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    expect([...lengths]).toEqual([6000]);
  });
});

describe("a response over HTTP/2 that is not whole", () => {
  const resets = ["NO_ERROR", "CANCEL", "INTERNAL_ERROR", "PROTOCOL_ERROR", "REFUSED_STREAM"] as const;
  const rows: readonly (readonly [string, Answer])[] = [
    ...resets.flatMap((name): (readonly [string, Answer])[] => [
      [`RST_STREAM(${name}) with it`, (r) => r.write(r.head(200), r.data("12"), r.reset(CODES[name]))],
      [
        `RST_STREAM(${name}) later`,
        (r) => {
          r.write(r.head(200), r.data("12"));
          later(() => r.write(r.reset(CODES[name])));
        },
      ],
      [
        `RST_STREAM(${name}) before any of its body`,
        (r) => r.write(r.head(200, { "content-length": 2 }), r.reset(CODES[name])),
      ],
    ]),
    [
      "RST_STREAM(NO_ERROR) after 2 of 4 bytes",
      (r) => r.write(r.head(200, { "content-length": 4 }), r.data("12"), r.reset(CODES.NO_ERROR)),
    ],
    [
      "RST_STREAM(NO_ERROR) after all of its bytes",
      (r) => r.write(r.head(200, { "content-length": 2 }), r.data("12"), r.reset(CODES.NO_ERROR)),
    ],
    ["less than its length", (r) => r.write(r.head(200, { "content-length": 4 }), r.data("12", LAST))],
    ["more than its length", (r) => r.write(r.head(200, { "content-length": 1 }), r.data("12", LAST))],
    [
      "trailers in place of the rest of its length",
      (r) => r.write(r.head(200, { "content-length": 4 }), r.data("12"), r.trailers({ "x-sum": 7 })),
    ],
    [
      "trailers that do not end it",
      (r) => r.write(r.head(200), r.data("12"), r.trailers({ "x-sum": 7 }, { isLast: false })),
    ],
    [
      "the end of the connection",
      (r) => {
        r.write(r.head(200), r.data("12"));
        r.connection.end();
      },
    ],
    [
      "the end of the connection later",
      (r) => {
        r.write(r.head(200), r.data("12"));
        later(() => r.connection.end());
      },
    ],
    [
      "a connection that is torn down",
      (r) => {
        r.write(r.head(200), r.data("12"));
        later(() => r.connection.socket.destroy());
      },
    ],
    [
      "GOAWAY with an error",
      (r) => r.write(r.head(200), r.data("12"), goaway(r.stream, CODES.INTERNAL_ERROR)),
    ],
    [
      "GOAWAY and the end of the connection",
      (r) => {
        r.write(r.head(200), r.data("12"), goaway(r.stream));
        later(() => r.connection.end());
      },
    ],
  ];

  it.for(rows)("is an error, in every way to read it: %s", async ([, answer]) => {
    expect(await told(answer)).toEqual(failed("ChunkedEncodingError", "body"));
  });
});

describe("no response over HTTP/2", () => {
  const rows: readonly (readonly [string, Answer])[] = [
    ["RST_STREAM(NO_ERROR)", (r) => r.write(r.reset(CODES.NO_ERROR))],
    ["RST_STREAM(CANCEL)", (r) => r.write(r.reset(CODES.CANCEL))],
    ["RST_STREAM(INTERNAL_ERROR)", (r) => r.write(r.reset(CODES.INTERNAL_ERROR))],
    ["RST_STREAM(NO_ERROR) after an interim one", (r) => r.write(r.head(103), r.reset(CODES.NO_ERROR))],
    ["nothing of its length", (r) => r.write(r.head(200, { "content-length": 2 }, LAST))],
    ["an interim one that ends it", (r) => r.write(r.head(103, {}, LAST))],
    ["a head without a status", (r) => r.write(r.trailers({ "x-a": 1 }))],
    ["a status that is none", (r) => r.write(r.head(99, {}, LAST))],
    ["two statuses", (r) => r.write(r.head(200, [[":status", "204"]], LAST))],
    ["a length that is none", (r) => r.write(r.head(200, { "content-length": "+2" }), r.data("12", LAST))],
    [
      "two lengths",
      (r) =>
        r.write(
          r.head(200, [
            ["content-length", "2"],
            ["content-length", "4"],
          ]),
          r.data("12", LAST),
        ),
    ],
    ["GOAWAY with an error", (r) => r.write(goaway(r.stream, CODES.INTERNAL_ERROR))],
    ["the end of the connection", (r) => r.connection.end()],
  ];

  it.for(rows)("is an error at once, in every way to read it: %s", async ([, answer]) => {
    expect(await told(answer)).toEqual(failed("ConnectionError", "head"));
  });
});
