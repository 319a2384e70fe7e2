import ts from 'typescript'

/** One way to break a source: the text from `start` to `end` becomes another. */
export interface Mutation {
  start: number
  end: number
  kind: 'guard' | 'comparison' | 'logic' | 'error code' | 'mask' | 'result' | 'demand'
  /** What stands there instead. */
  text: string
  /** The expression that is broken, and what it becomes, each on one line. */
  was: string
  becomes: string
  /** The function that it stands in, e.g. `StoreFolder.rename`. */
  within: string
  /** Which of several alike in one function, from 0. */
  occurrence: number
}

const { SyntaxKind } = ts

const COMPARISONS = new Map<ts.SyntaxKind, string>([
  [SyntaxKind.LessThanToken, '<='],
  [SyntaxKind.LessThanEqualsToken, '<'],
  [SyntaxKind.GreaterThanToken, '>='],
  [SyntaxKind.GreaterThanEqualsToken, '>'],
  [SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [SyntaxKind.ExclamationEqualsEqualsToken, '===']
])
const LOGIC = new Map<ts.SyntaxKind, string>([
  [SyntaxKind.AmpersandAmpersandToken, '||'],
  [SyntaxKind.BarBarToken, '&&']
])

/** Calls that only refuse: `folder.demandVisible()`. Without them everybody may do everything. */
const DEMAND = /(^|\.)#?(demand|refuse|require|ensure)\w*$/
/** Nothing that a client could see. */
const UNSEEN = /(^|\.)(log|#log|assert)(\.|$)|^AssertionError$/
/** Errors that tell a programmer, not a client, that something is wrong. */
const DEFECTS = /^(AssertionError|TypeError|RangeError|Error)$/

/** Every place of a compiled source that can be broken, in the order of the source. */
export function mutationsOf(text: string): Mutation[] {
  const tree = ts.createSourceFile('source.js', text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS)
  const found: Mutation[] = []
  const seen = new Map<string, number>()
  const visit = (node: ts.Node): void => {
    if (isUnseen(node)) return
    for (const { kind, at, becomes } of mutationsAt(node)) {
      const was = oneLine(at.getText(tree))
      const within = functionAround(node)
      const key = [within, kind, was, becomes].join('\n')
      const occurrence = seen.get(key) ?? 0
      seen.set(key, occurrence + 1)
      found.push({
        start: at.getStart(tree),
        end: at.end,
        kind,
        text: becomes,
        was,
        becomes: oneLine(becomes),
        within,
        occurrence
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** The source with one mutation made. */
export function broken(source: string, { start, end, text }: Mutation): string {
  return `${source.slice(0, start)}${text}${source.slice(end)}`
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}

type Candidate = { kind: Mutation['kind']; at: ts.Node; becomes: string }

function mutationsAt(node: ts.Node): Candidate[] {
  if (ts.isIfStatement(node)) return guard(node.expression)
  if (ts.isConditionalExpression(node)) return guard(node.condition)
  if (ts.isBinaryExpression(node)) return binary(node)
  if (ts.isPropertyAccessExpression(node)) return errorCode(node)
  if (ts.isReturnStatement(node) && node.expression !== undefined) return result(node.expression)
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return result(node.body)
  if (ts.isExpressionStatement(node)) return demand(node)
  return []
}

/** An equality as the whole of a condition is left to the comparisons: both would break it alike. */
function guard(condition: ts.Expression): Candidate[] {
  const isEquality =
    ts.isBinaryExpression(condition) && ['!==', '==='].includes(COMPARISONS.get(condition.operatorToken.kind) ?? '')
  return isEquality ? [] : [{ kind: 'guard', at: condition, becomes: `!(${condition.getText()})` }]
}

function binary(node: ts.BinaryExpression): Candidate[] {
  const { operatorToken, left, right } = node
  const spliced = (operator: string): string => `${left.getText()} ${operator} ${right.getText()}`
  // How far a loop goes is its mechanics: one round more mostly shows nothing, or never ends.
  const comparison = isLoopCondition(node) ? undefined : COMPARISONS.get(operatorToken.kind)
  if (comparison !== undefined) return [{ kind: 'comparison', at: node, becomes: spliced(comparison) }]
  const logic = LOGIC.get(operatorToken.kind)
  if (logic !== undefined)
    return [{ kind: 'logic', at: node, becomes: `((${left.getText()}) ${logic} (${right.getText()}))` }]
  const isFlag = (side: ts.Expression): boolean =>
    ts.isIdentifier(side) || ts.isPropertyAccessExpression(side) || ts.isNumericLiteral(side)
  if (operatorToken.kind === SyntaxKind.AmpersandToken && isFlag(right))
    return [{ kind: 'mask', at: node, becomes: '0' }]
  return []
}

function isLoopCondition({ parent, pos }: ts.Node): boolean {
  const condition = ts.isForStatement(parent)
    ? parent.condition
    : ts.isWhileStatement(parent) || ts.isDoStatement(parent)
      ? parent.expression
      : undefined
  return condition?.pos === pos
}

function errorCode(node: ts.PropertyAccessExpression): Candidate[] {
  if (node.expression.getText() !== 'ErrorCode') return []
  const other = node.name.text === 'ecNotFound' ? 'ecAccessDenied' : 'ecNotFound'
  return [{ kind: 'error code', at: node, becomes: `ErrorCode.${other}` }]
}

function result(expression: ts.Expression): Candidate[] {
  if (expression.kind === SyntaxKind.TrueKeyword) return [{ kind: 'result', at: expression, becomes: 'false' }]
  if (expression.kind === SyntaxKind.FalseKeyword) return [{ kind: 'result', at: expression, becomes: 'true' }]
  return []
}

function demand(node: ts.ExpressionStatement): Candidate[] {
  const call = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression
  if (!ts.isCallExpression(call) || !DEMAND.test(call.expression.getText())) return []
  return [{ kind: 'demand', at: node, becomes: 'void 0;' }]
}

function isUnseen(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return UNSEEN.test(node.expression.getText())
  return ts.isIfStatement(node) && throwsDefect(node.thenStatement)
}

function throwsDefect(statement: ts.Statement): boolean {
  const only = ts.isBlock(statement) && statement.statements.length === 1 ? statement.statements[0] : statement
  return (
    ts.isThrowStatement(only) &&
    ts.isNewExpression(only.expression) &&
    DEFECTS.test(only.expression.expression.getText())
  )
}

/** The named function or method around a node, with its class. */
function functionAround(node: ts.Node): string {
  const names: string[] = []
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    const name = nameOf(at)
    if (name !== undefined) names.unshift(name)
  }
  return names.join('.')
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isClassElement(node))
    return node.name?.getText()
  const isHolder = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)
  return isHolder && isFunction(node.initializer) ? node.name.getText() : undefined
}

function isFunction(node: ts.Node | undefined): boolean {
  return node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
}
