import { expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { endedWith } from '../../lib/pipeline/ended.ts';
import { targets } from '../support/labs.ts';

const [target] = targets({ lab: 'https://lab.example/v1' });
if (target === undefined) throw new Error('There is a target.');
const known = { ...target, name: 'openai/gpt-4o' };
type Code = ConstructorParameters<typeof GatewayError>[0];
type Details = Partial<ConstructorParameters<typeof GatewayError>[1]>;

/** What is told of a target whose call ended so, after 5 s; `made up` for a name that only its caller spelled. */
function ended(code: Code, details: Details = {}, how: 'usual' | 'hurried' | 'made up' = 'usual', silentMs = 5_000) {
  const failure = new GatewayError(code, { message: 'x', provider: 'lab', ...details });
  const step = { target: target ?? known, timeouts: {}, named: how === 'made up' };
  return endedWith(failure, { step, silentMs, streams: true, hurried: how === 'hurried' });
}

test.each([
  ['provider_overloaded', { retryAfterMs: 7_000 }, { as: 'failed', restMs: 7_000 }],
  ['provider_error', {}, { as: 'failed' }],
  ['provider_unreachable', { unreached: true }, { as: 'failed' }],
  ['timeout', {}, { as: 'silent', afterMs: 5_000 }],
  ['timeout', { upstreamStatus: 504 }, { as: 'failed' }],
  ['provider_credentials', {}, { as: 'broken' }],
  ['model_not_found', {}, { as: 'broken' }],
  ['context_length_exceeded', {}, { as: 'answered' }],
  ['invalid_request_error', {}, { as: 'answered' }],
  ['content_filter', {}, { as: 'answered' }],
  ['rate_limit_exceeded', { ofRequest: true }, { as: 'answered' }],
] as const)('a %s of a provider %j says of its target %j', (code, details, said) => {
  expect(ended(code, details)).toEqual({ ...said, ...(said.as === 'failed' && { restMs: undefined, ...said }) });
});

test('what is ours, or the caller’s, says nothing of a target', () => {
  for (const code of ['internal_error', 'timeout', 'client_closed'] as const)
    expect(ended(code, { provider: undefined as never })).toBeUndefined();
});

test('a caller in a hurry closes no target to others, but hides no failure either', () => {
  expect(ended('timeout', {}, 'hurried')).toBeUndefined();
  expect(ended('timeout', { unreached: true }, 'hurried')).toMatchObject({ as: 'silent' });
  expect(ended('timeout', { upstreamStatus: 504 }, 'hurried')).toMatchObject({ as: 'failed' });
  expect(ended('timeout', {}, 'hurried', 10_000)).toEqual({ as: 'failed' });
});

test('a silence that is long for anybody counts as a failure, whoever’s patience ended it', () => {
  const nobody = { provider: undefined as never };
  for (const code of ['timeout', 'client_closed'] as const) {
    expect(ended(code, nobody, 'usual', 9_999)).toBeUndefined();
    expect(ended(code, nobody, 'usual', 10_000)).toEqual({ as: 'failed' });
  }
});

test('a name that a caller made up is no broken target, one of the catalog is', () => {
  expect(ended('model_not_found', {}, 'made up')).toBeUndefined();
  const failure = new GatewayError('model_not_found', { message: 'x', provider: 'openai' });
  const call = { step: { target: known, timeouts: {}, named: true }, streams: true, hurried: false };
  expect(endedWith(failure, call)).toEqual({ as: 'broken' });
});
