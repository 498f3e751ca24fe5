import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { contextOf } from '../../infra/context.ts';
import { root } from '../support/gateway.ts';

const given = (context: Readonly<Record<string, unknown>>) =>
  contextOf(new App({ context: { ...cdkJson.context, ...context } }));

test('a context value is what was given, and one that nobody asked for is a slip', () => {
  const { asked, refuseOthers } = given({ waf: 'true', wafs: 'true' });
  expect([asked('waf'), asked('domain')]).toEqual(['true', undefined]);
  expect(refuseOthers).toThrow('There is no context value wafs; there are domain, waf.');
});

test("CDK's own values are none of ours", () => {
  const { refuseOthers } = given({ 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:newer': true });
  expect(refuseOthers).not.toThrow();
});

test('every context value is told in the README', () => {
  const infra = join(root, 'infra');
  const text = readdirSync(infra)
    .map((file) => readFileSync(join(infra, file), 'utf8'))
    .join('\n');
  const names = new Set([...text.matchAll(/\b(?:asked|context|wanted|number)\('(\w+)'/g)].map(([, name = '']) => name));
  expect(names.size).toBeGreaterThan(18);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect([...names].filter((name) => !new RegExp(`-c ${name}=|\`${name}(=[^\`]*)?\``).test(readme))).toEqual([]);
});
