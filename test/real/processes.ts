/**
 * Starting and ending the real servers: each in a folder of its own, on free ports of loopback, ended by its own id.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server program that runs. */
export interface Running extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  /** What it wrote to its standard output and error. */
  readonly output: () => string;
}

/** What to run: files to write into its folder, and the command. */
export interface Program {
  readonly name: string;
  readonly files: (port: number, folder: string) => Readonly<Record<string, string | Uint8Array>>;
  readonly command: (port: number, folder: string) => readonly [program: string, ...args: string[]];
  /** Another port of the program to wait for; default: the port itself. */
  readonly waitFor?: number;
}

/** A port of loopback that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a program and waits until it accepts connections. */
export async function start(program: Program): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), `sojourn-${program.name}-`));
  // Some servers read their files as another user.
  await chmod(folder, 0o755);
  const port = await freePort();
  for (const [name, content] of Object.entries(program.files(port, folder)))
    await writeFile(join(folder, name), content);
  const [command, ...args] = program.command(port, folder);
  const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const running: Running = {
    port,
    folder,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await accepting(port, child, program.name);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw new Error(`${program.name} did not start: ${output.slice(-2000)}`, { cause: error });
  }
  return running;
}

async function accepting(port: number, child: ChildProcess, name: string): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (await accepts(port)) return;
    await sleep(100);
  }
  throw new Error(`${name} does not accept connections`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
  await ended;
  clearTimeout(timer);
}
