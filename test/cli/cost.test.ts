import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cost } from '../../lib/cli/cost.ts';
import { costFlags, toWorkload } from '../../lib/cli/cost-flags.ts';
import { readOptions } from '../../lib/cli/options.ts';
import { usualWorkload } from '../../lib/cost/workload.ts';
import { root } from '../support/gateway.ts';
import { sluice } from '../support/sluice.ts';

const workloadOf = (...words: string[]) => toWorkload(readOptions(words, costFlags).options);

describe('sluice cost', () => {
  test('prints what the README shows for the same words', async () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const [, words = '', shown] =
      /<!-- cost -->\n {4}npm run cost -- (.*)\n\n([\s\S]*?)\n<!-- \/cost -->/.exec(readme) ?? [];
    const { code, stdout, stderr } = await sluice(['cost', ...words.split(' ')]);
    expect([code, stderr]).toEqual([0, '']);
    const indented = stdout.trimEnd().replace(/^(?=.)/gm, '    ');
    expect(shown, 'paste what it prints, four spaces in').toBe(indented);
  });

  test('idles at what the README says, less what is free for every account', async () => {
    const [, said] = /then it idles at \$([\d.]+) a month/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    const { doors } = JSON.parse((await sluice(['cost', '--free-tier', '--json'])).stdout);
    for (const { idle } of Object.values<Told>(doors)) expect((idle.costNanoUsd / 1e9).toFixed(2)).toBe(said);
  });

  test('prints JSON for programs, with the sources of its prices', async () => {
    const { code, stdout } = await sluice(['cost', '--calls', '2e6', '--no-traces', '--json']);
    expect(code).toBe(0);
    const { workload, doors, prices, baseline } = JSON.parse(stdout);
    expect(workload).toEqual({ ...usualWorkload, calls: 2_000_000, traced: false });
    expect(doors['rest-api'].costNanoUsd - doors['function-url'].costNanoUsd).toBe(7_000_000_000);
    expect(doors['web-function'].lines[0]).toEqual({ name: 'Lambda requests', costNanoUsd: null });
    expect(doors['web-function'].breakEvenCalls).toBeUndefined();
    expect(baseline).toMatchObject({ costNanoUsd: 378_100_000_000 });
    expect(prices.trace.source).toMatch(/^https:/);
  });

  test('refuses what it cannot reckon with, and says what it takes', async () => {
    const { code, stdout, stderr } = await sluice(['cost', '--call', '5']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('sluice: There is no option --call. Did you mean --calls?\n');
  });
});

describe('a flag', () => {
  test('is read in the unit its name says', () => {
    expect(workloadOf()).toEqual(usualWorkload);
    expect(workloadOf('--calls', '1.5e6', '--seconds', '0.25', '--answer-kb', '2.5', '--free-tier')).toMatchObject({
      calls: 1_500_000,
      callMs: 250,
      answerBytes: 2_500,
      freeTier: true,
    });
  });

  test.each([
    ['--calls', '-1', 'a whole number from 0 to 1000000000, such as 1e6; not "-1"'],
    ['--calls', '1.5', 'a whole number'],
    ['--calls', '1e99', 'a whole number'],
    ['--calls', 'many', 'a whole number'],
    ['--seconds', '901', 'a number from 0.001 to 900, such as 2.5; not "901"'],
    ['--memory', '64', 'from 128 to 10240'],
    ['--scopes', '5', 'from 0 to 4'],
    ['--captured', '101', 'from 0 to 100'],
  ])('is refused where it says nothing possible: %s %s', (name, value, said) => {
    expect(() => workloadOf(`${name}=${value}`)).toThrow(
      `${name} takes ${said}`.replace(/takes from/, 'takes a whole number from'),
    );
  });

  test('is told of in the help, each one', () => {
    for (const name of Object.keys(costFlags)) expect(cost.help).toContain(`--${name}`);
  });
});

type Told = { readonly idle: { readonly costNanoUsd: number } };
