/** The rules of the public suffix list, as the package `tldts` has them and as sojourn writes them down. */
import { domainToASCII } from "node:url";

/** What `tldts` keeps its rules in: nodes, and edges with a label to other nodes. */
interface Trie {
  /** 0 for a node at which no rule ends. */
  readonly nodeFlags: Uint8Array;
  /** The first edge of each node; those of node `n` end where those of `n + 1` begin. */
  readonly edgeStart: Uint16Array;
  readonly edgeLength: Uint8Array;
  readonly edgeChild: Uint16Array;
  /** The labels of all edges, without anything between them. */
  readonly labelText: string;
  readonly rulesRoot: number;
  readonly exceptionsRoot: number;
}

/** All rules (`co.uk`, `*.ck`, `!www.ck`), with A-labels. */
export async function readRules(): Promise<Set<string>> {
  // Its public functions ask for one name at a time. The test of the list asks them for every rule that is found here.
  const path: string = "tldts/dist/es6/src/data/trie.js";
  const trie = (await import(path)) as Trie; // of the version that package.json names
  const rules = new Set<string>();
  for (const name of namesIn(trie, trie.rulesRoot)) rules.add(name);
  for (const name of namesIn(trie, trie.exceptionsRoot)) rules.add(`!${name}`);
  if (!rules.has("co.uk") || !rules.has("*.ck") || !rules.has("!www.ck"))
    throw new Error("tldts keeps its rules in another way than this program knows");
  return rules;
}

function* namesIn(trie: Trie, root: number): Generator<string, void> {
  const offsets = [0];
  for (const length of trie.edgeLength) offsets.push((offsets.at(-1) ?? 0) + length);
  const nodes: { readonly node: number; readonly name: string }[] = [{ node: root, name: "" }];
  for (const { node, name } of nodes)
    for (let edge = trie.edgeStart[node] ?? 0; edge < (trie.edgeStart[node + 1] ?? 0); edge++) {
      const label = trie.labelText.slice(offsets[edge], offsets[edge + 1]);
      const child = trie.edgeChild[edge] ?? 0;
      const longer = name === "" ? label : `${label}.${name}`;
      if (trie.nodeFlags[child] !== 0) yield longer.split(".").map(aLabel).join(".");
      nodes.push({ node: child, name: longer });
    }
}

function aLabel(label: string): string {
  // A number alone would become an address.
  return /[^\0-\x7f]/.test(label) ? domainToASCII(label) : label;
}

/** The lines of `src/cookies/suffixes.ts`, whose head tells what they mean. */
export function linesOf(rules: Iterable<string>): string[] {
  const below = new Map<string, string[]>();
  for (const rule of rules) {
    const dot = rule.indexOf(".");
    if (dot === -1) continue;
    const domain = rule.slice(dot + 1);
    const labels = below.get(domain) ?? [];
    labels.push(rule.slice(0, dot));
    below.set(domain, labels);
  }
  return [...below].map(([domain, labels]) => [domain, ...labels.toSorted()].join(" ")).toSorted();
}
