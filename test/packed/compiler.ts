/** TypeScript's own view of the installed package. */
import { join, sep } from "node:path";
import ts from "typescript-5";

import type { Project } from "./project.ts";

/** What is imported, and the file of the package that declares it. */
export const entries: Readonly<Record<string, string>> = {
  sojourn: "dist/src/index.d.ts",
  "sojourn/charset": "dist/src/charset.d.ts",
  "sojourn/formats": "dist/src/formats.d.ts",
  "sojourn/oauth2": "dist/src/oauth2.d.ts",
  "sojourn/otel": "dist/src/otel.d.ts",
  "sojourn/terminal": "dist/src/terminal.d.ts",
  "sojourn/testing": "dist/testing/index.d.ts",
};

/** What an editor is told in a project. */
export function optionsIn(folder: string): ts.CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts"],
    strict: true,
    exactOptionalPropertyTypes: true,
    types: ["node"],
    typeRoots: [join(folder, "node-types-24")],
    noEmit: true,
  };
}

/** The package, seen by the compiler. */
export interface Seen {
  readonly checker: ts.TypeChecker;
  /** What an entry point exports, with what stands behind it. */
  readonly exported: (entry: string) => readonly ts.Symbol[];
  readonly isOurs: (file: ts.SourceFile) => boolean;
}

/** Opens it. */
export function see({ folder }: Project): Seen {
  const place = join(folder, "node_modules/sojourn");
  const roots = Object.values(entries).map((file) => join(place, file));
  const program = ts.createProgram(roots, optionsIn(folder));
  const checker = program.getTypeChecker();
  return {
    checker,
    isOurs: (file) => file.fileName.startsWith(place.replaceAll(sep, "/")),
    exported: (entry) => {
      const file = program.getSourceFile(join(place, entries[entry] ?? ""));
      const module = file && checker.getSymbolAtLocation(file);
      if (module === undefined) throw new Error(`${entry} declares nothing`);
      return checker.getExportsOfModule(module);
    },
  };
}

/** What a name stands for, where it is imported or exported again. */
export function behind(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}
