import { parseAst } from 'vitest/node';

type Statement = ReturnType<typeof parseAst>['body'][number];
type Expression = Extract<Statement, { type: 'ExpressionStatement' }>['expression'];
type Argument = Extract<Expression, { type: 'CallExpression' }>['arguments'][number];

/** A test as it is written; its words are those beside its name and beside the names of its groups, as `each` or `skip`. */
type Test = { readonly name: string; readonly words: readonly string[] };

/** The names, as they are written, of the tests in a source that run whenever it does. What only may run is left out. */
export function runningIn(source: string): readonly string[] {
  const tests = testsIn(parseAst(source, { lang: 'ts' }).body, source, []);
  if (tests.some(({ words }) => words.includes('only'))) return [];
  return tests.filter(({ words }) => words.every((word) => HARMLESS.has(word))).map(({ name }) => name);
}

/** A list of what does no harm, not of what does: Vitest may come to know other ways to leave a test out. */
const HARMLESS = new Set(['each', 'for', 'concurrent', 'sequential', 'timeout']);

/** Not what stands in an `if` or in a function, which may never be reached. */
function testsIn(statements: readonly Statement[], source: string, around: readonly string[]): readonly Test[] {
  return statements.flatMap((statement) => {
    if (statement.type === 'BlockStatement') return testsIn(statement.body, source, around);
    if (statement.type === 'ForOfStatement') return testsIn([statement.body], source, around);
    return statement.type === 'ExpressionStatement' ? testsOf(statement.expression, source, around) : [];
  });
}

function testsOf(expression: Expression, source: string, around: readonly string[]): readonly Test[] {
  if (expression.type !== 'CallExpression') return [];
  const [called = '', ...beside] = wordsOf(expression.callee);
  const [named, ...others] = expression.arguments;
  const body = others.find(({ type }) => type !== 'ObjectExpression');
  const words = [...around, ...beside, ...others.flatMap(optionsOf), ...(body === undefined ? ['todo'] : [])];
  if (called === 'describe') return groupedIn(body, source, words);
  if (!['test', 'it'].includes(called) || named === undefined) return [];
  const skips = body !== undefined && /\bskip\(/.test(source.slice(body.start, body.end));
  return nameOf(named, source).map((name) => ({ name, words: skips ? [...words, 'skip'] : words }));
}

function groupedIn(body: Argument | undefined, source: string, around: readonly string[]): readonly Test[] {
  if (body?.type !== 'ArrowFunctionExpression' && body?.type !== 'FunctionExpression') return [];
  return body.body?.type === 'BlockStatement' ? testsIn(body.body.body, source, around) : [];
}

/** `test.concurrent.each(rows)` is test, concurrent and each. */
function wordsOf(callee: Expression): readonly string[] {
  if (callee.type === 'Identifier') return [callee.name];
  if (callee.type === 'CallExpression') return wordsOf(callee.callee);
  if (callee.type === 'TaggedTemplateExpression') return wordsOf(callee.tag);
  if (callee.type !== 'MemberExpression') return [];
  return [...wordsOf(callee.object), callee.property.type === 'Identifier' ? callee.property.name : 'unknown'];
}

function optionsOf(argument: Argument): readonly string[] {
  if (argument.type !== 'ObjectExpression') return [];
  return argument.properties.map((property) =>
    property.type === 'Property' && property.key.type === 'Identifier' ? property.key.name : 'unknown',
  );
}

function nameOf(named: Argument, source: string): readonly string[] {
  if (named.type === 'Literal') return typeof named.value === 'string' ? [named.value] : [];
  return named.type === 'TemplateLiteral' ? [source.slice(named.start + 1, named.end - 1)] : [];
}
