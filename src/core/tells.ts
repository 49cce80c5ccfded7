/**
 * Does what an object tells of itself hold for what it does? For objects that people extend. Pure.
 */

/**
 * Does what the method `telling` says hold for what `doing` does? Not when a class further down does it in another way: what it
 * inherits tells of its parent. Nor when it has no such method.
 */
export function tells<Holder extends object>(
  holder: Holder,
  telling: keyof Holder & string,
  doing: keyof Holder & string,
): boolean {
  const depth = depthOf(holder, telling);
  return depth !== null && depth <= (depthOf(holder, doing) ?? depth);
}

/** How far above an object its property is; `null` when it has none. */
function depthOf(holder: object, name: string): number | null {
  let depth = 0;
  for (let at: object | null = holder; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, name)) return depth;
    depth++;
  }
  return null;
}
