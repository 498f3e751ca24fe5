import { readFileSync, writeFileSync } from 'node:fs';
import { type PublishedTerms, publishedTerms } from './published-terms.ts';
import type { Reach } from './regions.ts';

const effort: Readonly<Record<PublishedTerms['zero'], string>> = {
  always: 'nothing',
  setting: 'a setting',
  contract: 'its consent',
  unknown: 'unknown',
};

/** What is known of each provider's regions and retention, as a table for the README. */
export function termsTable(): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const titles = ['provider', 'where', 'kept', 'to keep nothing takes', 'besides', 'read'];
  return [
    row(titles),
    row(titles.map(() => '---')),
    ...Object.entries(publishedTerms)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, { hosts, retention, zero, note = '', sources, read }]) =>
        row([
          name,
          Object.entries(hosts).map(told).join('<br>') || (note === '' ? 'unknown' : 'see besides'),
          typeof retention === 'number' ? `${retention} days` : retention,
          effort[zero],
          note,
          `${read ?? 'not read'}: ${sources.map((source, at) => `[${at + 1}](${source})`).join(' ')}`,
        ]),
      ),
  ].join('\n');
}

const told = ([host, reach]: readonly [string, Reach]): string =>
  `\`${host}\` ${typeof reach === 'string' ? reach : reach.join(', ')}`;

/** The README with the table as it is now. */
export function withTerms(readme: string): string {
  return readme.replace(
    /(<!-- terms -->\n)[\s\S]*?(\n<!-- \/terms -->)/,
    (_, before, after) => `${before}${termsTable()}${after}`,
  );
}

// `npm run terms` writes it.
if (import.meta.main) {
  const readme = new URL('../../README.md', import.meta.url);
  writeFileSync(readme, withTerms(readFileSync(readme, 'utf8')));
}
