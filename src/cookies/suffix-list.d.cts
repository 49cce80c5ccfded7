/** What `suffix-list.cjs` exports. */
import type * as Tldts from "tldts";

/** The package `tldts`, loaded by the first call. */
export declare function loadSuffixList(): typeof Tldts;
