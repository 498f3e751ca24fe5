import { expect, test } from 'vitest';
import type { Caller } from '../../../lib/caller.ts';
import type { Region } from '../../../lib/catalog/regions.ts';
import { type Config, emptyConfig } from '../../../lib/config/config.ts';
import { toGuards } from '../../../lib/pipeline/guardrails/guards.ts';
import { caller } from '../../support/world.ts';

const at = (region: string): Config => ({
  ...emptyConfig,
  providers: { bedrock: { region } },
  guardrails: {
    here: { provider: 'bedrock', guardrail: 'gr1' },
    wide: { provider: 'bedrock', guardrail: 'gr2', regions: ['eu', 'uk'] },
  },
});

const through = (name: string, ...regions: Region[]): Caller => ({
  ...caller,
  requires: [{ by: 'tenant acme', regions }],
  guard: { input: [name] },
});

test('a guardrail is judged where its provider is, or where its operator says', () => {
  expect(toGuards({}, through('here', 'eu'), at('eu-central-1'))?.input).toMatchObject([{ name: 'here' }]);
  expect(toGuards({}, through('wide', 'eu', 'uk'), at('eu-central-1'))?.input).toMatchObject([{ name: 'wide' }]);
  expect(() => toGuards({}, through('wide', 'eu'), at('eu-central-1'))).toThrow(
    'The guardrail wide may process data in eu and uk; tenant acme requires eu.',
  );
  expect(() => toGuards({}, through('here', 'eu'), at('us-east-1'))).toThrow(
    'The guardrail here may process data in us; tenant acme requires eu.',
  );
});

test('a window is never smaller than what is kept back behind it', () => {
  const guarded = { ...caller, guard: { output: ['here'], window: 50, holdback: 400 } };
  expect(toGuards({}, guarded, at('eu-central-1'))).toMatchObject({ window: 400, holdback: 400, onFailure: 'closed' });
});
