/** A program that is killed in the middle of a download leaves the file that was there, or the whole new one: never a piece. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scriptedServer } from "../support/scripted-server.ts";
import { isWhole } from "../support/size.ts";

const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
const OLD = "the file that was there";
const PIECE = "x".repeat(100_000);
const PIECES = 20;
const WHOLE = PIECE.repeat(PIECES);

/** After so many pieces, and so many milliseconds later; with all of them, the program is in the middle of putting the file in place. */
const moments = [
  [0, 0],
  [1, 2],
  [PIECES - 1, 5],
  ...Array.from({ length: 6 }, (_, more) => [PIECES, more] as const),
] as const;

describe("a program that is killed in the middle of a download leaves the file that was there, or the whole new one:", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sojourn-killed-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it.for(
    isWhole ? moments : moments.filter(([pieces, ms]) => pieces === 1 || (pieces === PIECES && ms % 3 === 0)),
  )("after %i pieces and %i ms", async ([pieces, laterMs]) => {
    const path = join(folder, "data");
    writeFileSync(path, OLD, { mode: 0o600 });
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.write(`HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: ${WHOLE.length}\r\n\r\n`);
      for (let sent = 0; sent < pieces; sent++) {
        connection.write(PIECE);
        if (connection.socket.writableNeedDrain) await once(connection.socket, "drain");
      }
      setTimeout(() => program.kill("SIGKILL"), laterMs);
    });
    const code = `
    const { Session } = await import(${JSON.stringify(index)});
    const session = new Session({ trustEnv: false });
    await session.download(${JSON.stringify(`${server.url}/data`)}, ${JSON.stringify(path)});
    setInterval(() => {}, 1000);
  `;
    const program = execFile(process.execPath, ["--input-type=module", "--eval", code]);
    const [, signal] = (await once(program, "exit")) as [number | null, string | null];

    expect(signal).toBe("SIGKILL");
    expect([OLD, WHOLE]).toContain(readFileSync(path, "utf8"));
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });
});
