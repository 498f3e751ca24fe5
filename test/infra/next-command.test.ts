import { expect, test } from 'vitest';
import { deployedOperator } from '../cli/deployed-operator.ts';
import { synthesized } from './synthesized.ts';

const { deployed, called, typedAnywhere } = deployedOperator();

/** The output as CloudFormation fills it in. */
function nextCommand(region: string): string {
  const value = synthesized().gateway.findOutputs('NextCommand').NextCommand?.Value;
  const parts: readonly (string | object)[] = value['Fn::Join']?.[1] ?? [value];
  return parts.map((part) => (typeof part === 'string' ? part : region)).join('');
}

test('what a deploy says to do next makes a tenant and its first key, also where the environment names no region', async () => {
  deployed({ DefaultBudgets: '{"day":25}' });
  called('arn:aws:sts::123456789012:assumed-role/Operators/ada');
  const said: string[] = [];
  for (const command of nextCommand('eu-central-1').split(' && ')) {
    const [npm, run, sluice, dashes, ...words] = command.split(' ');
    expect([npm, run, sluice, dashes]).toEqual(['npm', 'run', 'sluice', '--']);
    const { code, stdout, stderr } = await typedAnywhere(words);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    said.push(stdout);
  }
  expect(said[0]).toContain('acme');
  expect(said.at(-1)).toMatch(/sk-sluice-\w+/);
});

test('the region that the deploy went to by AWS_DEFAULT_REGION is that of what is done next', async () => {
  deployed({ DefaultBudgets: '{"day":25}' });
  const words = ['tenants', 'list'];
  expect(await typedAnywhere(words, { AWS_DEFAULT_REGION: 'eu-central-1' })).toMatchObject({ code: 0 });
  const nowhere = await typedAnywhere(words);
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('Region is missing')]);
});
