import { AppAdapter, ReadTimeout, Retry, Session } from "sojourn";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("gives up after a minute of silence", async () => {
  const session = new Session({ baseUrl: "https://slow.example", trustEnv: false });
  session.mount("https://slow.example", new AppAdapter(() => new Promise<Response>(() => undefined)));
  const outcome = expect(session.get("/")).rejects.toBeInstanceOf(ReadTimeout);
  await vi.advanceTimersByTimeAsync(60_000);
  await outcome;
  await session.close();
});

it("waits as Retry-After says", async () => {
  const app = vi.fn<(request: Request) => Response>(() => new Response("ok"));
  app.mockReturnValueOnce(new Response("", { status: 503, headers: { "Retry-After": "30" } }));
  const session = new Session({ baseUrl: "https://busy.example", retry: new Retry({ total: 1 }), trustEnv: false });
  session.mount("https://busy.example", new AppAdapter(app));
  const response = session.get("/").text();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(app).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await response).toBe("ok");
  await session.close();
});
