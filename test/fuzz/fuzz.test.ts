import { describe, test } from 'vitest';
import { throwAt } from './field.ts';
import { fields } from './fields.ts';

/** Of the million that `npm run fuzz` throws; what fails prints the seed by which it fails again. */
const INPUTS = 8_000;

describe('hostile input breaks nothing, keeps nobody waiting and is told in form', async () => {
  const opened = await Promise.all(fields.map((open) => open()));
  const shares = opened.reduce((sum, { share }) => sum + share, 0);
  test.each(opened.map((field) => [field.name, field] as const))('%s', async (_, field) => {
    try {
      await throwAt(field, Math.ceil((INPUTS * field.share) / shares));
    } finally {
      await field.close();
    }
  });
});
