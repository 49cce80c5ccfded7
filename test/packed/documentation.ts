/**
 * What an editor shows on a name of the package, asked of TypeScript's language services: its text; of options their default, what
 * `null` means, and the unit of a number; of methods that throw, what.
 */
import ts from "typescript-5";

import { behind, entries, see } from "./compiler.ts";
import { shownBy5, shownBy7, type Shown } from "./editor.ts";
import type { Check, Project } from "./project.ts";

/** All of them. */
export const documentation: readonly Check[] = [
  {
    name: "an editor with TypeScript 5 says what each exported name is",
    run: (project) => ask(project, names(project), { show: shownBy5, least: 100 }),
  },
  {
    name: "an editor with TypeScript 5 says what each member is",
    run: (project) => ask(project, members(project), { show: shownBy5, least: 500 }),
  },
  {
    // It does not look at what a class overrides or implements, so that is asked of those that people use all day.
    name: "an editor with TypeScript 7 says what each member of sessions, options and responses is",
    run: (project) => {
      const daily = members(project).filter(({ name }) =>
        /^(?:Session|SessionOptions|RequestOptions|Response|StreamedResponse)\./.test(name),
      );
      return ask(project, daily, { show: shownBy7, least: 150 });
    },
  },
];

type Show = (
  project: Project,
  text: string,
  places: readonly number[],
) => readonly Shown[] | Promise<readonly Shown[]>;

/** What to ask for. */
interface Question {
  /** For people. */
  readonly name: string;
  /** A line of a program. */
  readonly line: string;
  /** What is pointed at: the last such name in the line. */
  readonly word: string;
  /** Is it an option, which may be absent? */
  readonly isOption: boolean;
  /** Its type; `null` for what has none. */
  readonly type: ts.Type | null;
}

/** Names of types that are options. */
const OPTIONS_TYPE = /(?:Options|Init|Attributes|Fields|Defaults|TrustEnv|CookieWay)$/;
/** Of these members nobody sets any: absent is absent. */
const NO_OPTIONS = /^(?:HooksInit|FieldsObject)$/;
/** A number says what it counts. */
const UNIT =
  /millisecond|second|bytes|\bmost\b|how many|number|port|status|\bshare\b|\b4 or 6\b|retries|limit|characters|offset|count|connections|opened|version/i;
/** What does not say more than where something is said. */
const REFERENCE = /^(?:See|As) \S+(?: \S+)?\.?$/;

/** Methods that throw what a program may want to catch. */
const THROWING = new Set(
  `Session.request Session.get Session.options Session.head Session.post Session.put Session.patch Session.delete Session.query
  Session.download Session.send Session.prepareRequest Session.mount Session.getAdapter Session.scope Response.json
  Response.raiseForStatus Response.saveTo Response.iterContent Response.iterLines StreamedResponse.text StreamedResponse.json
  StreamedResponse.bytes StreamedResponse.blob StreamedResponse.saveTo StreamedResponse.iterContent StreamedResponse.iterLines
  ResponsePromise.text ResponsePromise.json ResponsePromise.bytes ResponsePromise.blob CookieJar.get CookieJar.getCookie
  CookieJar.set HeaderMap.set HeaderMap.append HeaderMap.update HttpAdapter.send AppAdapter.send Adapter.send`.split(
    /\s+/,
  ),
);

function names(project: Project): Question[] {
  const { exported } = see(project);
  return Object.keys(entries).flatMap((entry) =>
    exported(entry).map(({ name }) => ({
      name: `${entry}: ${name}`,
      line: `export { ${name} as asked$ } from "${entry}";`,
      word: name,
      isOption: false,
      type: null,
    })),
  );
}

