// Bodies that are piped.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { get, Session, toFetch } from "sojourn";

const session = new Session();
const response = await session.get("/", { stream: true });
export const text: ReadableStream<string> = response.body.pipeThrough(new TextDecoderStream());
export const unzipped = response.body
  .pipeThrough(new DecompressionStream("gzip"))
  .pipeThrough(new TextDecoderStream());
export const counted = response.body.pipeThrough(
  new TransformStream<Uint8Array, number>({
    transform: (piece, controller) => controller.enqueue(piece.byteLength),
  }),
);
export const raw: ReadableStream<Uint8Array> = response.rawBody;
export const exact: ReadableStream<Uint8Array<ArrayBuffer>> = response.body;
export const again: globalThis.Response = new globalThis.Response(response.body, {
  headers: [...response.headers],
});
export const upload = session.post("/", { data: response.body });
export const uploadToo = session.post("/", { data: () => Readable.from(["a", "b"]) });
export const whole: ArrayBuffer = (await get("https://a.test").bytes()).buffer;
export const blob = new Blob([await get("https://a.test").bytes()]);
export const reader = response.body.getReader({ mode: "byob" });
await response.body.pipeTo(new WritableStream<Uint8Array>());
await pipeline(response, createWriteStream("file"));
await pipeline(Readable.from(response), createWriteStream("file"));
for await (const piece of response) piece.byteLength;
for await (const piece of response.body) piece.byteLength;
for await (const line of response.iterLines()) line.trim();
for await (const words of response.iterContent({ decode: true })) words.trim();
// @ts-expect-error: bytes, unless `decode` says otherwise
for await (const piece of response.iterContent()) piece.trim();
// @ts-expect-error: its body has been read
(await session.get("/")).body;
export const piped = (await toFetch(session)("/")).body?.pipeThrough(new TextDecoderStream());
export const node: Readable = Readable.fromWeb(response.body);
