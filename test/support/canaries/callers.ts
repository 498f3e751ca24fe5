import type { Tables } from '../tables.ts';
import { type Call, conversation } from './request.ts';
import { KEY, WORD } from './secrets.ts';

/** A call, and what it is called in the report. */
export type Named = Omit<Call, 'url'> & { readonly of: string };

const fine = { model: 'lab/m' };
const json = (fields: object) => JSON.stringify(conversation({ ...fine, ...fields }));

/** What callers do wrong, all with their words in it. */
export const wrong: readonly Named[] = [
  { of: 'no JSON', body: `${WORD} {` },
  { of: 'broken JSON', body: json({}).slice(0, -9) },
  { of: 'no text', body: Buffer.concat([Buffer.from(json({})), Buffer.from([0xff, 0xfe])]) },
  { of: 'nothing', body: '' },
  { of: 'a list', body: JSON.stringify([WORD]) },
  { of: 'no messages', body: json({ messages: WORD }) },
  { of: 'no role', body: json({ messages: [{ role: WORD, content: WORD }] }) },
  { of: 'no content', body: json({ messages: [{ role: 'user', content: { [WORD]: WORD } }] }) },
  { of: 'no part', body: json({ messages: [{ role: 'user', content: [{ type: WORD, text: WORD }] }] }) },
  { of: 'no number', body: json({ max_tokens: WORD, temperature: WORD }) },
  { of: 'no tool', body: json({ tools: [{ type: 'function', function: WORD }] }) },
  { of: 'no model', body: json({ model: 7 }) },
  { of: 'an unknown model', body: json({ model: 'unheard-of' }) },
  { of: 'too deep', body: json({ deep: JSON.parse(`${'['.repeat(300)}"${WORD}"${']'.repeat(300)}`) }) },
  { of: 'too large', body: json({ filler: WORD.repeat(800_000) }) },
  { of: 'another type', body: json({}), headers: { 'content-type': 'text/plain' } },
  { of: 'compressed', body: json({}), headers: { 'content-encoding': 'gzip' } },
  { of: 'an unknown header', body: json({}), headers: { 'x-sluice-secret': `${KEY}.header` } },
  { of: 'no patience', body: json({}), headers: { 'x-sluice-timeout-ms': `${KEY}.header` } },
  { of: 'no boolean', body: json({}), headers: { 'x-sluice-strict': `${KEY}.header` } },
  { of: 'no metadata', body: json({}), headers: { 'x-sluice-metadata': `{"broken": ${KEY}.header` } },
  { of: 'strictly', body: json({ model: 'anthropic/m' }), headers: { 'x-sluice-strict': 'true' } },
  { of: 'no path', path: '/nothing-here', body: json({}) },
  { of: 'another key', body: json({}), key: `${KEY}.unknown` },
  { of: 'a key of our shape', body: json({}), key: `sk-sluice-${KEY}-unknown` },
  { of: 'a password', body: json({}), headers: { authorization: `Basic ${KEY}.password` } },
  { of: 'no vectors', path: '/embeddings', body: JSON.stringify({ model: 'lab/e', input: { [WORD]: WORD } }) },
  { of: 'a file', body: json({ model: 'gemini/says-400', messages: fileMessages() }) },
  { of: 'a file unread', body: json({ model: 'cohere/says-400', messages: fileMessages() }) },
];

function fileMessages() {
  const file_data = `data:application/pdf;base64,${Buffer.from(`  ${WORD} in a file`).toString('base64')}`;
  return [{ role: 'user', content: [{ type: 'file', file: { filename: `${WORD}.pdf`, file_data } }] }];
}

/** Calls of tenants that have used up what they may use. */
export async function refused({ admin }: Tables): Promise<readonly Named[]> {
  const of = async (name: string, attributes: object): Promise<Named> => {
    await admin.createTenant(name, attributes);
    const { key } = await admin.createKey({ tenant: name });
    return { of: name, key, body: json({}) };
  };
  const quick = await of('quick', { budgets: 'none', rates: { rpm: 1 } });
  return [
    await of('poor', { budgets: { day: 0.000_000_001 } }),
    await of('narrow', { budgets: 'none', models: ['lab/other'] }),
    quick,
    quick,
    quick,
  ];
}
