/** Test files share a process (`vitest.config.ts`): each leaves it as it was. Runs beside every file. */
import { channel } from "node:diagnostics_channel";
import process from "node:process";
import { afterAll, beforeAll, expect } from "vitest";

/** Where anybody may listen. */
const EVENTS = ["exit", "uncaughtException", "unhandledRejection", "warning"] as const;
const CHANNELS = [
  ...["create", "bodyChunkSent", "bodySent", "headers", "bodyChunkReceived", "trailers", "error"].map(
    (name) => `undici:request:${name}`,
  ),
  ...["beforeConnect", "connected", "connectError", "sendHeaders"].map((name) => `undici:client:${name}`),
];

/** What a file may change and others would notice. */
function state(): object {
  const { Buffer, Date, Headers, JSON, Math, Object, Request, Response, URL, fetch } = globalThis;
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    globals: Object.getOwnPropertyNames(globalThis).toSorted(),
    prototype: Reflect.ownKeys(Object.prototype),
    functions: [
      Buffer,
      Date,
      Date.now,
      Headers,
      JSON.parse,
      Math.random,
      Request,
      Response,
      URL,
      fetch,
      setTimeout,
      setImmediate,
    ],
    listeners: EVENTS.map((event) => [event, process.listenerCount(event)]),
    channels: CHANNELS.map((name) => [name, channel(name).hasSubscribers]),
  };
}

let before: object;

beforeAll(() => {
  before = state();
});

afterAll(() => {
  expect(state(), "this file changes what other files find").toEqual(before);
});
