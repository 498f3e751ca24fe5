import type { Held } from '../support/held.ts';
import { soak } from '../support/ric/soak.ts';
import { table } from './printed.ts';

// Whether a deployed gateway loses anything in the long run: many calls through the real runtime client, one after the
// other in one environment and then all at once in another, and the books of all who keep some.

const EARLY = 1_000;
const [sequential = 10_000, parallel = 200] = process.argv.slice(2).map(Number);

const soaked = await soak({ sequential, parallel, early: Math.min(EARLY, sequential) });
const { answered, provider, records, tenant, early, late, atOnce, sequentialMs, parallelMs } = soaked;
const calls = sequential + parallel;
const books = Object.entries({ provider, 'call records': records, counter: tenant }).map(
  ([name, { calls, nanoDollars }]) => ({
    'books of': name,
    calls: String(calls),
    dollars: (nanoDollars / 1e9).toFixed(9),
  }),
);
const row = (environment: string, { megabytes, files }: Held, live = '') => ({
  environment,
  'resident MB': megabytes.toFixed(1),
  'live heap MB': live,
  'open files': String(files),
});
const held = [
  row(`after ${EARLY} calls, one at a time`, early, early.liveMegabytes.toFixed(1)),
  row(`after ${sequential}`, late, late.liveMegabytes.toFixed(1)),
  row(`after ${parallel} at once, in two threads`, atOnce),
];
const lost = calls - Math.min(answered, provider.calls, records.calls, tenant.calls);
const astray =
  Math.abs(provider.nanoDollars - records.nanoDollars) + Math.abs(provider.nanoDollars - tenant.nanoDollars);
process.stdout.write(
  `\nUnder the real runtime client: ${sequential} calls one after the other (${(sequentialMs / 1000).toFixed(0)} s), then ${parallel} at once (${(parallelMs / 1000).toFixed(1)} s)\n` +
    `settlements lost: ${lost}; nano-dollars astray: ${astray}\n\n${table(books)}\n\n${table(held)}\n`,
);
if (lost + astray > 0) process.exitCode = 1;
