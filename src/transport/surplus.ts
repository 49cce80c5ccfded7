/**
 * Surplus: connections that came back when their pool kept as many idle ones as it wants. Who needed them a moment ago may need them
 * again: they grow old for some seconds, as long as the process has descriptors for others, too.
 */
import { readFileSync } from "node:fs";

import { canReadLimits } from "../connect/runtime.ts";

/** So long surplus is kept at most, in milliseconds. */
export const SURPLUS_MS = 5000;

/** Open files of a process, where nobody says how many there may be. */
const USUAL_FILES = 2048;

/** Who has surplus, and can end one of it. */
interface Keeper {
  shed(): void;
}

/** What all pools of a process have in common. */
export class Surplus {
  readonly #files: () => number;
  readonly #keepers = new Set<Keeper>();
  #open = 0;
  #most: number | null = null;

  /** @param files tells how many files the process may have open; asked once, when the first surplus comes. */
  constructor(files: () => number) {
    this.#files = files;
  }

  /** May one more be kept? Not when half of the process's files are connections. */
  get hasRoom(): boolean {
    this.#most ??= this.#files() / 2;
    return this.#open <= this.#most;
  }

  /** `keeper` has surplus. */
  add(keeper: Keeper): void {
    this.#keepers.add(keeper);
  }

  /** `keeper` has none any more. */
  delete(keeper: Keeper): void {
    this.#keepers.delete(keeper);
  }

  /** Somebody connects: when many are open already, surplus gives way. */
  makeWay(): void {
    if (this.#keepers.size === 0 || this.#most === null || this.#open < this.#most / 2) return;
    for (const keeper of this.#keepers) return keeper.shed();
  }

  /** A connection was opened. */
  onOpen(): void {
    this.#open++;
  }

  /** It has ended. */
  onClose(): void {
    this.#open--;
  }
}

/** That of this process. */
export const surplus: Surplus = new Surplus(openFiles);

/** How many files the system lets this process open. */
function openFiles(): number {
  if (!canReadLimits) return USUAL_FILES;
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? USUAL_FILES);
  } catch {
    return USUAL_FILES;
  }
}
