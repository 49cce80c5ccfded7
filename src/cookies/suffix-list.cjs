/**
 * Loads the public suffix list when it is first asked for. CommonJS, since only `require` does that in one turn, and written
 * out, so that bundlers and test runners follow it as they follow an import.
 */
"use strict";

exports.loadSuffixList = () => require("tldts");
