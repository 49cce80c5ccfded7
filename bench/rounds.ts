/** How the operations of a workload are run: so many at a time, steadily or in bursts. */
import type { Operation } from "./operations.ts";
import type { RoundOrder, Sample } from "./protocol.ts";
import type { Workload } from "./workloads.ts";

type Manner = Pick<Workload, "concurrency" | "count" | "batch" | "pauseMs">;

/** What was run, and how long it took without the pauses. */
interface Stretch {
  readonly operations: number;
  readonly wallMs: number;
}

/** Runs one operation round by round. */
export class Rounds {
  readonly #operation: Operation;
  readonly #manner: Manner;
  /** Counts up from round to round. */
  #turns = 0;

  constructor(operation: Operation, manner: Manner) {
    this.#operation = operation;
    this.#manner = manner;
  }

  /** One round. What happens in the pauses between bursts costs CPU time, and no other. */
  async round({ leadMs, ms }: RoundOrder): Promise<Sample> {
    if (this.#manner.count === null) await this.#run(leadMs);
    const before = process.cpuUsage();
    const stretch = await this.#run(ms);
    const { user, system } = process.cpuUsage(before);
    return { ...stretch, cpuUs: user + system };
  }

  #run(ms: number): Promise<Stretch> {
    const { pauseMs } = this.#manner;
    return pauseMs === null ? this.#steadily(ms) : this.#inBursts(ms, pauseMs);
  }

  /** Who is done begins the next one at once. Each of those at a time is run once at least. */
  async #steadily(ms: number): Promise<Stretch> {
    const { concurrency, count, batch } = this.#manner;
    const start = performance.now();
    let calls = 0;
    const isOver = count === null ? () => performance.now() - start >= ms : () => calls * batch >= count;
    const worker = async (): Promise<void> => {
      do {
        calls++;
        await this.#operation(this.#turns++);
      } while (!isOver());
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return { operations: calls * batch, wallMs: performance.now() - start };
  }

  /** All begin together; when the last is done there is a pause. One burst at least. */
  async #inBursts(ms: number, pauseMs: number): Promise<Stretch> {
    const { concurrency, batch } = this.#manner;
    const start = performance.now();
    let bursts = 0;
    let wallMs = 0;
    do {
      const burst = performance.now();
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          await this.#operation(this.#turns++);
        }),
      );
      wallMs += performance.now() - burst;
      bursts++;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    } while (performance.now() - start < ms);
    return { operations: bursts * concurrency * batch, wallMs };
  }
}
