/**
 * `resume`: a download that goes on where it broke off. In sojourn that is `session.download()`, into a file.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { RequestOptions, Session } from "../../src/index.ts";
import type { Answered } from "./outcome.ts";

/** Downloads, and gives what is in the file. A download that ends well is a whole 200, whatever parts it came in. */
export async function downloaded(
  session: Session,
  url: string,
  options: RequestOptions<boolean>,
): Promise<Answered> {
  const folder = await mkdtemp(join(tmpdir(), "sojourn-hostile-download-"));
  const { stream: _stream, maxBodyBytes: _most, data: _data, json: _json, files: _files, ...rest } = options;
  try {
    const { path } = await session.download(url, join(folder, "file"), rest);
    const body = await readFile(path);
    return { kind: "ok", status: 200, body, headers: {}, redirects: 0, text: null, json: null };
  } finally {
    await rm(folder, { recursive: true });
  }
}
