/**
 * A process that is killed in the middle of writing a session file: at one of the moments before and behind each call by which files are
 * changed, or when a part of the text is written.
 *
 * `stopped.ts PATH KEY MOMENT PART`: it tells the moments that it comes to, a line each, and at MOMENT it is gone. With a PART from 0 to 1
 * it dies in the middle of writing instead. `KEY` is `plain` or `key`.
 */
import fs, { writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [path = "", key = "", moment = "-1", part = ""] = process.argv.slice(2);

let moments = 0;
function pass(what: string): void {
  writeSync(1, `${moments} ${what}\n`);
  if (moments === Number(moment)) process.kill(process.pid, "SIGKILL");
  moments++;
}

type Call = (...args: unknown[]) => Promise<unknown>;

/** Puts a moment before and behind each call of a method. */
function watch(owner: object, method: string, label: string = method): void {
  const call = Reflect.get(owner, method) as Call; // each of them is one
  Reflect.set(owner, method, async function (this: unknown, ...args: unknown[]) {
    pass(`before ${label}`);
    const value = await call.apply(this, args);
    pass(`behind ${label}`);
    return value;
  });
}

const scratch = await fs.promises.open(process.execPath, "r");
const handles = Object.getPrototypeOf(scratch) as { writeFile: (text: string) => Promise<void>; write: Call };
await scratch.close();

if (part !== "") {
  const { write } = handles;
  handles.writeFile = async function (text) {
    const bytes = Buffer.from(text);
    await write.call(this, bytes.subarray(0, Math.floor(bytes.byteLength * Number(part))));
    process.kill(process.pid, "SIGKILL");
  };
}
for (const method of ["writeFile", "sync", "chown", "close"]) watch(handles, method);
for (const method of ["open", "rename", "rm"]) watch(fs.promises, method);
syncBuiltinESMExports();

// Behind that, or it would have the calls as they were.
const { FileSessionStore } = await import("../../src/store/file-store.ts");
const store = new FileSessionStore(path, key === "key" ? { key: new Uint8Array(32).fill(7) } : {});
const value = "new".repeat(500);
await store.commit([{ kind: "setting", key: "what", at: Date.now(), value }]);
pass("stored");
