import { describe, expect, test, vi } from 'vitest';
import { configStore } from '../../lib/aws/config-store.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { connect } from '../../lib/cli/connect.ts';
import { doctor } from '../../lib/cli/doctor.ts';
import { guardFlags } from '../../lib/cli/guard-flags.ts';
import { editsOf, optionsOf } from '../../lib/cli/limit-flags.ts';
import { commonOptions, readOptions } from '../../lib/cli/options.ts';
import type { Deed } from '../../lib/cli/outcome.ts';
import { tenants } from '../../lib/cli/tenants.ts';
import { toContent } from '../../lib/config/content.ts';
import { thrownBy } from '../support/bytes.ts';
import { operator } from './operator.ts';

const { tables, dataDir } = operator();

/** What a deed finds, and what it says of it, without a process of its own. */
async function done(deed: Deed | undefined, ...words: string[]) {
  vi.stubEnv('SLUICE_DATA_DIR', dataDir);
  const { options, positionals } = readOptions([...words, '--local'], { ...commonOptions, ...deed?.takes });
  const connection = await connect(options);
  try {
    const outcome = await deed?.act({ operands: positionals, options, connect: async () => connection });
    if (outcome === undefined || 'said' in outcome) throw new Error('The deed found nothing.');
    return outcome;
  } finally {
    connection.close();
    vi.unstubAllEnvs();
  }
}
const { set, get } = tenants.deeds;
const check = doctor.deeds[''];

describe("a tenant's guardrails", () => {
  test('are set by flags, shown, and taken back', async () => {
    const flags = ['--guard-input', 'house, moderation,house', '--guard-output', 'none', '--guard-failure', 'open'];
    const numbers = ['--guard-window', '500', '--guard-holdback', '0', '--guard-delay-ms', '250'];
    const features = ['--feature-guard-input', 'support=house', '--feature-guard-output', 'support=house,late'];
    const policy = { input: ['house', 'moderation'], onFailure: 'open', holdback: 0, delayMs: 250 };
    expect((await done(set, 'acme', ...flags, ...numbers, ...features)).data).toMatchObject({
      guard: { ...policy, output: [], window: 500 },
      features: { support: { guard: { input: ['house'], output: ['house', 'late'] } } },
    });
    const { text } = await done(get, 'acme');
    expect(text).toMatch(
      /^guardrails +input house, moderation; output none; open; window 500; holdback 0; delay 250 ms$/m,
    );
    expect(text).toMatch(/^support: guardrails +input house; output house, late$/m);
    const some = ['--unset', 'guard-output', '--unset', 'guard-window', '--unset', 'feature-guard-input:support'];
    const { data } = await done(set, 'acme', ...some);
    expect(data).toHaveProperty('guard', policy);
    expect(data).toHaveProperty('features', { support: { guard: { output: ['house', 'late'] } } });
    const without = (await done(set, 'acme', '--unset', 'guard', '--unset', 'feature:support')).data;
    expect(without).not.toHaveProperty('guard');
    expect(without).not.toHaveProperty('remarks');
    expect((await done(get, 'acme')).text).not.toContain('guardrails');
  });

  test.each([
    [['--guard-input', 'House'], 'names of guardrails'],
    [['--guard-output', 'house,,late'], 'names of guardrails'],
    [['--guard-output', 'house,none'], 'none by itself'],
    [['--guard-failure', 'ajar'], 'closed, open'],
    [['--guard-window', '49'], 'from 50 to 25000'],
    [['--guard-holdback', '10001'], 'from 0 to 10000'],
    [['--guard-delay-ms', '0'], 'from 1 to 60000'],
    [['--guard-delay-ms', '1.5'], 'whole number'],
    [['--feature-guard-input', 'house'], 'FEATURE=VALUE'],
    [['--feature-guard-input', 'support='], 'names of guardrails'],
    [['--unset', 'feature-guard-output'], '--unset feature-guard-output:free-tier'],
  ])('%j is refused, with what to say instead', (words, said) => {
    const edits = () => editsOf(readOptions(words, optionsOf(guardFlags)).options, guardFlags);
    expect(String(thrownBy(edits))).toContain(said);
  });

  test('that the configuration in force does not have are remarked on, and found by the doctor', async () => {
    const remark = (name: string) => `The guardrail ${name} is not in the configuration in force: calls that go`;
    const flags = ['--guard-input', 'house,moderation', '--feature-guard-output', 'support=late'];
    expect((await done(set, 'early', ...flags)).data).toHaveProperty(
      'remarks',
      ['house', 'moderation', 'late'].map((name) => expect.stringContaining(remark(name))),
    );
    const client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
    const config = `providers: { openai: { credential: secret:sluice/openai } }
guardrails: { house: { provider: openai }, moderation: { provider: openai } }`;
    await configStore(client, localTableNames).apply(toContent(config), undefined);
    client.destroy();
    const { text } = await done(set, 'early', '--rpm', '5');
    expect(text).toContain(`within 5 seconds.\n${remark('late')}`);
    expect(text).not.toContain(remark('house'));
    const lost = {
      kind: 'unknown-guardrail',
      item: 'tenant#early',
      attribute: 'guard',
      message: expect.stringContaining('goes through the guardrail late, which is not in the configuration'),
    };
    expect((await done(check)).data).toHaveProperty('problems', expect.arrayContaining([lost]));
    await done(set, 'early', '--unset', 'features');
    expect(JSON.stringify((await done(check)).data)).not.toContain('unknown-guardrail');
  });
});
