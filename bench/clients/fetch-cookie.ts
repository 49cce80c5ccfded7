/** Node's `fetch` with a jar around it: fetch-cookie. */
import makeFetchCookie from "fetch-cookie";
import { CookieJar } from "tough-cookie";
import type { Client } from "./client.ts";
import { fetching, type Fetch } from "./fetching.ts";

export const client: Client = {
  open() {
    const jar = new CookieJar();
    return {
      ...fetching(makeFetchCookie(fetch, jar) as Fetch), // declared as a function of unknown
      setCookie: (line, url) => void jar.setCookieSync(line, url),
    };
  },
};
