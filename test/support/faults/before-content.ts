import { type Row, streams } from './row.ts';
import { cuts, ends, gives, hangsUp, keepsSilent, refuses, says, stalls } from './strikes.ts';

const page = '<!doctype html><title>Sign in</title>';

/** Faults that come before a client can have seen anything: the second target answers everybody. */
export const beforeContent: readonly Row[] = [
  ...[302, 401, 402, 403, 404, 408, 429, 500, 502, 503, 504, 529].map(
    (status): Row => ({
      fault: `says ${status}`,
      does: refuses(status),
      told: status,
      owed: 'nothing',
    }),
  ),
  {
    fault: 'says 429 and asks for seven seconds',
    does: refuses(429, { 'retry-after': '7' }),
    told: 429,
    owed: 'nothing',
  },
  { fault: 'is not there', does: keepsSilent, absent: true, told: 'reset', owed: 'nothing' },
  { fault: 'resets before its headers', does: hangsUp, told: 'reset', owed: 'nothing' },
  { fault: 'cuts off after its headers', does: says(({ opening }) => [opening], cuts), told: 'reset', owed: 'bound' },
  {
    fault: 'never answers',
    does: keepsSilent,
    timeouts: { firstTokenMs: 400 },
    told: 'timeout',
    owed: 'bound',
  },
  {
    fault: 'never answers a caller with little patience',
    does: keepsSilent,
    headers: { 'x-sluice-first-token-ms': '1000' },
    told: 'timeout',
    owed: 'bound',
  },
  {
    fault: 'says nothing after its headers',
    does: says(() => [], stalls),
    timeouts: { firstTokenMs: 400 },
    told: 'timeout',
    owed: 'bound',
  },
  {
    fault: 'stalls before its first content',
    does: says(({ opening }) => [opening], stalls),
    timeouts: { firstTokenMs: 400 },
    only: streams,
    told: 'timeout',
    owed: 'bound',
  },
  {
    fault: 'gives a body that is broken JSON',
    does: gives('application/json', () => '{"id":"chatcmpl-1","choi'),
    told: { usual: 'failed', gemini: 'cut', bedrock: 'cut' },
    owed: { usual: 'bound', gemini: 'nothing', bedrock: 'nothing' }, // no event of it can be read
  },
  {
    fault: 'begins with what cannot be read',
    does: says(({ malformed }) => [malformed], ends),
    told: { usual: 'failed', bedrock: 'reset' },
    owed: { usual: 'bound', 'openai whole': 'nothing' }, // which does not even begin as an answer
  },
  {
    fault: 'gives a web page',
    does: gives('text/html', () => page),
    told: { usual: 'failed', bedrock: 'cut' },
    owed: 'nothing',
  },
  {
    fault: 'gives an empty body',
    does: says(() => [], ends),
    told: { usual: 'cut', 'openai whole': 'failed' },
    owed: 'nothing',
  },
  {
    fault: 'gives an error as JSON where an answer should be',
    does: gives('application/json', ({ error }) => error),
    told: { usual: 'failed', gemini: 503, bedrock: 'cut' },
    owed: 'nothing',
  },
  {
    fault: 'begins with an error',
    does: says(({ failing }) => [failing], ends),
    only: streams,
    told: { usual: 'failed', gemini: 503 },
    owed: 'nothing',
  },
  {
    fault: 'says an error before its first content',
    does: says(({ opening, failing }) => [opening, failing], ends),
    only: streams,
    told: { usual: 'failed', gemini: 503 },
    owed: 'nothing',
  },
];
