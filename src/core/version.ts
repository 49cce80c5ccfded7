/**
 * The package's version: part of the default `User-Agent`. A test holds it to package.json.
 *
 * May import: nothing.
 */

/** As in package.json. */
export const version = "0.1.0";
