import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** One TypeScript source of the project, parsed. `path` is relative to the repository root. */
export interface Source {
  path: string
  text: string
  tree: ts.SourceFile
}

/** Every TypeScript file below the given folders. */
export function readSources(folders: readonly string[]): Source[] {
  const sources: Source[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (entry.name.endsWith('.ts')) {
        const text = readFileSync(path, 'utf8')
        sources.push({ path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) })
      }
    }
  }
  for (const folder of folders) visit(folder)
  return sources
}

/** Module specifiers that a source imports or re-exports, type imports included. */
export function importsOf(source: Source): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [first] = node.arguments
      if (first !== undefined && ts.isStringLiteral(first)) found.push(first.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return found
}

/** Functions of a source with the number of lines that each spans. A class body or a test callback is not a function here. */
export function functionsOf(source: Source): { name: string; line: number; lines: number }[] {
  const found: { name: string; line: number; lines: number }[] = []
  const lineOf = (position: number): number => source.tree.getLineAndCharacterOfPosition(position).line + 1
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && !isTestCallback(node)) {
      const line = lineOf(node.getStart(source.tree))
      const name = node.name === undefined ? '(anonymous)' : node.name.getText(source.tree)
      found.push({ name, line, lines: lineOf(node.end) - line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return found
}

/** `t.test('name', t => { ... })` groups assertions; its length says nothing about complexity. */
function isTestCallback(node: ts.Node): boolean {
  const call = node.parent
  if (call === undefined || !ts.isCallExpression(call)) return false
  return /(^|\.)test$/.test(call.expression.getText())
}

/** Calls and constructions in a source, as written, e.g. `Date.now` or `new Date`, with their argument count and line. */
export function callsOf(source: Source): { name: string; args: number; line: number }[] {
  const found: { name: string; args: number; line: number }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = `${ts.isNewExpression(node) ? 'new ' : ''}${node.expression.getText(source.tree)}`
      const line = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1
      found.push({ name, args: node.arguments?.length ?? 0, line })
    }
    ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return found
}
