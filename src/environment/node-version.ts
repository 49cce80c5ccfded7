/**
 * Says at the start that a Node is too old. What it lacks would be missed in the middle of a request: what sojourn needs of Node is
 * mostly loaded late, and zstd is there since Node 22.15.
 *
 * `engines` of package.json asks for a later one, the oldest that is tried.
 */
const OLDEST = { major: 22, minor: 15 };

/**
 * @param version `process.versions.node`. Deno and Bun have it too: of the Node that they are like.
 * @throws {Error} for one that is too old.
 */
export function assertNewEnough(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new Error(`sojourn needs Node 22.19 or newer, and this is Node ${version}`);
}
