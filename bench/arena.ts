/** Where clients meet: the server's process, and the way to start a client's. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { selfSigned } from "../test/support/certificates.ts";
import type { Cores } from "./machine.ts";
import { LineProcess } from "./processes.ts";
import type { Order } from "./protocol.ts";
import type { Contender } from "./roster.ts";
import type { Port, Workload } from "./workloads.ts";

const SCHEMES = { http: "http", https: "https", h2: "https", bulk: "http" } as const;

/** A server that runs, and clients for it. */
export class Arena implements AsyncDisposable {
  readonly #server: LineProcess;
  readonly #ports: Record<Port, number>;
  readonly #cores: Cores | null;
  readonly #folder: string;

  private constructor(server: LineProcess, ports: Record<Port, number>, cores: Cores | null, folder: string) {
    this.#server = server;
    this.#ports = ports;
    this.#cores = cores;
    this.#folder = folder;
  }

  /** Starts the server. @param cores `null`: nothing is pinned. */
  static async open(cores: Cores | null): Promise<Arena> {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-bench-"));
    const credentials = await selfSigned({ names: ["localhost"], addresses: ["127.0.0.1"] });
    await writeFile(join(folder, "ca.pem"), credentials.cert);
    const args = [fileURLToPath(new URL("server.ts", import.meta.url))];
    const core = cores?.server ?? null;
    const server = new LineProcess({ command: process.execPath, args, core, env: environment() });
    server.say(credentials);
    return new Arena(server, (await server.hear()) as Record<Port, number>, cores, folder);
  }

  /** The origin of small messages. */
  get origin(): string {
    return this.#originOf("http");
  }

  #originOf(port: Port): string {
    return `${SCHEMES[port]}://127.0.0.1:${this.#ports[port]}`;
  }

  /** Starts the process of a client. All of them trust the server's certificate the way they are told to from outside. */
  start({ module, imports }: Contender, workload: Workload): LineProcess {
    const order: Order = { module, imports, workload, url: this.#originOf(workload.port) + workload.path };
    const isPython = module.endsWith(".py");
    const main = isPython ? module : workload.action === "import" ? "import.ts" : "child.ts";
    const authority = join(this.#folder, "ca.pem");
    return new LineProcess({
      command: isPython ? "python3" : process.execPath,
      args: [fileURLToPath(new URL(main, import.meta.url)), JSON.stringify(order)],
      core: this.#cores?.client ?? null,
      env: { ...environment(), [isPython ? "REQUESTS_CA_BUNDLE" : "NODE_EXTRA_CA_CERTS"]: authority },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server[Symbol.dispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The environment without what would change a client: proxies, certificates, options of Node. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /_proxy$|^(node_options|node_extra_ca_certs|requests_ca_bundle|curl_ca_bundle|netrc)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
