import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bedrockGuardrail, bedrockGuardrailProblem } from '../../../lib/providers/guardrails/bedrock.ts';
import { thrownBy } from '../../support/bytes.ts';

const place = { baseUrl: '', region: 'eu-central-1' };
const settings = { provider: 'bedrock', guardrail: 'gr1a2b3c4d5e', version: '2' };
const house = bedrockGuardrail(settings, place);

/** An answer in the shape that ApplyGuardrail documents. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html */
const answered = (action: string, assessments: readonly object[] = [], usage: object = {}) =>
  house.fromProvider(
    JSON.stringify({
      usage: { topicPolicyUnits: 1, contentPolicyUnits: 1, wordPolicyUnits: 1, ...usage },
      action,
      actionReason: 'Guardrail blocked.',
      outputs: [{ text: 'Sorry, I cannot say that.' }],
      assessments,
    }),
    'bedrock',
  );
const blockedFor = (...assessments: object[]) => answered('GUARDRAIL_INTERVENED', assessments).blocked;

describe('a question to a guardrail', () => {
  test.each([
    ['input', 'INPUT'],
    ['output', 'OUTPUT'],
  ] as const)(
    'on the %s asks that text alone, in that guardrail and version, where its provider is',
    (side, source) => {
      const asked = house.toProvider('Is "this" fine?', side);
      expect(asked).toEqual({
        via: 'guardrail',
        region: 'eu-central-1',
        guardrail: 'gr1a2b3c4d5e',
        version: '2',
        body: `{"source":"${source}","content":[{"text":{"text":"Is \\"this\\" fine?"}}]}`,
      });
    },
  );

  test('goes to the address that is configured, and to the draft where no version is', () => {
    const own = bedrockGuardrail(
      { provider: 'bedrock', guardrail: 'x1' },
      { ...place, baseUrl: 'https://vpce.example' },
    );
    expect(own.toProvider('a', 'input')).toMatchObject({ endpoint: 'https://vpce.example', version: 'DRAFT' });
    expect([own.model, house.model]).toEqual(['guardrail/x1:DRAFT', 'guardrail/gr1a2b3c4d5e:2']);
  });
});

describe('a verdict', () => {
  test('of a guardrail that does nothing lets the text pass, whatever it looked at', () => {
    const seen = { contentPolicy: { filters: [{ type: 'HATE', confidence: 'LOW', action: 'NONE', detected: true }] } };
    expect(answered('NONE', [seen]).blocked).toEqual([]);
  });

  test('of what has no name is by its kind, whatever stands in the place of the name', () => {
    for (const name of [undefined, null, '', 7, [], { toString: 1, valueOf: 1 }])
      expect(blockedFor({ topicPolicy: { topics: [{ name, action: 'BLOCKED' }] } })).toEqual(['topic']);
  });

  test.each([
    ['a topic', { topicPolicy: { topics: [{ name: 'finance', type: 'DENY', action: 'BLOCKED' }] } }, 'topic finance'],
    [
      'a content',
      { contentPolicy: { filters: [{ type: 'HATE', confidence: 'HIGH', filterStrength: 'LOW', action: 'BLOCKED' }] } },
      'content HATE',
    ],
    ['a word of the operator', { wordPolicy: { customWords: [{ match: 'heck', action: 'BLOCKED' }] } }, 'word'],
    [
      'a word of the service',
      { wordPolicy: { managedWordLists: [{ match: 'heck', type: 'PROFANITY', action: 'BLOCKED' }] } },
      'word PROFANITY',
    ],
    [
      'personal data',
      { sensitiveInformationPolicy: { piiEntities: [{ match: 'heck', type: 'EMAIL', action: 'BLOCKED' }] } },
      'personal EMAIL',
    ],
    [
      'personal data it would mask',
      { sensitiveInformationPolicy: { piiEntities: [{ match: 'heck', type: 'NAME', action: 'ANONYMIZED' }] } },
      'personal NAME',
    ],
    [
      'a pattern',
      {
        sensitiveInformationPolicy: { regexes: [{ name: 'ticket', match: 'heck', regex: 'h.ck', action: 'BLOCKED' }] },
      },
      'pattern ticket',
    ],
    [
      'grounding',
      {
        contextualGroundingPolicy: { filters: [{ type: 'GROUNDING', threshold: 0.7, score: 0.1, action: 'BLOCKED' }] },
      },
      'grounding GROUNDING',
    ],
    ['nothing that it names', { automatedReasoningPolicy: { findings: [{ invalid: {} }] } }, 'intervened'],
  ])('that intervenes for %s says so, and not what was matched', (_, assessment, reason) => {
    expect(blockedFor(assessment)).toEqual([reason]);
    expect(JSON.stringify(blockedFor(assessment))).not.toContain('heck');
  });

  test('names each thing once, in order, and leaves out what was only seen', () => {
    const topic = (name: string, action: string) => ({ topicPolicy: { topics: [{ name, type: 'DENY', action }] } });
    const word = {
      wordPolicy: {
        customWords: [
          { match: 'a', action: 'BLOCKED' },
          { match: 'b', action: 'BLOCKED' },
        ],
      },
    };
    expect(
      blockedFor(word, topic('wine', 'BLOCKED'), topic('cheese', 'NONE'), topic('ale', 'BLOCKED'), topic('wine', 'x')),
    ).toEqual(['topic ale', 'topic wine', 'word']);
    expect(blockedFor(topic('x'.repeat(1000), 'BLOCKED'))).toEqual([`topic ${'x'.repeat(100)}`]);
  });

  test.each([
    '',
    '<html>',
    'null',
    '[]',
    '{}',
    '{"action":null}',
    '{"action":"none"}',
    '{"action":["NONE"]}',
    '{"message":"Busy."}',
  ])('is not to be had from %s', (body) => {
    expect(thrownBy(() => house.fromProvider(body, 'bedrock'))).toMatchObject({
      code: 'provider_error',
      blame: 'moment',
    });
  });
});

