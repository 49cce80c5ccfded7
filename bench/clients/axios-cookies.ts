/** axios with a jar of tough-cookie, by axios-cookiejar-support. It allows no agents of one's own. */
import axios from "axios";
import { wrapper } from "axios-cookiejar-support";
import { CookieJar } from "tough-cookie";
import { usingAxios } from "./axios.ts";
import type { Client } from "./client.ts";

export const client: Client = {
  open() {
    const jar = new CookieJar();
    return {
      ...usingAxios(wrapper(axios.create({ jar })), () => undefined),
      setCookie: (line, url) => void jar.setCookieSync(line, url),
    };
  },
};
