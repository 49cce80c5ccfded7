/** sojourn: a session as it is by default. */
import { sojourn } from "../sojourn.ts";
import type { Skill } from "../workloads.ts";
import type { Client, Opened } from "./client.ts";

const { CookieJar, Session } = sojourn;

/** A session. */
export type OpenSession = InstanceType<typeof Session>;

export const client: Client = {
  open: (skill) => openSojourn(skill),
  jar() {
    const jar = new CookieJar(null, { maxCookies: 1_000_000 });
    return {
      store: (line, url) => void jar.setCookie(line, url),
      header: (url) => jar.getCookieHeader(url),
    };
  },
};

/** A new session. @param prepare what is done with it first. */
export function openSojourn(skill: Skill, prepare: (session: OpenSession) => void = () => undefined): Opened {
  const session = skill === "http2" ? new Session({ http2: true }) : new Session();
  prepare(session);
  return {
    get: async (url) => (await session.get(url)).text(),
    post: async (url, json) => (await session.post(url, { json })).text(),
    json: async (url) => (await session.get(url)).json(),
    async stream(url) {
      let bytes = 0;
      for await (const piece of await session.get(url, { stream: true })) bytes += piece.byteLength;
      return bytes;
    },
    bytes: async (url) => (await session.get(url)).bytes().byteLength,
    upload: async (url, pieces) => (await session.post(url, { data: pieces() })).text(),
    setCookie: (line, url) => void session.cookies.setCookie(line, url),
    close: () => session.close(),
  };
}
