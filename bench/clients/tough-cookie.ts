/** The jar of tough-cookie on its own. */
import { CookieJar } from "tough-cookie";
import type { Client } from "./client.ts";

export const client: Client = {
  jar() {
    const jar = new CookieJar();
    return {
      store: (line, url) => void jar.setCookieSync(line, url),
      header: (url) => jar.getCookieStringSync(url) || null,
    };
  },
};
