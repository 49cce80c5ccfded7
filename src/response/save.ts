/**
 * Writes a body to a file. The only file of `response/` that does I/O of its own: what it needs is loaded when it is used.
 *
 * May import: `node:fs/promises`, late.
 */

/**
 * Writes the bytes of `source` to the file at `path`, in the place of what is there. When `source` fails the file goes:
 * a part of a body must not look like the whole.
 */
export async function saveTo(path: string | URL, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { open, rm } = await import("node:fs/promises");
  const file = await open(path, "w");
  try {
    await file.writeFile(source);
    await file.close();
  } catch (error) {
    // `/dev/stdout` and the like stay.
    const isFile = (await file.stat().catch(() => null))?.isFile() === true;
    await file.close().catch(() => {});
    if (isFile) await rm(path, { force: true });
    throw error;
  }
}
