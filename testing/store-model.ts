/**
 * A store of sessions against a model of one: random sequences of what several stores at one place do, after each of which the store must
 * have what a map has, in which the later change wins. When it has not, steps are left out for as long as it still has not: the shortest
 * sequence that was found is told, with the seed that makes it again.
 */
import { AssertionError, deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { Random } from "./random.ts";
import {
  atNewPlace,
  comparable,
  cookieGone,
  cookieSet,
  cookieWith,
  hostSaid,
  idOf,
  setting,
  shownOf,
  type NewPlace,
  type StoreCase,
  type TestedChange,
  type TestedState,
  type TestedStore,
} from "./store.ts";

/** How much is tried. */
export interface SessionStoreModelOptions {
  /** A whole number from 0 up to 2**32, from which the first sequence is made; the next one has the next number. Default: a random one, which a failure tells. */
  readonly seed?: number | undefined;
  /** How many sequences are tried, each at a new place. Default: 50. */
  readonly runs?: number | undefined;
  /** Most steps of a sequence, a number from 1 on. Default: 20. */
  readonly steps?: number | undefined;
  /** How many stores are opened at a place. Default: 3. */
  readonly stores?: number | undefined;
}

/** What one store is told to do: to commit, to read, or to close and be opened again. */
interface Commit {
  readonly kind: "commit";
  readonly store: number;
  readonly changes: readonly TestedChange[];
}
type Step =
  | Commit
  | { readonly kind: "read"; readonly store: number }
  | { readonly kind: "reopen"; readonly store: number }
  /** Commits at one time. No two of their changes are of one time: so it does not matter which one comes first. */
  | { readonly kind: "together"; readonly commits: readonly Commit[] };

/** Changes of a commit, and commits at a time. */
const MOST_CHANGES = 4;
const MOST_TOGETHER = 4;
/** Changes are made at so many different times. */
const TIMES = 24;
/** So often it is tried to leave something out. */
const MOST_SHRINKS = 300;

/**
 * A case that compares a `SessionStore` with a model, over random sequences of commits by several stores at one place, one after the other and
 * at one time. It fails with the seed and the shortest sequence that was found.
 *
 * @param newPlace makes a place where nothing is stored, and gives what opens stores on it.
 * @throws {TypeError | RangeError} for an unknown option or a value that it cannot have.
 */
export function sessionStoreModel(newPlace: NewPlace, options: SessionStoreModelOptions = {}): StoreCase {
  const { seed, runs, steps, stores } = checkOptions(options);
  return {
    name: `random sequences of commits by ${stores} stores come to what a model comes to`,
    run: async () => {
      for (let run = 0; run < runs; run++) {
        const runSeed = (seed + run) % SEEDS;
        // Of the last seconds: what was deleted long ago may be forgotten.
        const sequence = sequenceOf(new Random(runSeed), { most: steps, stores, now: Date.now() - 60_000 });
        const failure = await failureOf(newPlace, sequence, stores);
        if (failure === null) continue;
        const shortest = await shortened(newPlace, { steps: sequence, failure }, stores);
        throw told(shortest, { seed: runSeed, steps, stores });
      }
    },
  };
}

const SEEDS = 2 ** 32;

function checkOptions(
  options: SessionStoreModelOptions,
): Record<"seed" | "runs" | "steps" | "stores", number> {
  const most = { seed: SEEDS - 1, runs: 1_000_000, steps: 10_000, stores: 100 };
  const given: unknown = options; // callers in JavaScript can pass anything
  if (typeof given !== "object" || given === null)
    throw new TypeError(`options must be an object, not ${String(given)}`);
  for (const name of Object.keys(given))
    if (!Object.hasOwn(most, name))
      throw new TypeError(`unknown option ${name}; allowed are ${Object.keys(most).join(", ")}`);
  const read = (name: keyof typeof most, fallback: number): number => {
    const value: unknown = options[name] ?? fallback;
    const least = name === "seed" ? 0 : 1;
    if (typeof value !== "number") throw new TypeError(`${name} must be a number, not ${String(value)}`);
    if (!Number.isInteger(value) || value < least || value > most[name])
      throw new RangeError(`${name} must be a whole number from ${least} to ${most[name]}, not ${value}`);
    return value;
  };
  const random = Math.floor(Math.random() * SEEDS);
  return {
    seed: read("seed", random),
    runs: read("runs", 50),
    steps: read("steps", 20),
    stores: read("stores", 3),
  };
}

/** What a sequence is made for. */
interface Bounds {
  readonly most: number;
  readonly stores: number;
  readonly now: number;
}

function sequenceOf(random: Random, { most, stores, now }: Bounds): Step[] {
  return Array.from({ length: 1 + random.below(most) }, () => {
    const store = random.below(stores);
    switch (random.below(8)) {
      case 0:
        return { kind: "read", store };
      case 1:
        return { kind: "reopen", store };
      case 2:
      case 3:
        return togetherOf(random, stores, now);
      default:
        return commitOf(random, store, () => now + random.below(TIMES));
    }
  });
}

function togetherOf(random: Random, stores: number, now: number): Step {
  const times = Array.from({ length: TIMES }, (_, at) => now + at);
  // Each time is taken once.
  const timeOf = (): number => times.splice(random.below(times.length), 1)[0] ?? now;
  const count = 2 + random.below(MOST_TOGETHER - 1);
  const commits = Array.from({ length: count }, () => commitOf(random, random.below(stores), timeOf));
  return { kind: "together", commits };
}

function commitOf(random: Random, store: number, timeOf: () => number): Commit {
  const changes = Array.from({ length: 1 + random.below(MOST_CHANGES) }, () => changeOf(random, timeOf()));
  return { kind: "commit", store, changes };
}

/** Few things, so that they meet. */
function changeOf(random: Random, at: number): TestedChange {
  const isGone = random.below(3) === 0;
  const value = random.below(100);
  switch (random.below(4)) {
    case 0:
      return setting(
        random.oneOf(["timeout", "__proto__", "\uD800"]),
        isGone ? undefined : [value, null],
        at,
      );
    case 1:
      return hostSaid(random.oneOf(["shop.example", "a.shop.example"]), isGone, at);
    default: {
      const fields = random.oneOf([
        {},
        { name: "b" },
        { path: "/a;b" },
        { hostOnly: false },
        { domain: "b.example" },
      ]);
      const cookie = cookieWith({ ...fields, value: String(value) });
      return isGone ? cookieGone(cookie, at) : cookieSet(cookie, at);
    }
  }
}

/** What is to be stored. */
class Model {
  readonly #things = new Map<string, string>();
  readonly #times = new Map<string, number>();

  /** Does one of them change what is stored? One that is not later than what is there does not. */
  apply(changes: readonly TestedChange[]): boolean {
    const before = this.shown();
    for (const change of changes) {
      const id = idOf(change);
      if ((this.#times.get(id) ?? 0) > change.at) continue;
      this.#times.set(id, change.at);
      this.#things.set(id, shownOf(change));
    }
    return JSON.stringify(before) !== JSON.stringify(this.shown());
  }

  /** All of it, as {@link comparable} has it. */
  shown(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#things].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}

/** Stores at one place beside the model of it. */
class Trial {
  readonly #open: () => Promise<TestedStore>;
  readonly #stores: TestedStore[];
  readonly #model = new Model();
  #revision = 0;

  constructor(open: () => Promise<TestedStore>, stores: TestedStore[]) {
    this.#open = open;
    this.#stores = stores;
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "commit":
        return await this.#commit(step);
      case "together":
        return await this.#together(step.commits);
      case "read":
        return await this.#read(step.store);
      case "reopen":
        await this.#store(step.store).close();
        this.#stores[step.store] = await this.#open();
        return await this.#read(step.store);
    }
  }

  async #commit({ store, changes }: Commit): Promise<void> {
    const { revision, state } = await this.#store(store).commit(changes);
    const before = this.#revision;
    const isChanged = this.#model.apply(changes);
    this.#compare(state);
    // One that says what is there already may count or not.
    ok(
      revision === before + 1 || (!isChanged && before > 0 && revision === before),
      `revision ${revision} came after ${before}`,
    );
    this.#revision = revision;
  }

  async #together(commits: readonly Commit[]): Promise<void> {
    const all = await Promise.all(
      commits.map(async ({ store, changes }) => (await this.#store(store).commit(changes)).revision),
    );
    for (const { changes } of commits) this.#model.apply(changes);
    const stored = await this.#store(0).read();
    ok(stored !== null, "nothing is stored behind a commit");
    const { revision } = stored;
    strictEqual(Math.max(...all), revision, "the last commit does not have the last revision");
    const before = this.#revision;
    ok(
      revision <= before + commits.length && revision >= Math.max(before, 1),
      `revision ${revision} came after ${before}`,
    );
    this.#revision = revision;
    this.#compare(stored.state);
  }

  async #read(store: number): Promise<void> {
    const stored = await this.#store(store).read();
    strictEqual(stored?.revision ?? 0, this.#revision, "another revision is read than was committed");
    if (stored !== null) this.#compare(stored.state);
  }

  #compare(state: TestedState): void {
    deepStrictEqual(comparable(state), this.#model.shown());
  }

  #store(at: number): TestedStore {
    const store = this.#stores[at];
    if (store === undefined) throw new RangeError(`there is no store ${at}`);
    return store;
  }
}

/** What becomes of a sequence at a new place: `null` when it comes to what the model comes to. */
async function failureOf(newPlace: NewPlace, steps: readonly Step[], stores: number): Promise<unknown> {
  try {
    await atNewPlace(newPlace, async (open) => {
      const opened: TestedStore[] = [];
      for (let at = 0; at < stores; at++) opened.push(await open());
      const trial = new Trial(open, opened);
      for (const step of steps) await trial.take(step);
      for (let store = 0; store < stores; store++) await trial.take({ kind: "read", store });
    });
    return null;
  } catch (error) {
    return error ?? new Error("it failed with nothing");
  }
}

/** A sequence that fails, and how. */
interface Failing {
  readonly steps: readonly Step[];
  readonly failure: unknown;
}

/** The shortest one that is found in a while, by leaving out steps, commits and changes. */
async function shortened(newPlace: NewPlace, first: Failing, stores: number): Promise<Failing> {
  let shortest = first;
  let left = MOST_SHRINKS;
  for (let isShorter = true; isShorter && left > 0;) {
    isShorter = false;
    for (const steps of shorter(shortest.steps)) {
      if (left-- <= 0) break;
      const failure = await failureOf(newPlace, steps, stores);
      if (failure === null) continue;
      shortest = { steps, failure };
      isShorter = true;
      break;
    }
  }
  return shortest;
}

/** Sequences with something left out, those with much left out first. */
function* shorter(steps: readonly Step[]): Generator<readonly Step[]> {
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < steps.length; at += size) yield [...steps.slice(0, at), ...steps.slice(at + size)];
  for (const [at, step] of steps.entries())
    for (const smaller of smallerSteps(step)) yield steps.with(at, smaller);
}

function* smallerSteps(step: Step): Generator<Step> {
  if (step.kind === "together") {
    for (const commit of step.commits) yield commit;
    for (const [at, commit] of step.commits.entries()) {
      if (step.commits.length > 2) yield { ...step, commits: step.commits.toSpliced(at, 1) };
      for (const smaller of smallerCommits(commit))
        yield { ...step, commits: step.commits.with(at, smaller) };
    }
  } else if (step.kind === "commit") yield* smallerCommits(step);
}

function* smallerCommits(commit: Commit): Generator<Commit> {
  if (commit.changes.length > 1)
    for (const at of commit.changes.keys()) yield { ...commit, changes: commit.changes.toSpliced(at, 1) };
}

function told(
  { steps, failure }: Failing,
  { seed, steps: most, stores }: { readonly seed: number; readonly steps: number; readonly stores: number },
): AssertionError {
  const options = `{ seed: ${seed}, runs: 1, steps: ${most}, stores: ${stores} }`;
  const why = failure instanceof Error ? failure.message : String(failure);
  const times = steps.flatMap(changesIn).map(({ at }) => at);
  const lines = steps.map((step) => `  ${shownStep(step, Math.min(...times))}`);
  const message = `the store is not what the model is, again with ${options}, after\n${lines.join("\n")}\n${why}`;
  const error = new AssertionError({ message, operator: "sessionStoreModel" });
  error.cause = failure;
  return error;
}

function changesIn(step: Step): readonly TestedChange[] {
  if (step.kind === "together") return step.commits.flatMap(changesIn);
  return step.kind === "commit" ? step.changes : [];
}

/** Times are told as milliseconds behind the first one. */
function shownStep(step: Step, first: number): string {
  switch (step.kind) {
    case "commit":
      return `store ${step.store} commits ${step.changes
        .map((change) => {
          const what = change.value === undefined ? "deleted" : JSON.stringify(change.value);
          return `${idOf(change)} = ${what} at ${change.at - first}`;
        })
        .join("; ")}`;
    case "together":
      return `at one time: ${step.commits.map((commit) => shownStep(commit, first)).join(" | ")}`;
    case "read":
      return `store ${step.store} reads`;
    case "reopen":
      return `store ${step.store} is closed and opened again`;
  }
}
