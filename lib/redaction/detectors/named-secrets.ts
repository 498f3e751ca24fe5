import { type Finding, isWord } from '../finding.ts';

/** What a secret is called before it stands there. */
const NAME =
  /(?:api|access|secret|account|private|auth|client|encryption|signing|subscription)[-_ ]?(?:key|token|secret)|secret|token|passwor[dt]|passwd|contraseña|bearer|basic/gi;
/** What stands between a name and its value. */
const BETWEEN =
  /(?:[-_][A-Za-z]{1,16}){0,3}["'`]?(?:\s{0,3}(?:=>|:=|[:=])\s{0,3}|\s{1,3}(?:is|ist|es|est)\s{1,2})(?:(?:Bearer|Basic|Token)\s{1,2})?["'`]?/y;
const SPACE = /\s{1,3}/y;
const VALUE = /[A-Za-z0-9._~+/-]{16,2048}={0,3}/y;

/** Long values that no word looks like, after a name such as `api_key=`, or after `Bearer`. */
export function* namedSecrets(text: string): Iterable<Finding> {
  let free = 0;
  for (const { index, 0: name } of text.matchAll(NAME)) {
    if (index < free) continue;
    const scheme = /^(?:bearer|basic)$/i.test(name);
    const start = after(scheme ? SPACE : BETWEEN, text, index + name.length);
    if (start === undefined) continue;
    const end = after(VALUE, text, start);
    if (end === undefined) continue;
    const value = text.slice(start, end).replace(/[.]$/, '');
    free = end;
    if (isRandom(value) && !isWord(text.charCodeAt(start - 1)))
      yield { kind: 'secret', start, end: start + value.length };
  }
}

/** Where a pattern ends that begins here. */
function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Letters and digits mixed within one run: not a path, a call, a date, a number, or words with dashes. */
function isRandom(value: string): boolean {
  const runs = value.match(/[A-Za-z0-9]+/g) ?? [];
  const mixed = runs.filter((run) => run.length >= 8 && /\d/.test(run) && /[A-Za-z]/.test(run));
  return mixed.reduce((sum, run) => sum + run.length, 0) >= 12;
}
