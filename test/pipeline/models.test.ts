import { expect, test } from 'vitest';
import type { Config } from '../../lib/config/config.ts';
import { serve } from '../../lib/pipeline/serve.ts';
import { labs } from '../support/labs.ts';
import { textOf } from '../support/replies.ts';
import { apiKey, caller, fakeWorld, visitOf } from '../support/world.ts';

const models: Config['models'] = {
  fast: 'lab/m',
  faster: 'fast',
  support: { inOrder: [{ use: 'lab/m', tries: 2 }, 'other/m'], larger: 'lab/l' },
  trial: {
    split: [
      { share: 95, use: 'support' },
      { share: 5, use: 'other/n' },
    ],
  },
};
const config = { ...labs({ lab: 'https://lab.example/v1', other: 'https://other.example/v1' }), models };

/** The operator's names as a key sees them that may call these. */
async function seenBy(...allowed: (readonly string[])[]) {
  const world = fakeWorld({ config, callers: { [apiKey]: { ...caller, allowed } } });
  const reply = await serve(visitOf('', { method: 'GET', path: '/v1/models' }), world);
  const { data } = JSON.parse(await textOf(reply));
  return Object.fromEntries(
    data.flatMap((each: Record<string, unknown>) =>
      String(each.id).includes('/') ? [] : [[each.id, each.alias_of ?? each.routes_to]],
    ),
  );
}

test('the names of the operator are listed with what they lead to', async () => {
  expect(await seenBy()).toEqual({
    fast: 'lab/m',
    faster: 'fast',
    support: ['lab/m', 'other/m', 'lab/l'],
    trial: ['lab/m', 'other/m', 'lab/l', 'other/n'],
  });
});

test('a key sees of them what it may call, and no name that leads to nothing else', async () => {
  expect(await seenBy(['other/*'])).toEqual({ support: ['other/m'], trial: ['other/m', 'other/n'] });
});
