/**
 * Every type that a signature of the package can reach has a name that a program can write: an entry point exports it. Else a
 * function that gives one cannot be exported by who has `declaration: true`.
 */
import ts from "typescript-5";

import { behind, entries, see } from "./compiler.ts";
import type { Check, Project } from "./project.ts";

/** All of them. */
export const reachable: readonly Check[] = [
  { name: "every type that can be reached is exported", run: unnamed },
];

/** Fewer would mean that the walk went astray. */
const LEAST_FOUND = 120;

function unnamed(project: Project): string[] {
  const { checker, exported, isOurs } = see(project);
  const named = new Set<ts.Symbol>();
  for (const entry of Object.keys(entries))
    for (const symbol of exported(entry)) named.add(behind(checker, symbol));
  const seen = new Set<ts.Symbol>();
  const faults = new Map<string, string>();

  const visit = (symbol: ts.Symbol, from: string, isBase: boolean): void => {
    if ((symbol.flags & ts.SymbolFlags.TypeParameter) !== 0) return;
    const declarations = (symbol.declarations ?? []).filter((one) => isOurs(one.getSourceFile()));
    if (declarations.length === 0) return;
    // Of what others extend the members are seen, and not the name.
    if (!isBase && !named.has(symbol)) faults.set(symbol.name, from);
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of declarations) walk(declaration, symbol.name);
  };

  const follow = (name: ts.Node, from: string, isBase = false): void => {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol !== undefined) visit(behind(checker, symbol), from, isBase);
  };

  const walk = (node: ts.Node, from: string): void => {
    if (isHidden(node)) return;
    if (ts.isTypeReferenceNode(node)) follow(node.typeName, from);
    else if (ts.isExpressionWithTypeArguments(node)) {
      follow(node.expression, from, ts.isHeritageClause(node.parent));
    } else if (ts.isTypeQueryNode(node)) follow(node.exprName, from);
    ts.forEachChild(node, (child) => {
      walk(child, from);
    });
  };

  for (const symbol of named) visit(symbol, "an entry point", false);
  if (seen.size < LEAST_FOUND) return [`only ${seen.size} types were found`];
  return [...faults].map(([name, from]) => `${name}, which ${from} has, is not exported`);
}

/** A member that no program can use. */
function isHidden(node: ts.Node): boolean {
  if (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name)) return true;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}
