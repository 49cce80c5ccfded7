/**
 * Stage: `http:` becomes `https:` for hosts that asked for it (HSTS, RFC 6797), where the session keeps a list of them.
 *
 * It stands inside redirects and hooks: a URL that a hook leads to is looked at, too. The redirects stage looks by itself as well,
 * since it depends on the origin of the next URL what goes along.
 */
import { isHttpLike } from "../core/url.ts";
import { parseStrictTransport, securedUrl } from "../hsts/store.ts";
import type { Exchange, Reply, Stage, Surroundings } from "./stage.ts";

/** What the stage needs of the world. */
export type HstsSurroundings = Pick<Surroundings, "clock" | "strictTransport">;

/**
 * Keeps to the list, and adds hosts to it. A header that came over an unchecked connection adds none: anybody may have written it
 * (RFC 6797 §8.1).
 */
export function hsts(world: HstsSurroundings): Stage {
  return {
    down(exchange: Exchange) {
      const hosts = world.strictTransport();
      if (hosts === null || !isHttpLike(exchange.request.url)) return exchange;
      const { request } = exchange;
      const parsed = securedUrl(request.parsed, hosts, world.clock.now());
      if (parsed === request.parsed) return exchange;
      exchange.settings.watch?.onHsts("upgraded", parsed.host);
      return { ...exchange, request: request.with({ url: parsed.href, parsed }) };
    },
    up(reply: Reply, { request, settings }: Exchange) {
      const hosts = world.strictTransport();
      if (hosts === null || !isHttpLike(request.url) || request.parsed.scheme !== "https") return reply;
      const header = reply.headers.getAll("strict-transport-security")[0];
      if (header === undefined || settings.verify.kind === "off") return reply;
      hosts.note(request.parsed.host, header, world.clock.now());
      if ((parseStrictTransport(header)?.maxAgeMs ?? 0) > 0)
        settings.watch?.onHsts("noted", request.parsed.host);
      return reply;
    },
  };
}
