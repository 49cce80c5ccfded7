/** `node:http2` by hand on one connection: the floor of HTTP/2. */
import { connect, type ClientHttp2Session } from "node:http2";
import type { Client } from "./client.ts";

export const client: Client = {
  open() {
    let session: ClientHttp2Session | null = null;
    return {
      get(url) {
        const start = url.indexOf("/", "https://".length);
        session ??= connect(url.slice(0, start));
        const stream = session.request({ ":path": url.slice(start) });
        return new Promise((resolve, reject) => {
          let text = "";
          stream.setEncoding("utf8");
          stream.on("data", (piece: string) => (text += piece));
          stream.on("end", () => resolve(text));
          stream.on("error", reject);
        });
      },
      close: () => session?.destroy(),
    };
  },
};
