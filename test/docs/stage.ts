/**
 * The stage on which examples are run: servers in the place of the hosts that examples name, and files that they read.
 *
 * | in an example | on the stage |
 * | --- | --- |
 * | `https://example.com` | the test server |
 * | `https://other.example` | a second one: another origin |
 * | `https://api.example.com` | a service of lists, events, GraphQL and logins: `service.ts` |
 * | `https://secure.example` | a TLS server, of HTTP/2 too, with its authority in `ca.pem`; it tells whose certificate it saw. It is `inside.example`, too |
 * | `http://proxy.example:3128` | a proxy for http and, by CONNECT, for https |
 * | `notes.txt`, `ca.pem`, `revoked.pem`, `client.pem`, `client-key.pem` | in the folder where examples run |
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, request as forward } from "node:http";
import { createSecureServer } from "node:http2";
import { connect, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { startTestServer } from "../../testing/index.ts";
import { Authority } from "../support/certificates.ts";
import { inOrder } from "./printed.ts";
import { root, type Page } from "./pages.ts";
import { startService } from "./service.ts";

const run = promisify(execFile);

/** What came of a program. */
interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Stands before the output of each example. */
const MARK = "\u0001";

/** Servers, and a folder with the examples of all pages. */
export interface Stage extends AsyncDisposable {
  /** Compiles the examples, without output; gives the errors in them. */
  compile(): Promise<string[]>;
  /** Runs the examples of a page, one after the other, in one process. */
  play(page: Page): Promise<Ran>;
}

/** What the examples run with. */
export interface Setting {
  /** Path of the Node that runs them. */
  readonly node: string;
  /** Files that stand for the package's entry points, by their names. */
  readonly entries: Readonly<Record<string, string>>;
}

/** This Node, and the sources. */
const own: Setting = {
  node: process.execPath,
  entries: {
    sojourn: "src/index.ts",
    "sojourn/testing": "testing/index.ts",
    "sojourn/oauth2": "src/oauth2.ts",
    "sojourn/charset": "src/charset.ts",
    "sojourn/formats": "src/formats.ts",
    "sojourn/otel": "src/otel.ts",
    "sojourn/terminal": "src/terminal.ts",
  },
};

