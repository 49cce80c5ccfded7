/** The machine: which cores to use, and what is known of it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";

/** One core for the server, another for the clients. */
export interface Cores {
  readonly server: number;
  readonly client: number;
}

/** What a result must tell of where it was measured: names and values, in the order of the report. */
export type Facts = Readonly<Record<string, string>>;

/** Two cores that are not one core in truth; `null` where processes cannot be pinned. */
export function findCores(): Cores | null {
  if (outputOf("taskset", ["--version"]) === null) return null;
  const allowed = /^Cpus_allowed_list:\s+(\S+)/m.exec(textOf("/proc/self/status") ?? "")?.[1];
  const [server, ...others] = listed(allowed ?? "");
  const client = others.find((core) => !siblings(server ?? 0).includes(core)) ?? others[0];
  return server === undefined || client === undefined ? null : { server, client };
}

function siblings(core: number): number[] {
  return listed(textOf(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`) ?? "");
}

/** `0-2,5` is 0, 1, 2 and 5. */
export function listed(ranges: string): number[] {
  return ranges
    .trim()
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** Python's requests: `null` where there is none. */
export function findPythonRequests(): string | null {
  return outputOf("python3", ["-c", "import requests; print(requests.__version__)"]);
}

/** The machine and the versions. @param packages whose versions are told, as they are found from here. */
export function facts(cores: Cores | null, packages: readonly string[]): Facts {
  const python = outputOf("python3", ["--version"]);
  const requests = findPythonRequests();
  const { version } = JSON.parse(textOf(new URL("../package.json", import.meta.url)) ?? "{}") as {
    version: string;
  };
  return {
    machine: `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    cores: cores === null ? "not pinned" : `server on ${cores.server}, clients on ${cores.client}`,
    "load before": loadNow(),
    "open files": openFilesLimit()?.toLocaleString("en") ?? "no limit known",
    node: `${process.version} (undici ${process.versions["undici"] ?? "unknown"} inside)`,
    sojourn: [version, commit()].filter((part) => part !== null).join(", commit "),
    ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    ...(requests === null ? {} : { "requests (Python)": `${requests}, ${python ?? "Python"}` }),
  };
}

/** Programs that wanted to run, on average of the last minute. The bench makes about 2 by itself. */
export function loadNow(): string {
  return loadavg()[0]?.toFixed(2) ?? "unknown";
}

/** How many files and connections a process may have open; `null` where nobody says. Node raises its own limit as far as that. */
export function openFilesLimit(): number | null {
  const [, most] = /^Max open files\s+\S+\s+(\d+)/m.exec(textOf("/proc/self/limits") ?? "") ?? [];
  return most === undefined ? null : Number(most);
}

function commit(): string | null {
  return outputOf("git", ["-C", import.meta.dirname, "rev-parse", "--short", "HEAD"]);
}

/** Not `import(name + "/package.json")`: most packages do not export it. */
function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const text = textOf(join(folder, name, "package.json"));
    if (text !== null) return (JSON.parse(text) as { readonly version: string }).version;
  }
  return "not installed";
}

function textOf(path: string | URL): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function outputOf(command: string, args: readonly string[]): string | null {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}
