import type { Spend } from '../allowance.ts';
import { type Finding, isWord } from '../finding.ts';
import { namedSecrets } from './named-secrets.ts';
import { passwords } from './passwords.ts';
import { privateKeys } from './private-keys.ts';
import { shapes } from './secret-shapes.ts';

/**
 * Secrets that tell what they are: keys of known makers, JWTs, private keys in PEM, passwords in connection strings and
 * URLs, tokens after `Bearer`, and long values after a name such as `api_key`. Not found: passwords in prose, keys
 * without a name or a known beginning, and secrets cut over several texts.
 */
export function* secrets(text: string, spend: Spend): Iterable<Finding> {
  yield* known(text, spend);
  for (const { index: start, 0: token } of text.matchAll(BOT))
    yield { kind: 'secret', start, end: start + token.length };
  yield* privateKeys(text);
  yield* passwords(text, spend);
  yield* namedSecrets(text);
}

/** A bot's number and its key, as Telegram writes them: no beginning tells. */
const BOT = /(?<![A-Za-z0-9])\d{8,10}:[\w-]{35}(?![\w-])/g;

/** The longest beginnings first, so that each is tried as what it is. */
const inOrder = [...shapes].sort((a, b) => b.prefix.length - a.prefix.length);
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
const BEGINNING = new RegExp(inOrder.map(({ prefix }) => escaped(prefix)).join('|'), 'g');
const bodies = new Map(inOrder.map(({ prefix, rest }) => [prefix, new RegExp(rest, 'y')]));

/** What it costs to try what follows a beginning. */
const A_BODY = 256;

function* known(text: string, spend: Spend): Iterable<Finding> {
  let free = 0;
  for (const { index: start, 0: prefix } of text.matchAll(BEGINNING)) {
    if (start < free || isWord(text.charCodeAt(start - 1))) continue;
    const body = bodies.get(prefix);
    if (body === undefined) continue;
    spend(A_BODY);
    body.lastIndex = start + prefix.length;
    if (!body.test(text)) continue;
    const end = endOf(text, start, body.lastIndex);
    if (isWord(text.charCodeAt(end))) continue;
    yield { kind: 'secret', start, end };
    free = end;
  }
}

/** A dash, a dot or a line below at the end is the sentence's; of base64url it may be the key's, which is taken to be safe. */
const endOf = (text: string, start: number, end: number): number =>
  text[end - 1] === '.' ? end - 1 : Math.max(start, end);