/** Sets the stage for these pages. */
export async function setStage(pages: readonly Page[], { node, entries }: Setting = own): Promise<Stage> {
  const authority = await Authority.create();
  const servers = {
    main: await startTestServer(),
    other: await startTestServer(),
    service: await startService(),
    secure: await startSecure(authority),
    proxy: await startProxy(),
  };
  const hosts = [
    ["https://example.com", servers.main.url],
    ["https://other.example", servers.other.url],
    ["https://api.example.com", servers.service.url],
    ["https://secure.example", servers.secure.url],
    ["http://proxy.example:3128", servers.proxy.url],
    // The mount point of a host that is asked for over https in the example, and over http here.
    ['"https://"', '"http://"'],
    ...Object.entries(entries).map(
      ([name, path]) => [JSON.stringify(name), JSON.stringify(join(root, path))] as const,
    ),
  ] as const;
  const folder = await mkdtemp(join(tmpdir(), "sojourn-docs-"));
  await writeProject(folder);
  for (const page of pages) await writePage(folder, page, authority, hosts);
  return {
    compile: async () => {
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const { stdout } = await ran(process.execPath, [tsc, "--project", folder], folder);
      // Paths of other files lead out of the folder; errors in those are the business of `npm run types`.
      return stdout.split("\n").filter((line) => /^(?:[\w-]+\/example-\d+\.ts\(|error )/.test(line));
    },
    play: async (page) => {
      const place = placeOf(folder, page);
      // Node 22 calls its reading of TypeScript an experiment.
      const args = ["--disable-warning=ExperimentalWarning", join(place, "main.ts")];
      const { code, stdout, stderr } = await ran(node, args, place);
      const spoken = hosts
        .slice(0, Object.keys(servers).length)
        .reduce((text, [name, url]) => text.replaceAll(url, name), stdout);
      return { code, stdout: spoken, stderr };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * What was wrong when this page was played: nothing, if its examples ended without an error and without a word on stderr, and printed
 * what they say.
 */
export function faultsOf({ path, examples }: Page, { code, stdout, stderr }: Ran): string[] {
  const printed = outputs(stdout);
  if (code !== 0 || stderr !== "") {
    const last = examples.findLast(({ number }) => printed.has(number));
    return [`${path}, line ${last?.line}, is the last that ran; it ended with ${code}: ${stderr}`];
  }
  return examples
    .filter(({ runs }) => runs)
    .flatMap(({ number, line, prints }) =>
      inOrder(printed.get(number) ?? "", prints)
        .filter((text, at) => text !== prints[at])
        .map((text) => `${path}, line ${line}: ${text}`),
    );
}

/** The output of each example, by its number. */
function outputs(stdout: string): Map<number, string> {
  const parts = stdout.split(MARK).slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf("\n");
      return [Number(part.slice(0, end)), part.slice(end + 1)];
    }),
  );
}

function placeOf(folder: string, page: Page): string {
  return join(folder, page.path.replaceAll(/[/.]/g, "-"));
}

async function writeProject(folder: string): Promise<void> {
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      // An example may give a name to what it does not use.
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: ["*/*.ts"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  // For types only: at run time examples use sojourn and Node.
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
}

async function writePage(
  folder: string,
  page: Page,
  authority: Authority,
  hosts: readonly (readonly [name: string, url: string])[],
): Promise<void> {
  const place = placeOf(folder, page);
  await mkdir(place);
  for (const { number, code } of page.examples) {
    const runnable = hosts.reduce((text, [name, url]) => text.replaceAll(name, url), code);
    await writeFile(join(place, `example-${number}.ts`), `${runnable}\nexport {};\n`);
  }
  const steps = page.examples
    .filter(({ runs }) => runs)
    .map(
      ({ number }) =>
        `console.log(${JSON.stringify(MARK + number)});\nawait import("./example-${number}.ts");\n`,
    );
  await writeFile(join(place, "main.ts"), `${steps.join("")}export {};\n`);
  const client = await authority.issue({ commonName: "my program" });
  await writeFile(join(place, "ca.pem"), authority.pem);
  await writeFile(join(place, "revoked.pem"), await authority.revoke());
  await writeFile(join(place, "client.pem"), client.cert);
  await writeFile(join(place, "client-key.pem"), client.key);
  await writeFile(join(place, "notes.txt"), "some notes\n");
}

/** Runs a program of Node's in `cwd`, without anything of the environment that could change what requests do. */
async function ran(node: string, args: readonly string[], cwd: string): Promise<Ran> {
  const env = {
    PATH: process.env["PATH"],
    HOME: cwd,
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  };
  try {
    const { stdout, stderr } = await run(node, args, { cwd, env, timeout: 25_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code = 1, stdout = "", stderr = String(error) } = error as Partial<Ran>; // what execFile rejects with
    return { code, stdout, stderr };
  }
}

interface Running extends AsyncDisposable {
  readonly url: string;
}

async function listening(server: Server, scheme: "http" | "https"): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, // what listens on TCP has an address
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startSecure(authority: Authority): Promise<Running> {
  const pair = await authority.issue({ addresses: ["127.0.0.1"], names: ["inside.example"] });
  const options = { ...pair, ca: authority.pem, requestCert: true, rejectUnauthorized: false };
  const server = createSecureServer({ ...options, allowHTTP1: true }, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate(); // the server speaks TLS only
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ client: subject?.CN ?? null }));
  });
  return await listening(server, "https");
}

async function startProxy(): Promise<Running> {
  const server = createHttpServer((request, response) => {
    const { method, headers } = request;
    const onward = forward(request.url ?? "", { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, [...answer.rawHeaders, "Via", "1.1 proxy.example"]);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  server.on("connect", (request, socket) => {
    const [host = "", port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return await listening(server, "http");
}
