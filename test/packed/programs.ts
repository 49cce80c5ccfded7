/** What people write, compiled: by each compiler, with each way to find modules, with the types of each Node, with and without DOM. */
import { compilers, nodeTypes, read, run, write, type Check, type Project } from "./project.ts";

/** What a project's compiler is told. */
type Settings = Readonly<Record<string, unknown>>;

const STRICT: Settings = {
  target: "es2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  declaration: true,
  types: ["node"],
};
const PAGES = ["wrappers.ts", "inferred.ts", "values.ts", "streams.ts"];
const PLAIN = ["es2022", "esnext.disposable"];
const DOM = ["es2022", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"];

interface Case {
  readonly name: string;
  readonly compiler: (typeof compilers)[number];
  readonly files: readonly string[];
  readonly settings: Settings;
  /** What it is to say, a number of an error each; none unless said otherwise. */
  readonly errors?: readonly string[];
  /** Looks at what was written. */
  readonly look?: (project: Project, out: string) => readonly string[];
}

const matrix: readonly Case[] = compilers.flatMap((compiler) =>
  (["nodenext", "bundler"] as const).flatMap((module) =>
    nodeTypes.flatMap((types) =>
      [PLAIN, DOM].map((lib): Case => ({
        name: `${compiler}, ${module}, ${types}, ${lib === DOM ? "DOM" : "no DOM"}`,
        compiler,
        files: PAGES,
        settings: {
          ...STRICT,
          ...(module === "nodenext" ? { module } : { module: "esnext", moduleResolution: module }),
          lib,
          typeRoots: [types],
        },
        look: printed,
      })),
    ),
  ),
);

/** Less strict projects: what may be absent may be `undefined` there. */
const loose: readonly Case[] = compilers.map((compiler) => ({
  name: `${compiler}, without exactOptionalPropertyTypes`,
  compiler,
  files: PAGES,
  settings: {
    ...STRICT,
    exactOptionalPropertyTypes: false,
    module: "nodenext",
    lib: DOM,
    typeRoots: ["node-types-24"],
  },
}));

const common: readonly Case[] = [
  ...compilers.map((compiler): Case => ({
    name: `${compiler}, CommonJS, nodenext`,
    compiler,
    files: ["common.cts"],
    settings: { ...STRICT, module: "nodenext", lib: PLAIN, typeRoots: ["node-types-24"] },
  })),
  {
    name: "typescript-5, CommonJS, node10",
    compiler: "typescript-5",
    files: ["common10.ts"],
    settings: {
      ...STRICT,
      module: "commonjs",
      moduleResolution: "node10",
      lib: PLAIN,
      typeRoots: ["node-types-24"],
    },
  },
  {
    // A file that is CommonJS may not import ES modules there, though Node can: TypeScript says so since before Node could.
    name: "typescript-5, CommonJS, node16: refused by TypeScript",
    compiler: "typescript-5",
    files: ["common.cts"],
    settings: { ...STRICT, module: "node16", lib: PLAIN, typeRoots: ["node-types-24"] },
    errors: ["TS1479", "TS1479", "TS1479", "TS1471"],
  },
];

/** All of them. */
export const programs: readonly Check[] = [...matrix, ...loose, ...common].map((one, at) => ({
  name: one.name,
  run: (project) => compile(project, one, `out-${at}`),
}));

async function compile(project: Project, one: Case, out: string): Promise<readonly string[]> {
  const { compiler, files, settings, errors = [] } = one;
  const compilerOptions = { ...settings, outDir: out, rootDir: "." };
  write(project, `tsconfig.${out}.json`, JSON.stringify({ compilerOptions, files }));
  const { output, code } = await run(project, `${compiler}/bin/tsc`, ["--project", `tsconfig.${out}.json`]);
  const said = [...output.matchAll(/error (TS\d+)/g)].map(([, number]) => number);
  if (said.join() !== errors.join())
    return output.trim() === "" ? [`it ended with ${code}`] : output.split("\n").slice(0, 40);
  return one.look?.(project, out) ?? [];
}

/** Is in the declarations what the page says? Its imports are written into types, or into the head of the file. */
function printed(project: Project, out: string): string[] {
  const declarations = read(project, `${out}/inferred.d.ts`).replaceAll('import("sojourn").', "");
  const wanted = [...read(project, "inferred.ts").matchAll(/^\/\/=> (.*)$/gm)].map(([, line = ""]) =>
    line.replaceAll('import("sojourn").', ""),
  );
  const faults = wanted
    .filter((line) => !declarations.includes(line))
    .map((line) => `it does not print: ${line}`);
  return wanted.length < 9 ? ["the page says of fewer than nine lines how they are printed"] : faults;
}
