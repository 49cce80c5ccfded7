/** parseCurl(): commands that browsers copy and pages show become requests. */
import { readFileSync } from "node:fs";
import { assertBoolean, mustBe, oneOf, optionsOf } from "../core/checks.ts";
import { transfersOf } from "./arguments.ts";
import { bashCommands } from "./bash.ts";
import { cmdCommands } from "./cmd.ts";
import { configWords } from "./config.ts";
import { World, type Surroundings } from "./draft.ts";
import { requestOfInvocation } from "./powershell-request.ts";
import { powerShellStatements, type Statement } from "./powershell.ts";
import { requestsOf, type CurlRequest } from "./request.ts";
import { shellOf, type Shell } from "./shell.ts";
import { Notes, Source, unknownInput, type Command } from "./source.ts";

/** How {@link parseCurl} reads a text. */
export interface ParseCurlOptions {
  /**
   * The shell that the text was written for. `"bash"` is any shell of POSIX, and zsh; `"cmd"` is that of Windows;
   * `"powershell"` has `Invoke-WebRequest` as well. `"auto"`: what the text looks like. Default: `"auto"`.
   */
  readonly shell?: "auto" | Shell | undefined;
  /**
   * Read the files that the command names (`--data @file`, `--form 'a=@file'`, `--header @file`, `--upload-file`, `--cookie
   * file`, `--config`, `< file`): any file that this process can read. Only for a text of your own. Default: `false`.
   */
  readonly files?: boolean | undefined;
}

/** An option that was not taken over. */
export interface IgnoredOption {
  /** Its name in full, such as `--cookie-jar`; or what else of the text it is about. */
  readonly option: string;
  /** Why, in words. */
  readonly reason: string;
}

/** What a text says. */
export interface ParsedCurl {
  /** In the order of the text: one for each URL of each command. */
  readonly requests: readonly CurlRequest[];
  /** What was not taken over: each option and reason once. */
  readonly ignored: readonly IgnoredOption[];
}

/**
 * The requests of a command line of curl, or of several: as Chrome, Firefox and Safari copy them for bash, cmd and PowerShell
 * ("Copy all as cURL", too), and as people write them. A session that is new sends what curl would, but for the order of
 * fields, `User-Agent` where the command says none (that of the session stands), `Content-Length: 0` of a POST without a body, and
 * HTTP/2 (`http2`, only when it says so).
 *
 * Nothing is run. A command in the text and a variable are errors that name their place; in bash, what becomes of curl's output is
 * listed, and its input is read where the text says it by itself (`<<`, `<<<`, a pipe from `printf`, `echo` or `cat <<`).
 *
 * @throws {SyntaxError} with line and column, for what cannot be read, and for what curl does not take.
 * @throws {TypeError} when an argument is of the wrong kind.
 *
 * @example
 * const { requests, ignored } = parseCurl(text);
 * for (const { method, url, options } of requests) await session.request(method, url, options);
 */
export function parseCurl(text: string, options: ParseCurlOptions = {}): ParsedCurl {
  if (typeof text !== "string") throw mustBe("what parseCurl() reads", "text", text);
  const { shell = "auto", files = false } = optionsOf(options, "parseCurl()", ["shell", "files"]);
  oneOf(shell, "shell", ["auto", "bash", "cmd", "powershell"]);
  assertBoolean(files, "files");
  const source = new Source(text);
  const notes = new Notes();
  const surroundings: Surroundings = { source, notes, read: reader(source, files) };
  const statements = statementsOf(source, shell === "auto" ? shellOf(source) : shell, notes);
  if (statements.length === 0) throw source.error(0, "there is no command in this text");
  const requests = statements.flatMap((statement) => requestsOfStatement(statement, surroundings));
  return { requests, ignored: notes.ignored };
}

function statementsOf(source: Source, shell: Shell, notes: Notes): readonly Statement[] {
  switch (shell) {
    case "bash":
      return programs(bashCommands(source, notes), notes);
    case "cmd":
      return programs(cmdCommands(source, notes), notes);
    case "powershell":
      return powerShellStatements(source);
  }
}

/** Commands that print, wait or say something to people: they stand beside those of curl. */
const ASIDE = /^(?:@?echo|@?rem|::.*|:|pause|true|wait)$/i;

function programs(commands: readonly Command[], notes: Notes): Statement[] {
  return commands.flatMap((command): Statement[] => {
    const name = command.words[0]?.bytes ?? "";
    if (!ASIDE.test(name)) return [{ kind: "program", command }];
    notes.add(name.startsWith("::") ? "::" : name, "only curl is read, and this sends nothing");
    return [];
  });
}

function requestsOfStatement(statement: Statement, surroundings: Surroundings): CurlRequest[] {
  if (statement.kind === "invocation")
    return [requestOfInvocation(statement.invocation, new World(surroundings, unknownInput()))];
  const { command } = statement;
  const world = new World(surroundings, command.input);
  const transfers = transfersOf(command, {
    source: surroundings.source,
    config: (given) => configWords(world.read(given.value, given), given),
  });
  return transfers.flatMap((transfer) => requestsOf(transfer, command.words[0]?.at ?? 0, world));
}

/** What reads a file; refuses to, unless it may. */
function reader(source: Source, isAllowed: boolean): Surroundings["read"] {
  return (path, { shown, at }) => {
    if (!isAllowed) throw source.error(at, `${shown} reads a file: give { files: true } to allow it`);
    try {
      return readFileSync(Buffer.from(path, "latin1"), "latin1");
    } catch (cause) {
      const error = source.error(at, `${shown} names a file that cannot be read`);
      error.cause = cause;
      throw error;
    }
  };
}
