import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AppAdapter, ReadTimeout, Retry, Session } from "sojourn";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits as Retry-After says", async () => {
  const app = vi.fn<(request: Request) => Response>(() => new Response("ok"));
  app.mockReturnValueOnce(new Response("", { status: 503, headers: { "Retry-After": "30" } }));
  const session = new Session({
    baseUrl: "https://busy.example",
    retry: new Retry({ total: 1 }),
    trustEnv: false,
  });
  session.mount("https://busy.example", new AppAdapter(app));
  const text = session.get("/").text();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(app).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await text).toBe("ok");
  await session.close();
});

it("gives up after a minute of silence, also of a real server", async () => {
  const server = createServer(() => undefined); // which never answers
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const session = new Session({ trustEnv: false });
  const asked = once(server, "request");
  const outcome = expect(session.get(`http://127.0.0.1:${port}/`)).rejects.toBeInstanceOf(ReadTimeout);
  await asked;
  await vi.advanceTimersByTimeAsync(60_000);
  await outcome;
  await session.close();
  server.close();
});
