/**
 * Runs the real httpbin under gunicorn on a free loopback port, and ends it again.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A running httpbin. */
export interface Httpbin extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
}

/** Debian's packages are seen by Debian's Python only. */
const PYTHON = "/usr/bin/python3";
const START_MS = 20_000;
const STOP_MS = 5_000;

/**
 * Starts httpbin, and resolves when it answers.
 *
 * @throws {Error} when it is not installed, or does not answer in time; the message has what it wrote.
 */
export async function startHttpbin(): Promise<Httpbin> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = ["--bind", `127.0.0.1:${port}`, "--workers", "1", "--threads", "8", "--keep-alive", "60"];
  const child = spawn(PYTHON, ["-m", "gunicorn", "httpbin:app", ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log = collectLog(child);
  const endNow = (): void => {
    child.kill("SIGTERM");
  };
  // Also ends when this process leaves early, by an uncaught error or a call of process.exit.
  process.once("exit", endNow);
  const stop = async (): Promise<void> => {
    await end(child);
    process.off("exit", endNow);
  };
  try {
    await waitUntilItAnswers(child, url);
  } catch (cause) {
    await stop();
    throw new Error(`httpbin could not be started (python3-httpbin, gunicorn).\n${log()}`, { cause });
  }
  return { url, [Symbol.asyncDispose]: stop };
}

/** The last lines that the process wrote, or why there is none. */
function collectLog(child: ChildProcess): () => string {
  let written = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    written = (written + text).slice(-4000);
  });
  child.once("error", (error) => {
    written += error.message;
  });
  return () => written.trim();
}

async function waitUntilItAnswers(child: ChildProcess, url: string): Promise<void> {
  const deadlineMs = performance.now() + START_MS;
  while (performance.now() < deadlineMs) {
    if (hasEnded(child)) throw new Error("the process ended");
    const isUp = await fetch(`${url}/ip`, { signal: AbortSignal.timeout(2000) }).then(
      async (response) => (await response.text()) !== "" && response.ok,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(`no answer within ${START_MS} ms`);
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const wasQuick = await Promise.race([ended.then(() => true), sleep(STOP_MS, false, { ref: false })]);
  if (wasQuick) return;
  child.kill("SIGKILL");
  await ended;
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (typeof address !== "object" || address === null)
    throw new Error("no free port on the loopback interface");
  return address.port;
}
