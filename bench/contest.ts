/** Runs a workload: every client in a process of its own, round by round in turn. */
import type { Arena } from "./arena.ts";
import type { LineProcess } from "./processes.ts";
import type { Reply, RoundOrder, Sample } from "./protocol.ts";
import type { Contender } from "./roster.ts";
import type { Outcome, Result } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** How long everything takes. */
export interface Pace {
  readonly rounds: number;
  readonly roundMs: number;
  /** Before each round. */
  readonly leadMs: number;
  /** Before the first round, until the code is compiled; of a process that runs one round, as long as that. */
  readonly warmUpMs: number;
}

/** A client that takes part, and what it did so far. */
interface Runner {
  readonly contender: Contender;
  readonly process: LineProcess;
  readonly samples: Sample[];
}

/** Lets `contenders` run. One that fails is left out, and its reason told. */
export function contest(
  arena: Arena,
  workload: Workload,
  contenders: readonly Contender[],
  pace: Pace,
): Promise<Outcome> {
  const heat = new Heat(arena, workload, pace);
  return workload.isFresh ? heat.runFresh(contenders) : heat.runRounds(contenders);
}

class Heat {
  readonly #arena: Arena;
  readonly #workload: Workload;
  readonly #pace: Pace;
  readonly #failures = new Map<string, string>();

  constructor(arena: Arena, workload: Workload, pace: Pace) {
    this.#arena = arena;
    this.#workload = workload;
    this.#pace = pace;
  }

  /** Processes stay, and are told to run one after another, in another order each round. */
  async runRounds(contenders: readonly Contender[]): Promise<Outcome> {
    const runners: Runner[] = [];
    const results: Result[] = [];
    try {
      for (const contender of contenders) await this.#start(contender, runners);
      for (let round = 0; round < this.#pace.rounds; round++) {
        for (const runner of inTurn(this.#left(runners), round)) await this.#round(runner);
      }
      for (const runner of this.#left(runners)) await this.#finish(runner, results);
    } finally {
      for (const { process } of runners) process[Symbol.dispose]();
    }
    return this.#outcome(results);
  }

  /** Each round is a process of its own. Where what is measured is its start, a round before the first fills the system's caches. */
  async runFresh(contenders: readonly Contender[]): Promise<Outcome> {
    const starts = new Map(contenders.map((contender) => [contender, [] as [Sample, number][]]));
    const first = this.#workload.action === "import" ? -1 : 0;
    for (let round = first; round < this.#pace.rounds; round++) {
      for (const contender of inTurn(contenders, round + 1)) {
        const start = await this.#runOnce(contender);
        if (start !== null && round >= 0) starts.get(contender)?.push(start);
      }
    }
    const results = contenders.flatMap((contender): Result[] => {
      const own = starts.get(contender) ?? [];
      if (this.#failures.has(contender.name) || own.length === 0) return [];
      const bytes = own.map(([, peak]) => peak).toSorted((one, other) => one - other);
      const { name: client, kind } = contender;
      return [
        { client, kind, samples: own.map(([sample]) => sample), peakBytes: bytes[bytes.length >> 1] ?? 0 },
      ];
    });
    return this.#outcome(results);
  }

  async #start(contender: Contender, runners: Runner[]): Promise<void> {
    const process = this.#arena.start(contender, this.#workload);
    runners.push({ contender, process, samples: [] });
    await this.#guarded(contender, async () => {
      expectReply(await process.hear(), "ready");
      const order: RoundOrder = { leadMs: 0, ms: this.#pace.warmUpMs };
      process.say(order);
      expectReply(await process.hear(), "round");
    });
  }

  async #round({ contender, process, samples }: Runner): Promise<void> {
    await this.#guarded(contender, async () => {
      const order: RoundOrder = { leadMs: this.#pace.leadMs, ms: this.#pace.roundMs };
      process.say(order);
      const { operations, wallMs, cpuUs } = expectReply(await process.hear(), "round");
      samples.push({ operations, wallMs, cpuUs });
    });
  }

  async #finish({ contender, process, samples }: Runner, results: Result[]): Promise<void> {
    await this.#guarded(contender, async () => {
      process.finish();
      const { peakBytes } = expectReply(await process.hear(), "end");
      results.push({ client: contender.name, kind: contender.kind, samples, peakBytes });
    });
  }

  async #runOnce(contender: Contender): Promise<[Sample, number] | null> {
    if (this.#failures.has(contender.name)) return null;
    using process = this.#arena.start(contender, this.#workload);
    const { leadMs, roundMs } = this.#pace;
    // Awaited here: the process is ended when this function is left.
    return await this.#guarded(contender, async () => {
      expectReply(await process.hear(), "ready");
      if (this.#workload.action !== "import") {
        process.say({ leadMs: 0, ms: roundMs } satisfies RoundOrder);
        expectReply(await process.hear(), "round");
        process.say({ leadMs, ms: roundMs } satisfies RoundOrder);
      }
      const { operations, wallMs, cpuUs } = expectReply(await process.hear(), "round");
      process.finish();
      const { peakBytes } = expectReply(await process.hear(), "end");
      return [{ operations, wallMs, cpuUs }, peakBytes] as [Sample, number];
    });
  }

  async #guarded<Value>(contender: Contender, act: () => Promise<Value>): Promise<Value | null> {
    try {
      return await act();
    } catch (error) {
      this.#failures.set(contender.name, error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  #left(runners: readonly Runner[]): readonly Runner[] {
    return runners.filter(({ contender }) => !this.#failures.has(contender.name));
  }

  #outcome(results: readonly Result[]): Outcome {
    const failures = [...this.#failures].map(([client, reason]) => ({ client, reason }));
    return { workload: this.#workload, runs: 1, results, failures };
  }
}

/** From another one on each time, forwards and backwards: nobody is always first, or always after the same neighbour. */
function inTurn<Item>(items: readonly Item[], turn: number): Item[] {
  const start = items.length === 0 ? 0 : turn % items.length;
  const order = [...items.slice(start), ...items.slice(0, start)];
  return turn % 2 === 0 ? order : order.reverse();
}

function expectReply<Kind extends Reply["kind"]>(heard: unknown, kind: Kind): Extract<Reply, { kind: Kind }> {
  const reply = heard as Reply; // it comes from a process of ours
  if (reply.kind === "failed") throw new Error(reply.reason);
  if (reply.kind !== kind) throw new Error(`expected ${kind}, heard ${reply.kind}`);
  return reply as Extract<Reply, { kind: Kind }>; // the kind was compared
}
