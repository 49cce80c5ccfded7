/**
 * A page of somebody else, in the browser in which the inspector is open: it tries every way there is to read from the inspector. It knows the
 * port, and in one round the token, too.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";

/** What one way of asking has brought the page: `nothing`, or what it could see. */
export type Learned = readonly [way: string, learned: string];

/** Runs in the page. */
async function tryAll({
  port,
  token,
}: {
  readonly port: number;
  readonly token: string;
}): Promise<[string, string][]> {
  const learned: [string, string][] = [];
  const note = (way: string, what: string): void => void learned.push([way, what]);
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `rebind.example:${port}`];
  for (const host of hosts) {
    for (const path of ["/", "/events"]) {
      const url = `http://${host}${path}`;
      const asks: [string, RequestInit][] = [
        ["fetch", {}],
        ["fetch with the token", { headers: { "X-Sojourn-Token": token } }],
        ["fetch without CORS", { mode: "no-cors" }],
        ["fetch with credentials", { credentials: "include" }],
        ["fetch of a form", { method: "POST", mode: "no-cors", body: new URLSearchParams({ token }) }],
      ];
      for (const [way, init] of asks) {
        const seen = await fetch(url, { ...init, signal: AbortSignal.timeout(3000) }).then(
          async (response) =>
            response.type === "opaque" ? "nothing" : `${response.status} ${await response.text()}`,
          () => "nothing",
        );
        note(`${way} ${url}`, seen);
      }
    }
    const elements: [string, () => HTMLElement][] = [
      ["img", () => Object.assign(new Image(), { src: `http://${host}/events` })],
      ["script", () => Object.assign(document.createElement("script"), { src: `http://${host}/events` })],
      [
        "script of the page",
        () => Object.assign(document.createElement("script"), { src: `http://${host}/` }),
      ],
      [
        "style",
        () => Object.assign(document.createElement("link"), { rel: "stylesheet", href: `http://${host}/` }),
      ],
      ["video", () => Object.assign(document.createElement("video"), { src: `http://${host}/events` })],
      ["object", () => Object.assign(document.createElement("object"), { data: `http://${host}/` })],
    ];
    for (const [way, make] of elements) {
      const element = make();
      const seen = await new Promise<string>((resolve) => {
        element.addEventListener("load", () => resolve("loaded"));
        element.addEventListener("error", () => resolve("nothing"));
        setTimeout(() => resolve("nothing"), 3000);
        document.body.append(element);
      });
      element.remove();
      note(`${way} of http://${host}`, seen);
    }
    const frame = document.createElement("iframe");
    frame.name = "frame";
    frame.src = `http://${host}/#${token}`;
    await new Promise((resolve) => {
      frame.addEventListener("load", resolve);
      setTimeout(resolve, 3000);
      document.body.append(frame);
    });
    let inFrame = "nothing";
    try {
      inFrame = frame.contentWindow?.document.body.textContent ?? "nothing";
    } catch {
      // It belongs to another origin.
    }
    note(`iframe of http://${host}`, inFrame === "" ? "nothing" : inFrame);
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: `http://${host}/events`, target: "frame" });
    form.submit();
    note(
      `EventSource of http://${host}`,
      await new Promise<string>((resolve) => {
        const source = new EventSource(`http://${host}/events`);
        source.addEventListener("open", () => resolve("open"));
        source.addEventListener("error", () => {
          source.close();
          resolve("nothing");
        });
      }),
    );
    note(
      `WebSocket of http://${host}`,
      await new Promise<string>((resolve) => {
        const socket = new WebSocket(`ws://${host}/events`);
        socket.addEventListener("open", () => resolve("open"));
        socket.addEventListener("error", () => resolve("nothing"));
      }),
    );
    navigator.sendBeacon(`http://${host}/events`, token);
    frame.remove();
  }
  return learned;
}

/** A server with one empty page, on a port of its own. */
export async function startStranger(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((_message, reply) => {
    reply.writeHead(200, { "Content-Type": "text/html" });
    reply.end("<!doctype html><title>stranger</title><body>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** All that a page at `origin` can learn. */
export async function learnedBy(
  browser: Browser,
  origin: string,
  known: { readonly port: number; readonly token: string },
): Promise<readonly Learned[]> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    const learned = await page.evaluate(tryAll, known);
    // A window of its own has no frame around it that could be forbidden.
    const popupComes = page.waitForEvent("popup");
    await page.evaluate(({ port, token }) => {
      Object.assign(globalThis, { popup: open(`http://127.0.0.1:${port}/#${token}`) });
    }, known);
    const popup = await popupComes;
    await popup.waitForLoadState();
    const seen = await page.evaluate(() => {
      try {
        return (Reflect.get(globalThis, "popup") as Window).document.body.textContent;
      } catch {
        return "nothing";
      }
    });
    return [...learned, ["window", seen ?? "nothing"]];
  } finally {
    await context.close();
  }
}
