import { type Row, streams } from './row.ts';
import { cuts, ends, says, stalls } from './strikes.ts';

/** Gemini counts what there is so far with every piece. */
const owed = { usual: 'bound', gemini: 'usage' } as const;

/**
 * Faults that come when some of the answer is here. Who reads it as a stream is told in the stream, and nobody else is
 * asked; who waits for the whole has seen nothing, and the second target answers.
 */
export const afterContent: readonly Row[] = [
  {
    fault: 'cuts its answer off',
    does: says(({ opening, said }) => [opening, said], cuts),
    told: 'reset',
    owed,
  },
  {
    fault: 'stalls in its answer',
    does: says(({ opening, said }) => [opening, said], stalls),
    timeouts: { betweenTokensMs: 400 },
    told: 'timeout',
    owed,
  },
  {
    fault: 'goes on with what cannot be read',
    does: says(({ opening, said, malformed }) => [opening, said, malformed], ends),
    told: { usual: 'failed', bedrock: 'reset' },
    owed,
  },
  {
    fault: 'says an error in its answer',
    does: says(({ opening, said, failing }) => [opening, said, failing], ends),
    only: streams,
    told: { usual: 'failed', gemini: 503 },
    owed,
  },
  {
    fault: 'ends in the middle of its answer',
    does: says(({ opening, said }) => [opening, said], ends),
    told: { usual: 'cut', 'openai whole': 'failed' },
    owed,
  },
  {
    fault: 'ends its answer without a finish',
    does: says(({ opening, said, unfinished }) => [opening, said, unfinished], ends),
    told: 'cut',
    owed: { ...owed, 'openai whole': 'usage' },
  },
];
