/** The two language services that editors have: what each shows when one points at a place of a program. */
import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript-5";

import { optionsIn } from "./compiler.ts";
import { here, type Project } from "./project.ts";

/** Text and tags together; `null`: nothing is known there. */
export type Shown = string | null;

/** That of TypeScript 5. */
export function shownBy5({ folder }: Project, text: string, places: readonly number[]): Shown[] {
  const file = join(folder, "asked.ts");
  const read = (name: string): string | undefined => (name === file ? text : ts.sys.readFile(name));
  const service = ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const content = read(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => optionsIn(folder),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: read,
    readDirectory: (...found) => ts.sys.readDirectory(...found),
    directoryExists: (place) => ts.sys.directoryExists(place),
    getDirectories: (place) => ts.sys.getDirectories(place),
  });
  return places.map((place) => {
    const info = service.getQuickInfoAtPosition(file, place);
    if (info === undefined) return null;
    const tags = (info.tags ?? []).map(
      ({ name, text: parts }) => `@${name} ${ts.displayPartsToString(parts)}`,
    );
    return [ts.displayPartsToString(info.documentation), ...tags].join("\n").trim();
  });
}

/** That of TypeScript 7: a process that speaks the Language Server Protocol. */
export async function shownBy7(
  { folder }: Project,
  text: string,
  places: readonly number[],
): Promise<Shown[]> {
  const file = join(folder, "asked.ts");
  writeFileSync(file, text);
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    strict: true,
    types: ["node"],
    typeRoots: ["./node-types-24"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["asked.ts"] }));
  const compiler = join(here, "node_modules/typescript-7/bin/tsc");
  const child = spawn(process.execPath, [compiler, "--lsp", "--stdio"], { cwd: folder });
  try {
    const ask = speak(child);
    const uri = pathToFileURL(file).href;
    const capabilities = { textDocument: { hover: { contentFormat: ["markdown"] } } };
    await ask("initialize", { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities });
    void ask("initialized", {}, false);
    void ask(
      "textDocument/didOpen",
      { textDocument: { uri, languageId: "typescript", version: 1, text } },
      false,
    );
    const hover = async (place: number): Promise<Shown> => {
      const before = text.slice(0, place).split("\n");
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      const result = (await ask("textDocument/hover", { textDocument: { uri }, position })) as {
        readonly contents: { readonly value: string };
      } | null; // by the protocol
      // First the signature, in a fence.
      return result === null ? null : result.contents.value.replace(/^```[^]*?\n```/, "").trim();
    };
    return await Promise.all(places.map(hover));
  } finally {
    child.kill();
  }
}

type Ask = (method: string, params: unknown, isAnswered?: boolean) => Promise<unknown>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
}

/** Messages have a head with their length. What the server asks is answered with nothing. */
function speak({ stdin, stdout }: ChildProcess): Ask {
  if (stdin === null || stdout === null) throw new Error("the process has no pipes");
  const waiting = new Map<number, (result: unknown) => void>();
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const take = ({ id, method, result }: Message): void => {
    if (id === undefined) return;
    if (method !== undefined) send({ id, result: null });
    else waiting.get(id)?.(result);
  };
  let received = Buffer.alloc(0);
  stdout.on("data", (piece: Buffer) => {
    received = Buffer.concat([received, piece]);
    for (;;) {
      const end = received.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(received.toString("latin1", 0, end))?.[1]);
      if (end === -1 || received.length < end + 4 + length) return;
      take(JSON.parse(received.toString("utf8", end + 4, end + 4 + length)) as Message);
      received = received.subarray(end + 4 + length);
    }
  });
  let last = 0;
  return (method, params, isAnswered = true) => {
    if (!isAnswered) {
      send({ method, params });
      return Promise.resolve();
    }
    const id = ++last;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      send({ id, method, params });
    });
  };
}
