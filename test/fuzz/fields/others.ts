import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toEmbeddingRequest, toEmbeddingView } from '../../../lib/openai/embedding.ts';
import { readJson } from '../../../lib/openai/read-json.ts';
import { changed } from '../bytes.ts';
import { targetOf } from '../dialects.ts';
import { field } from '../field.ts';
import { bent, toText } from '../hostile.ts';
import { isCallers, isProviders } from '../promises.ts';
import { bentEmbedding } from '../questions.ts';
import { canLeave } from './dialects.ts';

const embedders = [
  ...['openai/text-embedding-3-small', 'azure/e', 'mistral/mistral-embed', 'gemini/gemini-embedding-001', 'lab/e'],
  ...[
    'vertex/text-embedding-005',
    'cohere/embed-v4.0',
    'bedrock/amazon.titan-embed-text-v2:0',
    'bedrock/cohere.embed-v4:0',
  ],
].flatMap((name) => {
  const target = targetOf(name);
  const dialect = target.provider.embed?.(target.model);
  return dialect === undefined ? [] : [{ target, dialect }];
});

const vectors = [
  {
    object: 'list',
    data: [
      { index: 0, embedding: [0.5, 1] },
      { index: 1, embedding: 'AAAAPwAAgD8=' },
    ],
    usage: { prompt_tokens: 3 },
  },
  { embeddings: [{ values: [0.5] }], metadata: { billableCharacterCount: 3 }, usageMetadata: { promptTokenCount: 2 } },
  { predictions: [{ embeddings: { values: [0.5], statistics: { token_count: 2, truncated: false } } }] },
  { id: 'e', embeddings: { float: [[0.5, 1]] }, meta: { billed_units: { input_tokens: 2 } } },
  { tokens: 2, answer: { embedding: [0.5], inputTextTokenCount: 2, embeddings: { float: [[1]] } } },
];

/** Embeddings, both ways. */
export const embeddings = field({
  name: 'embedding dialects',
  share: 40,
  inputs: fc.record({
    embedder: fc.constantFrom(...embedders),
    asked: bentEmbedding,
    answer: changed(
      bent(vectors).map((each) => Buffer.from(toText(each))),
      1,
    ),
  }),
  holds: ({ embedder: { target, dialect }, asked, answer }) => {
    try {
      canLeave(dialect.toProvider(toEmbeddingRequest(readJson(Buffer.from(toText(asked)))), target).outbound);
    } catch (error) {
      isCallers(error);
    }
    try {
      const stamp = { id: 'x', created: 1, model: target.model };
      const found = dialect.fromProvider(answer.toString(), { provider: target.provider.name, stamp });
      assert.ok(found.vectors.every((vector) => vector.every((each) => typeof each === 'number')));
      assert.ok(found.promptTokens === undefined || found.promptTokens >= 0);
      JSON.stringify(toEmbeddingView(found, 'base64'));
    } catch (error) {
      isProviders(error);
    }
  },
});

const judges = ['openai/m', 'lab/m', 'bedrock/m'].flatMap((name) => {
  const { provider } = targetOf(name);
  const dialect = provider.guard?.({ provider: provider.name, guardrail: 'abcdef123456', version: '1' });
  return dialect === undefined || typeof dialect === 'string' ? [] : [{ provider: provider.name, dialect }];
});

const verdicts = [
  { results: [{ flagged: true, categories: { hate: true, violence: false } }] },
  {
    action: 'GUARDRAIL_INTERVENED',
    assessments: [{ topicPolicy: { topics: [{ name: 'x', type: 'DENY', action: 'BLOCKED' }] } }],
    usage: { topicPolicyUnits: 1, contentPolicyUnits: 2 },
  },
  { action: 'NONE', assessments: [], usage: {} },
];

/** What guardrails say: a verdict, or a failure, by which nothing passes. */
export const guardrails = field({
  name: 'guardrail dialects',
  share: 20,
  inputs: fc.record({
    judge: fc.constantFrom(...judges),
    answer: changed(
      bent(verdicts).map((each) => Buffer.from(toText(each))),
      1,
    ),
  }),
  holds: ({ judge: { provider, dialect }, answer }) => {
    try {
      const { blocked, nanoDollars } = dialect.fromProvider(answer.toString(), provider);
      assert.ok(blocked.every((each) => typeof each === 'string' && each.length < 500));
      assert.ok(nanoDollars === undefined || (Number.isSafeInteger(nanoDollars) && nanoDollars >= 0));
    } catch (error) {
      isProviders(error);
    }
  },
});
