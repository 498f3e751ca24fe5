import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../lib/redaction/finding.ts';
import { masking } from '../../lib/redaction/masking.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { openVault, type Restoring } from '../../lib/redaction/vault.ts';
import { planted, plantedTexts } from '../support/planted.ts';

const scan = toScanner(kinds);
const nonce = 'k3f9';
const vaultOf = () => openVault({ scan, nonce });

/** What somebody might have written to look like a placeholder. */
const alikes = fc.constantFrom(
  ...[
    '[EMAIL_1_k3f9]',
    '[email_1_K3F9]',
    '\\[EMAIL\\_1\\_k3f9\\]',
    '[EMAIL\\_1_k3f9]',
    '"[CARD_1_k3f9]"',
    '[EMAIL_1_k3f9',
    '\\',
  ],
  ...['"', '[', '[TEXT_1_k3f9]', '_k3f9]'],
);
const texts = fc
  .tuple(alikes, plantedTexts, alikes, fc.string(), alikes)
  .map(([before, { text, values }, after, more, last]) => ({
    text: `${before}${text}${after} ${more}${last}`,
    values,
  }));

/** A text given in pieces, cut at some places. */
function inPieces(text: string, cuts: readonly number[], way: Restoring): string {
  const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length])].sort((a, b) => a - b);
  const pieces = way.pieces();
  return places.map((from, at) => pieces.next(text.slice(from, places[at + 1] ?? from))).join('') + pieces.rest();
}