function members(project: Project): Question[] {
  const { checker, exported, isOurs } = see(project);
  const questions: Question[] = [];
  const add = (owner: string, variable: string, type: ts.Type): void => {
    for (const member of checker.getPropertiesOfType(type)) {
      const [declaration] = member.declarations ?? [];
      if (declaration === undefined || !isOurs(declaration.getSourceFile())) continue;
      if (member.name === "prototype" || /^(?:__|#)/.test(member.name)) continue;
      const flags = ts.getCombinedModifierFlags(declaration);
      if ((flags & ts.ModifierFlags.NonPublicAccessibilityModifier) !== 0) continue;
      questions.push({
        name: `${owner}.${member.name}`,
        line: `${variable}.${member.name};`,
        word: member.name,
        isOption:
          OPTIONS_TYPE.test(owner) &&
          !NO_OPTIONS.test(owner) &&
          (member.flags & ts.SymbolFlags.Optional) !== 0,
        type: checker.getTypeOfSymbol(member),
      });
    }
  };
  for (const entry of Object.keys(entries)) {
    for (const symbol of exported(entry)) {
      const target = behind(checker, symbol);
      const { name } = symbol;
      const type = checker.getDeclaredTypeOfSymbol(target);
      if (hasMembers(target, type)) add(name, `value<${typeOf(entry, target)}>()`, type);
      if ((target.flags & ts.SymbolFlags.Class) !== 0)
        add(name, `value<typeof import("${entry}").${name}>()`, checker.getTypeOfSymbol(target));
    }
  }
  return questions;
}

/** A class, an interface, or a name for an object; not one for a function or a choice. */
function hasMembers({ flags }: ts.Symbol, type: ts.Type): boolean {
  if ((flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) !== 0) return true;
  const isAlias = (flags & ts.SymbolFlags.TypeAlias) !== 0;
  return isAlias && (type.flags & ts.TypeFlags.Object) !== 0 && type.getCallSignatures().length === 0;
}

/** The type as it is written, with arguments for parameters that have no default. */
function typeOf(entry: string, symbol: ts.Symbol): string {
  const parameters = symbol.declarations?.flatMap((one) =>
    ts.isClassDeclaration(one) || ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)
      ? [...(one.typeParameters ?? [])]
      : [],
  );
  const needed = (parameters ?? []).filter((one) => one.default === undefined).map(() => "any");
  return `import("${entry}").${symbol.name}${needed.length === 0 ? "" : `<${needed.join()}>`}`;
}

/** Asks all questions of one program. `least`: fewer questions would mean that nobody looked. */
async function ask(
  project: Project,
  questions: readonly Question[],
  { show, least }: { readonly show: Show; readonly least: number },
): Promise<string[]> {
  if (questions.length < least) return [`there are only ${questions.length} questions`];
  let text = "declare function value<Type>(): Type;\n";
  const places = questions.map(({ line, word }) => {
    const start = line.startsWith("export") ? line.indexOf(word, "export { ".length) : line.lastIndexOf(word);
    const place = text.length + start;
    text += `${line.replace("asked$", `asked${text.length}`)}\n`;
    return place;
  });
  const shown = await show(project, text, places);
  return questions.flatMap((question, at) => {
    const said = shown[at];
    if (said === null || said === undefined) return [`${question.name}: nothing is known of it`];
    return faultsOf(question, said).map((fault) => `${question.name}: ${fault}`);
  });
}

function faultsOf({ name, isOption, type }: Question, said: string): string[] {
  if (said === "") return ["it has no text"];
  if (REFERENCE.test(said)) return [`it says no more than "${said}"`];
  const parts = type === null ? [] : type.isUnion() ? type.types : [type];
  const has = (flag: ts.TypeFlags): boolean => parts.some((part) => (part.flags & flag) !== 0);
  const faults: string[] = [];
  if (isOption && !/\bdefault\b/i.test(said)) faults.push(`it does not say what its default is: ${said}`);
  if (isOption && has(ts.TypeFlags.Null) && !/null|none/i.test(said))
    faults.push(`it does not say what null means: ${said}`);
  if (has(ts.TypeFlags.Number) && !UNIT.test(said))
    faults.push(`it does not say what the number is of: ${said}`);
  if (THROWING.has(name) && !said.includes("@throws")) faults.push("it does not say what it throws");
  return faults;
}
