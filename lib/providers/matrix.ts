import { readFileSync, writeFileSync } from 'node:fs';
import { type Fate, fates } from './parameters.ts';

const marks: Readonly<Record<Fate, string>> = {
  passed: 'passed',
  translated: 'yes',
  dropped: 'dropped',
  refused: '400',
};

const dialects = ['openai', 'anthropic', 'gemini', 'converse', 'cohere'] as const;
const titles = ['OpenAI and compatible', 'Anthropic', 'Gemini', 'Bedrock', 'Cohere'];

/** What becomes of each parameter in each dialect, as a table for the README. */
export function matrix(): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['parameter', ...titles]),
    row(['---', ...titles.map(() => '---')]),
    ...fates.map(({ parameter, fate }) =>
      row([`\`${parameter}\``, ...dialects.map((dialect) => marks[fate[dialect]])]),
    ),
  ].join('\n');
}

/** The README with the table as it is now. */
export function withMatrix(readme: string): string {
  return readme.replace(
    /(<!-- parameters -->\n)[\s\S]*?(\n<!-- \/parameters -->)/,
    (_, before, after) => `${before}${matrix()}${after}`,
  );
}

// `npm run matrix` writes it.
if (import.meta.main) {
  const readme = new URL('../../README.md', import.meta.url);
  writeFileSync(readme, withMatrix(readFileSync(readme, 'utf8')));
}
