/** The tools, and how each of them reads and writes cookies: Debian's, none of whose settings are the user's own. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a tool works with. */
export interface Place {
  /** A folder of its own. */
  readonly folder: string;
  /** URL of the proxy that stands for all hosts. */
  readonly proxy: string;
}

/** A tool. */
export interface Tool {
  readonly name: string;
  /** Asks for the URLs, one after the other, with the cookies of a file. */
  readonly ask: (place: Place, text: string, urls: readonly string[]) => Promise<void>;
  /** Asks for a URL, and gives the file in which it kept the cookies then. */
  readonly keep: (place: Place, url: string) => Promise<Buffer>;
  /** Sends what is for a host alone to the hosts below it, too, as Python's jars do. */
  readonly isLiberal: boolean;
  /** What it makes of `#HttpOnly_`, and writes of it. */
  readonly knowsHttpOnly: boolean;
  /** Sends the bytes of a value that is not ASCII, and not those of its characters in latin-1. */
  readonly sendsBytes: boolean;
}

const TOOL_MS = 60_000;
/** Debian's packages are seen by Debian's Python only. */
const PYTHON = "/usr/bin/python3";
const JARS = fileURLToPath(new URL("jars.py", import.meta.url));

/** @throws {Error} with what it wrote, when it ends otherwise than with these codes. */
async function run(
  { folder }: Place,
  [command = "", ...args]: readonly string[],
  codes: readonly number[] = [0],
): Promise<string> {
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: folder,
    LANG: "C.UTF-8",
    HTTPIE_CONFIG_DIR: folder,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  return await new Promise((resolve, reject) => {
    execFile(command, args, { cwd: folder, env, timeout: TOOL_MS }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      if (codes.includes(code)) resolve(stdout);
      else reject(new Error(`${command} ended with ${String(error?.code ?? error)}: ${stdout}${stderr}`));
    });
  });
}

/** What the tool calls itself. */
export async function versionOf(place: Place, command: readonly string[]): Promise<string> {
  const [line = ""] = (await run(place, command)).split("\n");
  return line;
}

async function written({ folder }: Place, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

const curl: Tool = {
  name: "curl",
  ask: async (place, text, urls) => {
    const file = await written(place, "cookies.txt", text);
    for (const url of urls) await run(place, ["curl", "-q", "-sS", "-x", place.proxy, "-b", file, url]);
  },
  keep: async (place, url) => {
    const file = join(place.folder, "kept.txt");
    await run(place, ["curl", "-q", "-sS", "-x", place.proxy, "-c", file, url]);
    return await readFile(file);
  },
  isLiberal: false,
  knowsHttpOnly: true,
  sendsBytes: true,
};

const WGET = ["wget", "--no-config", "-q", "-O", "-", "-e", "use_proxy=yes", "-e"] as const;

const wget: Tool = {
  name: "wget",
  ask: async (place, text, urls) => {
    const file = await written(place, "cookies.txt", text);
    for (const url of urls) await run(place, [...WGET, `http_proxy=${place.proxy}`, "--load-cookies", file, url]);
  },
  keep: async (place, url) => {
    const file = join(place.folder, "kept.txt");
    const args = ["--save-cookies", file, "--keep-session-cookies"];
    await run(place, [...WGET, `http_proxy=${place.proxy}`, ...args, url]);
    return await readFile(file);
  },
  isLiberal: false,
  knowsHttpOnly: false,
  sendsBytes: true,
};

const python: Tool = {
  name: "Python",
  ask: async (place, text, urls) => {
    const file = await written(place, "cookies.txt", text);
    await run(place, [PYTHON, JARS, "read", file, place.proxy, ...urls]);
  },
  keep: async (place, url) => {
    await run(place, [PYTHON, JARS, "write", place.folder, place.proxy, url]);
    return await readFile(join(place.folder, "netscape.txt"));
  },
  isLiberal: true,
  knowsHttpOnly: true,
  sendsBytes: false,
};

/** It finds no film in the pages, and ends with 1. */
const YT_DLP_CODES = [0, 1];

const ytDlp: Tool = {
  name: "yt-dlp",
  ask: async (place, text, urls) => {
    for (const url of urls) {
      // It writes the file anew when it ends.
      const file = await written(place, "cookies.txt", text);
      await run(place, ytDlpCommand(place, file, url), YT_DLP_CODES);
    }
  },
  keep: async (place, url) => {
    const file = join(place.folder, "kept.txt");
    await run(place, ytDlpCommand(place, file, url), YT_DLP_CODES);
    return await readFile(file);
  },
  isLiberal: true,
  knowsHttpOnly: false,
  sendsBytes: false,
};

function ytDlpCommand({ proxy }: Place, file: string, url: string): string[] {
  return ["yt-dlp", "--ignore-config", "--no-cache-dir", "--proxy", proxy, "--cookies", file, "--simulate", url];
}

const httpie: Tool = {
  name: "HTTPie",
  ask: async (place, text, urls) => {
    const file = await written(place, "session.json", text);
    for (const url of urls) await run(place, [...(await httpieCommand(place)), `--session-read-only=${file}`, url]);
  },
  keep: async (place, url) => {
    const file = join(place.folder, "kept.json");
    await run(place, [...(await httpieCommand(place)), `--session=${file}`, url]);
    return await readFile(file);
  },
  isLiberal: true,
  knowsHttpOnly: false,
  sendsBytes: false,
};

/** It asks for its newest version by itself, unless it is told not to. */
async function httpieCommand(place: Place): Promise<string[]> {
  await written(place, "config.json", JSON.stringify({ disable_update_warnings: true }));
  return ["http", "--ignore-stdin", "--print=", `--proxy=http:${place.proxy}`, "GET"];
}

/** Those that read a `cookies.txt`, and what tells their version. */
export const netscapeTools: readonly (readonly [tool: Tool, version: readonly string[]])[] = [
  [curl, ["curl", "--version"]],
  [wget, ["wget", "--version"]],
  [python, [PYTHON, "--version"]],
  [ytDlp, ["yt-dlp", "--version"]],
];

/** The one that has files of its own. */
export const httpieTool: readonly [tool: Tool, version: readonly string[]] = [httpie, ["http", "--version"]];
