import { expect, test } from 'vitest';
import { remarksOn } from '../../lib/cli/config-remarks.ts';
import { readConfig } from '../../lib/config/read.ts';
import { providerProblems } from '../../lib/providers/index.ts';

const remarks = (text: string) => remarksOn(readConfig(text, 'sluice.config.yaml', providerProblems));

test('a part of a route that is never called, or not everywhere, is remarked on', () => {
  const text = `providers:
  openai: { credential: secret:sluice/openai }
  lab: { kind: openai-compatible, baseUrl: "https://lab.example/v1" }
models:
  fast: openai/gpt-4o-mini
  support: { inOrder: [fast, gemini/gemini-2.5-pro, bedrock/us.anthropic.claude-sonnet-4-6, openai/gpt-4omini-x], larger: lab/m }
`;
  expect(remarks(text)).toEqual([
    'models.support.inOrder.1 leads to gemini/gemini-2.5-pro, but providers does not name gemini: it is called only by a gateway that has its key in the environment.',
    expect.stringMatching(/^models\.support\.inOrder\.3 leads to openai\/gpt-4omini-x, whose price is not known: /),
    expect.stringMatching(/^models\.support\.larger leads to lab\/m, whose price is not known: /),
  ]);
});

test('where all can be called there is nothing to remark', () => {
  expect(remarks('models: { m: { inOrder: [sluice/echo, bedrock/us.anthropic.claude-sonnet-4-6] } }')).toEqual([]);
});

test('what questions are to be compared by, and cannot, is remarked on where any are to be', () => {
  const embeddings = 'embeddings: { model: openai/embed-x }';
  const remark = [expect.stringMatching(/^cache\.embeddings\.model is openai\/embed-x, whose price is not known: /)];
  expect(remarks(`cache: { mode: semantic, ${embeddings} }`)).toEqual(remark);
  expect(remarks(`cache: { ${embeddings} }\nmodels: { m: { use: sluice/echo, cache: { mode: semantic } } }`)).toEqual(
    remark,
  );
  expect(remarks(`cache: { mode: exact, ${embeddings} }`)).toEqual([]);
  expect(remarks('cache: { mode: semantic }')).toEqual([]);
});
