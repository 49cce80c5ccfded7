/** sojourn as users get it: the code that was built, with the types of its sources. */
import type * as Sources from "../src/index.ts";

const built = new URL("../dist/src/index.js", import.meta.url).href;

/** Everything that the package exports. */
// dist/ does not exist when types are checked: what is imported there has the types of what it is built from.
export const sojourn: typeof Sources = (await import(built)) as typeof Sources;