describe('no planted value leaves', () => {
  test('in mask', () => {
    fc.assert(
      fc.property(plantedTexts, ({ text, values }) => {
        const said = masking(scan).hide(text);
        for (const { value } of values) expect(said).not.toContain(value);
      }),
      { numRuns: 1_000 },
    );
  });

  test('in tokens, and every byte comes back, whole and cut at every border', () => {
    fc.assert(
      fc.property(texts, ({ text, values }) => {
        const vault = vaultOf();
        const said = vault.hide(text);
        for (const { value } of values) expect(said).not.toContain(value);
        expect(vault.inText.whole(said)).toBe(text);
        for (let cut = 0; cut <= said.length; cut++) expect(inPieces(said, [cut], vault.inText)).toBe(text);
        expect(
          inPieces(
            said,
            [...said].map((_, at) => at),
            vault.inText,
          ),
        ).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('from JSON, which stays JSON and comes back as it was', () => {
    const leaf = fc.oneof(
      plantedTexts.map(({ text }) => text),
      planted.map(({ value }) => value),
      fc.string(),
      fc.constant(4_241_592_066_112_571),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(
          fc.oneof(
            fc.string({ maxLength: 5 }),
            planted.map(({ value }) => value),
          ),
          tie('tree'),
          { maxKeys: 3 },
        ),
        tie('tree').map((inner) => JSON.stringify(inner)),
      ),
    }));
    fc.assert(
      fc.property(tree, plantedTexts, fc.nat(2), (inner, { text, values }, indent) => {
        const written = JSON.stringify({ inner, text }, null, indent);
        const vault = vaultOf();
        const said = vault.hide(written);
        expect(() => JSON.parse(said)).not.toThrow();
        for (const { value } of values) expect(said).not.toContain(JSON.stringify(value).slice(1, -1));
        expect(said).not.toContain('4241592066112571');
        const back = vault.inJson.whole(said);
        expect(
          inPieces(
            said,
            [...said].map((_, at) => at),
            vault.inJson,
          ),
        ).toBe(back);
        if (!hasBracketedProse(JSON.parse(written))) expect(JSON.parse(back)).toEqual(JSON.parse(written));
      }),
      { numRuns: 500 },
    );
  });
});

test.each(['\\0{" ', '\\n{" ', '\\{" ', '\\\\n["'])('prose that begins with %j is no JSON within JSON', (start) => {
  const vault = vaultOf();
  const written = JSON.stringify({ text: `${start}ann@example.com` });
  const key = '-----BEGIN PRIVATE KEY-----\n'.concat('a'.repeat(64), '\n-----END PRIVATE KEY-----');
  expect(vault.inJson.whole(vault.hide(written))).toBe(written);
  const secret = JSON.stringify({ text: `${start}${key}` });
  expect(vault.inJson.whole(vault.hide(secret))).toBe(secret);
});

/** What begins as JSON does, and is none, is taken for JSON on its way back. */
function hasBracketedProse(value: unknown): boolean {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).some((entry) => entry.some((each) => hasBracketedProse(each)));
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return false;
  try {
    return hasBracketedProse(JSON.parse(value));
  } catch {
    return true;
  }
}

test('the same value has the same placeholder in a call, and every other another', () => {
  const vault = vaultOf();
  expect(vault.hide('a@example.com, b@example.com and a@example.com')).toBe(
    '[EMAIL_1_k3f9], [EMAIL_2_k3f9] and [EMAIL_1_k3f9]',
  );
  expect(vault.hide('{"to":"b@example.com"}')).toBe('{"to":"[EMAIL_2_k3f9]"}');
  expect(vault.counts()).toEqual({ email: 4 });
});

test('placeholders are known again in either case and as Markdown escapes them', () => {
  const vault = vaultOf();
  vault.hide('ann@example.com');
  for (const said of ['[EMAIL_1_k3f9]', '[email_1_K3F9]', '[EMAIL\\_1\\_k3f9]', '\\[EMAIL\\_1\\_k3f9\\]'])
    expect(vault.inText.whole(`to ${said}.`)).toBe('to ann@example.com.');
});

test('a placeholder nobody issued stays as it is', () => {
  const vault = vaultOf();
  vault.hide('ann@example.com');
  const said = '[EMAIL_2_k3f9] [PHONE_1_k3f9] [EMAIL_1_zzzz]';
  expect(vault.inText.whole(said)).toBe(said);
});

test('nothing is held back that cannot become a placeholder', () => {
  const vault = vaultOf();
  vault.hide('ann@example.com');
  const pieces = vault.inText.pieces();
  expect(pieces.next('see [1] and [EMAIL')).toBe('see [1] and ');
  expect(pieces.next('S] of "all" [')).toBe('[EMAILS] of "all" ');
  expect(pieces.next('EMAIL_1_k3f9] ')).toBe('ann@example.com ');
  expect(pieces.rest()).toBe('');
});

test('a key with line breaks is escaped where it comes back into arguments', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${'Ab3/'.repeat(16)}\n-----END PRIVATE KEY-----`;
  const vault = vaultOf();
  const said = vault.hide(`use ${key}`);
  expect(said).toBe('use [SECRET_1_k3f9]');
  expect(JSON.parse(vault.inJson.whole('{"key":"[SECRET_1_k3f9]"}'))).toEqual({ key });
});

test('a card that was a number of JSON comes back as one', () => {
  const vault = vaultOf();
  const said = vault.hide('{"card": 4241592066112571}');
  expect(said).toBe('{"card": "[CARD_1_k3f9]"}');
  expect(inPieces(said, [10, 11, 12, 25], vault.inJson)).toBe('{"card": 4241592066112571}');
});

test('a card that was a number comes back as a string where it names a property', () => {
  const vault = vaultOf();
  vault.hide('{"card": 4241592066112571}');
  const said = '{"[CARD_1_k3f9]" : {"of":"[CARD_1_k3f9]" , "is":["[CARD_1_k3f9]"]},"[CARD_1_k3f9]":1}';
  const back = '{"4241592066112571" : {"of":4241592066112571 , "is":[4241592066112571]},"4241592066112571":1}';
  expect(vault.inJson.whole(said)).toBe(back);
  for (let cut = 0; cut <= said.length; cut++) expect(inPieces(said, [cut, cut + 1], vault.inJson)).toBe(back);
});

test('what stands in JSON within JSON comes back so that the inner JSON can be read', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${'Ab3/'.repeat(16)}\n-----END PRIVATE KEY-----`;
  const given = { key, card: 4_241_592_066_112_571, note: `use ${key}`, list: ['[', key] };
  const vault = vaultOf();
  for (const written of [
    JSON.stringify({ body: JSON.stringify(given) }),
    JSON.stringify({ body: JSON.stringify({ inner: JSON.stringify(given), key }), key }),
    JSON.stringify({ say: `the "key" is "${key}"`, key }),
  ]) {
    const said = vault.hide(written);
    expect(said).not.toContain('PRIVATE');
    expect(vault.inJson.whole(said)).toBe(written);
    for (let cut = 0; cut <= said.length; cut++) expect(inPieces(said, [cut, cut + 1], vault.inJson)).toBe(written);
  }
});

test('a nonce is of few lower-case letters and digits', () => {
  for (const wrong of ['', 'abc', 'K3F9', 'a_b_c', 'abcdefghijklm'])
    expect(() => openVault({ scan, nonce: wrong })).toThrow(RangeError);
});

test('what only looks like a placeholder comes back as it was, though nothing else was hidden', () => {
  const vault = openVault({ scan, nonce: 'k3f9' });
  const said = vault.hide('What does [EMAIL_1_k3f9] mean?');
  expect(said).not.toContain('[EMAIL_1_k3f9]');
  expect([vault.holds(), vault.counts(), vault.inText.whole(said)]).toEqual([
    true,
    {},
    'What does [EMAIL_1_k3f9] mean?',
  ]);
});
