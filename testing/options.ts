/**
 * The options of the test server, checked before anything starts.
 *
 * Pure.
 */

/** Where the server listens. */
export interface TestServerOptions {
  /** The address to listen on: an IP address, or a name that resolves to one. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The port, from 0 to 65 535. Default: 0, any free one. */
  readonly port?: number;
}

/**
 * `options` with their defaults.
 *
 * @throws {TypeError} for an unknown option, or one of the wrong type.
 * @throws {RangeError} for a port that does not exist.
 */
export function checkOptions(options: TestServerOptions): Required<TestServerOptions> {
  // Callers in JavaScript can pass anything.
  const given: unknown = options;
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`options must be an object, not ${describe(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (name !== "host" && name !== "port")
      throw new TypeError(`unknown option ${name}; allowed are host, port`);
  }
  return { host: checkHost(options.host), port: checkPort(options.port) };
}

function checkHost(host: unknown = "127.0.0.1"): string {
  if (typeof host === "string" && host !== "") return host;
  throw new TypeError(`host must be an address or a name, not ${describe(host)}`);
}

function checkPort(port: unknown = 0): number {
  if (typeof port !== "number") throw new TypeError(`port must be a number, not ${describe(port)}`);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`port must be a whole number from 0 to 65535, not ${port}`);
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
