/**
 * The project's own source as data: which files there are, what each imports, and its syntax tree. For spec/house.
 *
 * Names of files are paths from the checkout, with `/` on every platform.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve, sep } from 'node:path';
import ts from 'typescript';

const checkout = resolve(__dirname, '../..');

export interface Import {
  /** Name of a source file of ours, or of a package. */
  readonly of: string;
  readonly isOurs: boolean;
  /** Whether it is gone when the file runs (`import type`). */
  readonly isType: boolean;
  readonly line: number;
}

export function textOf(file: string): string {
  return readFileSync(join(checkout, file), 'utf8');
}

export function isFile(file: string): boolean {
  return existsSync(join(checkout, file));
}

/** TypeScript files of a folder and those inside it, sorted; declarations and installed packages are none. */
export function sourceFiles(folder: string): string[] {
  const entries = readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' });
  return entries
    .map((entry) => posix.join(folder, entry.split(sep).join('/')))
    .filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts') && !file.includes('node_modules/'))
    .sort();
}

const trees = new Map<string, ts.SourceFile>();

export function treeOf(file: string): ts.SourceFile {
  const known = trees.get(file);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2023, true);
  trees.set(file, tree);
  return tree;
}

/** Every node of a file, parents before children. */
export function* nodesOf(file: string): Generator<ts.Node> {
  const waiting: ts.Node[] = [treeOf(file)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => void children.push(child));
    waiting.push(...children.reverse());
  }
}

export function lineOf(file: string, node: ts.Node): number {
  return treeOf(file).getLineAndCharacterOfPosition(node.getStart(treeOf(file))).line + 1;
}

/** What a file imports or exports from elsewhere: `import`, `export … from`, `import()`, `require()`, `import type`. */
export function importsOf(file: string): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(file)) {
    const named = specifierOf(node);
    if (named === null) continue;
    const { specifier, isType } = named;
    const isOurs = specifier.startsWith('.');
    found.push({ of: isOurs ? resolved(file, specifier) : specifier, isOurs, isType, line: lineOf(file, node) });
  }
  return found;
}

function specifierOf(node: ts.Node): { specifier: string; isType: boolean } | null {
  if (ts.isImportDeclaration(node)) {
    const { importClause, moduleSpecifier } = node;
    return {
      specifier: textOfLiteral(moduleSpecifier),
      isType: importClause !== undefined && bringsTypesOnly(importClause),
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const each =
      node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    const isType = node.isTypeOnly || (each.length > 0 && each.every((element) => element.isTypeOnly));
    return { specifier: textOfLiteral(node.moduleSpecifier), isType };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return { specifier: textOfLiteral(node.argument.literal), isType: true };
  if (ts.isCallExpression(node) && node.arguments.length === 1) {
    const { expression, arguments: args } = node;
    const loads = expression.kind === ts.SyntaxKind.ImportKeyword || expression.getText() === 'require';
    if (loads && ts.isStringLiteralLike(args[0]!)) return { specifier: args[0].text, isType: false };
  }
  return null;
}

function bringsTypesOnly({ phaseModifier, name, namedBindings }: ts.ImportClause): boolean {
  if (phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function textOfLiteral(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

function resolved(from: string, specifier: string): string {
  const base = posix.join(posix.dirname(from), specifier);
  const candidates = [`${base}.ts`, posix.join(base, 'index.ts'), base];
  return candidates.find((candidate) => isFile(candidate) && candidate.includes('.')) ?? base;
}

/** Whether a file does anything when it runs; types and `export … from` alone do nothing. */
export function hasBehaviour(file: string): boolean {
  return treeOf(file).statements.some((statement) => {
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) return false;
    return !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement);
  });
}
