import { afterAll, describe, test } from 'vitest';
import { fields } from './fields.ts';

/** Of the million that `npm run fuzz` throws; what fails prints the seed by which it fails again. */
const INPUTS = 8_000;

const opened = await Promise.all(fields.map((open) => open()));
const shares = opened.reduce((sum, { share }) => sum + share, 0);
afterAll(() => Promise.all(opened.map(({ close }) => close())));

describe('hostile input breaks nothing, keeps nobody waiting and is told in form', () => {
  test.each(opened.map((field) => [field.name, field] as const))('%s', (_, { throwAt, share }) =>
    throwAt(Math.ceil((INPUTS * share) / shares)),
  );
});
