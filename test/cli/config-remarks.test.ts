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

test('what breaks a rule over all is remarked on, and a route of which nothing is left', () => {
  const text = `providers:
  openai: { credential: secret:sluice/openai }
  bedrock: { region: eu-central-1 }
  lab: { kind: openai-compatible, baseUrl: "https://lab.example/v1", regions: [eu] }
prices: { lab/*: { input: 1, output: 2 } }
models:
  fast: openai/gpt-4o-mini
  support: { inOrder: [fast, lab/m, bedrock/global.anthropic.claude-sonnet-4-6] }
  outside: { split: [{ share: 50, use: fast }, { share: 50, use: openai/gpt-4o }] }
`;
  const openai = 'which is never called: it may process data in any region; defaults.requires requires eu.';
  expect(remarks(`${text}defaults: { requires: { regions: [eu] } }\n`)).toEqual([
    `models.fast leads to openai/gpt-4o-mini, ${openai}`,
    'models.fast has no target left: its calls are refused (no_compliant_target).',
    `models.support.inOrder.2 leads to bedrock/global.anthropic.claude-sonnet-4-6, ${openai}`,
    `models.outside.split.1.use leads to openai/gpt-4o, ${openai}`,
    'models.outside has no target left: its calls are refused (no_compliant_target).',
  ]);
  expect(remarks(text)).toEqual([]);
  const semantic = `${text}cache: { mode: semantic, embeddings: { model: openai/text-embedding-3-small } }\n`;
  expect(
    remarks(`${semantic}defaults: { requires: { providers: [lab, openai, bedrock], retention: none } }`),
  ).toContain(
    'cache.embeddings.model leads to openai/text-embedding-3-small, which is never called: it may keep data for 30 days; defaults.requires requires zero data retention.',
  );
});
