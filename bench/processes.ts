/** Processes that speak in lines: started, pinned to a core, listened to, ended. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** What to start, and where. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** `null`: wherever the system likes. */
  readonly core: number | null;
  readonly env: NodeJS.ProcessEnv;
}

/** A process that has not said anything for so long hangs. */
const PATIENCE_MS = 120_000;
const STDERR_LENGTH = 2000;

/** One process. Ends with its owner, or when its input ends. */
export class LineProcess implements Disposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #iterator: AsyncIterator<string>;
  #stderr = "";

  constructor({ command, args, core, env }: Program) {
    const pinned = core === null ? [command, ...args] : ["taskset", "-c", String(core), command, ...args];
    const [file = command, ...rest] = pinned;
    this.#child = spawn(file, rest, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr.setEncoding("utf8");
    this.#child.stderr.on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LENGTH);
    });
    // Without a listener it would be thrown at nobody: that the output ends tells as much.
    this.#child.on("error", (error) => (this.#stderr += error.message));
    this.#child.stdin.on("error", () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#iterator = this.#lines[Symbol.asyncIterator]();
  }

  /** Says a value, as a line of JSON. */
  say(value: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(value)}\n`);
  }

  /** Has nothing more to say. */
  finish(): void {
    this.#child.stdin.end();
  }

  /** Its next line, parsed. @throws {Error} when it ended, or is silent for two minutes. */
  async hear(): Promise<unknown> {
    const timer = setTimeout(() => {
      this.#stderr += "it did not answer in time";
      this[Symbol.dispose]();
    }, PATIENCE_MS);
    try {
      const line = await this.#iterator.next();
      if (line.done === true) throw new Error(`a process ended early: ${this.#stderr.trim()}`);
      return JSON.parse(line.value);
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
    this.#lines.close();
  }
}
