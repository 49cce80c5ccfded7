/** got with a jar of tough-cookie. */
import { CookieJar } from "tough-cookie";
import type { Client } from "./client.ts";
import { openGot } from "./got.ts";

export const client: Client = {
  open() {
    const cookieJar = new CookieJar();
    return {
      ...openGot({ cookieJar }),
      setCookie: (line, url) => void cookieJar.setCookieSync(line, url),
    };
  },
};
