/**
 * The package's version: part of the default `User-Agent`. A test holds it to package.json.
 */

/** The version of the package, such as `1.2.3`. */
export const version = "0.1.0";