describe('the cost of a question', () => {
  test('is that of the units reported, by policy; words and own patterns are free', () => {
    const usage = {
      contentPolicyUnits: 2,
      topicPolicyUnits: 3,
      wordPolicyUnits: 50,
      sensitiveInformationPolicyUnits: 5,
      sensitiveInformationPolicyFreeUnits: 50,
      contextualGroundingPolicyUnits: 7,
      automatedReasoningPolicyUnits: 11,
      automatedReasoningPolicies: 2,
    };
    const cents = 2 * 150_000 + 3 * 150_000 + 5 * 100_000 + 7 * 100_000 + 11 * 170_000;
    expect(answered('NONE', [], usage).nanoDollars).toBe(cents);
    expect(answered('GUARDRAIL_INTERVENED', [], usage).nanoDollars).toBe(cents);
  });

  test('is that of the units of its largest policy, where the operator says what a unit costs', () => {
    const own = bedrockGuardrail({ ...settings, usdPerThousandUnits: 0.3 }, place);
    const usage = { contentPolicyUnits: 2, topicPolicyUnits: 3, wordPolicyUnits: 50 };
    expect(own.fromProvider(JSON.stringify({ action: 'NONE', usage }), 'bedrock').nanoDollars).toBe(900_000);
    const free = bedrockGuardrail({ ...settings, usdPerThousandUnits: 0 }, place);
    expect(free.fromProvider(JSON.stringify({ action: 'NONE', usage }), 'bedrock').nanoDollars).toBe(0);
  });

  test('is not known where no usage is reported, and nothing where it is none that is a number', () => {
    expect(house.fromProvider('{"action":"NONE"}', 'bedrock').nanoDollars).toBeUndefined();
    expect(answered('NONE', [], { contentPolicyUnits: -1, topicPolicyUnits: '9' }).nanoDollars).toBe(0);
  });

  test('is never above what was held for it, whatever its policies report for a text of that length', () => {
    const policies = fc.record({
      contentPolicyUnits: fc.nat(1),
      topicPolicyUnits: fc.nat(1),
      wordPolicyUnits: fc.nat(1),
      sensitiveInformationPolicyUnits: fc.nat(1),
      sensitiveInformationPolicyFreeUnits: fc.nat(1),
      contextualGroundingPolicyUnits: fc.nat(1),
      automatedReasoningPolicyUnits: fc.nat(2), // a guardrail has up to two of these
    });
    const price = fc.option(fc.double({ min: 0, max: 1000, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25_000 }), policies, price, (length, times, usdPerThousandUnits) => {
        const dialect = bedrockGuardrail({ ...settings, usdPerThousandUnits }, place);
        const units = Math.ceil(length / 1000);
        const usage = Object.fromEntries(Object.entries(times).map(([policy, many]) => [policy, many * units]));
        const { nanoDollars } = dialect.fromProvider(JSON.stringify({ action: 'NONE', usage }), 'bedrock');
        expect(dialect.ceiling('x'.repeat(length))).toBeGreaterThanOrEqual(Number(nanoDollars));
      }),
    );
  });
});

describe('the settings of a guardrail', () => {
  const arn = (region: string) => `arn:aws:bedrock:${region}:123456789012:guardrail/gr1a2b3c4d5e`;
  const problem = (changed: object) => bedrockGuardrailProblem({ ...settings, ...changed }, place);

  test.each([
    [{}],
    [{ version: undefined }],
    [{ version: 'DRAFT' }],
    [{ guardrail: arn('eu-central-1') }],
    [{ guardrail: 'arn:aws-us-gov:bedrock:eu-central-1:123456789012:guardrail/x1' }],
  ])('are right with %j', (changed) => {
    expect(problem(changed)).toBeUndefined();
  });

  test.each([
    [{ guardrail: undefined }, 'needs guardrail: its id'],
    [{ guardrail: 'House' }, 'needs guardrail: its id'],
    [{ guardrail: 'a/../b' }, 'needs guardrail: its id'],
    [{ guardrail: 'arn:aws:bedrock:eu-central-1:1:guardrail/x1' }, 'needs guardrail: its id'],
    [{ guardrail: arn('us-east-1') }, 'has a guardrail in us-east-1, and its provider is in eu-central-1'],
    [{ version: '0' }, 'must have a version such as "1", or DRAFT'],
    [{ version: 'draft' }, 'must have a version'],
    [{ version: '123456789' }, 'must have a version'],
  ])('are wrong with %j, and why is said', (changed, said) => {
    expect(problem(changed)).toContain(said);
  });
});

test.each([
  [429, 'ThrottlingException', 'rate_limit_exceeded', 'moment'],
  [403, 'AccessDeniedException', 'provider_credentials', 'target'],
  [404, 'ResourceNotFoundException', 'model_not_found', 'target'],
  [503, 'ServiceUnavailableException', 'provider_overloaded', 'moment'],
])('a refusal of %i %s is %s', (status, type, code, blame) => {
  const body = '{"message":"No guardrail arn:aws:bedrock:eu-central-1:123456789012:guardrail/x1 here."}';
  const error = house.toError(status, { 'x-amzn-errortype': type, 'retry-after': '7' }, body, 'bedrock');
  expect(error).toMatchObject({ code, blame, details: { upstreamStatus: status, retryAfterMs: 7000 } });
  expect(error.message).not.toContain('123456789012');
});
