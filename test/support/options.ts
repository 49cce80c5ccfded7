/** Options as a session and a request give them, and the settings that come of both. */
import { emptyEnvironment } from "../../src/core/environment.ts";
import type { Environment } from "../../src/core/environment.ts";
import type { RequestOptions, ScopeOptions, SessionOptions } from "../../src/core/options.ts";
import type { Defaults } from "../../src/options/settings.ts";
import { initial, over, type Given } from "../../src/options/table.ts";
import { take } from "../../src/options/take.ts";
import { SessionDefaults } from "../../src/session/defaults.ts";

/** Takes a request's options, all of them read. */
export function takeOfRequest(options: RequestOptions<boolean> | undefined): Given {
  return read(take(options, "request"));
}

/** Takes a session's options, all of them read. */
export function takeOfSession(options: SessionOptions<boolean>): Given {
  return read(take(options, "session"));
}

/** Takes a scope's options, all of them read. */
export function takeOfScope(options: ScopeOptions<boolean>): Given {
  return read(take(options, "scope"));
}

function read(given: Given): Given {
  over(initial, given);
  return given;
}

/** What a session comes to that has had its first request. */
export function defaultsOfSession(
  options: SessionOptions<boolean>,
  environment: Environment = emptyEnvironment,
): Defaults {
  return new SessionDefaults(take(options, "session")).place(environment);
}

/** What a request comes to. */
export function settingsOf(
  session: SessionOptions<boolean>,
  request: RequestOptions<boolean> = {},
  environment: Environment = emptyEnvironment,
): Defaults {
  return over(defaultsOfSession(session, environment), take(request, "request"));
}
