import { parseArgs } from 'node:util';
import { table } from '../bench/printed.ts';
import { type Field, MOST_BUSY_MS, MOST_WAITING_MS } from './field.ts';
import { fields } from './fields.ts';

// Throws hostile input at all that strangers' bytes reach, as much as is asked for. A few thousand of the same inputs are
// thrown in each run of the tests: test/fuzz/fuzz.test.ts.

const MOST_GROWTH_MB = 64;
const help = `Throws hostile input at the HTTP door, the parsers, the readers of streams and every dialect.

  npm run fuzz -- [--inputs 1000000] [--seed 1] [--only WORDS]

  --inputs N    how many in all, 1,000,000 unless said; each part has its share
  --seed N      where the dice begin; another each time unless said. What fails prints the seed it fails by
  --only WORDS  only the parts whose name holds these words, as "door" or "dialects"

Exit code 1 where anything broke: an unknown error, an answer that is none, an input that is not answered within
${MOST_WAITING_MS / 1_000} s, one that took over ${MOST_BUSY_MS} ms and, thrown once more, over ${MOST_BUSY_MS} ms of the processor, or a live heap that grew
by more than ${MOST_GROWTH_MB} MB. An endless loop never comes to that: the last line names its part and its seed.
`;

/** So many at a time: what fails is found again by throwing no more than these. */
const BATCH = 5_000;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit();
}
const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
if (!(Number.isSafeInteger(inputs) && inputs > 0 && Number.isSafeInteger(seed))) {
  process.stderr.write(`--inputs and --seed must be whole numbers.\n\n${help}`);
  process.exit(2);
}

const broken: string[] = [];
let now = '';
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error: unknown) => {
    const stack = error instanceof Error ? error.stack : String(error);
    broken.push(`${now}: nobody awaited this: ${stack}`);
    process.stderr.write(`${broken.at(-1)}\n`);
  });

const opened = await Promise.all(fields.map((open) => open()));
const thrown = opened.filter(({ name }) => name.includes(values.only));
const shares = thrown.reduce((sum, { share }) => sum + share, 0);
const rows = [];
let count = 0;
const before = liveMb();
for (const field of thrown) rows.push(await all(field, Math.ceil((inputs * field.share) / shares)));
await Promise.all(opened.map(({ close }) => close()));
const grown = liveMb() - before;
if (grown > MOST_GROWTH_MB) broken.push(`The live heap grew by ${grown.toFixed(0)} MB.`);
process.stdout.write(
  `\n${count} inputs from seed ${seed}; ${broken.length} broke something; the live heap grew by ${grown.toFixed(1)} MB, and the process had ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most\n\n${table(rows)}\n`,
);
process.exit(broken.length > 0 ? 1 : 0);

/** Throws all of a field's inputs at it, and goes on with the next where one breaks it. */
async function all(field: Field, runs: number): Promise<Readonly<Record<string, string>>> {
  const since = performance.now();
  const found = broken.length;
  for (let at = 0; at < runs; at += BATCH) {
    const some = Math.min(BATCH, runs - at);
    now = `${field.name}, ${at + some} of ${runs}, seed ${seed + at}`;
    process.stderr.write(`${now}\n`); // before: an endless loop is found by it
    await field.throwAt(some, seed + at).catch((error: Error) => {
      broken.push(error.message);
      process.stderr.write(`${error.message}\n${error.cause instanceof Error ? error.cause.stack : ''}\n`);
    });
    count += some;
  }
  const ms = performance.now() - since;
  return {
    part: field.name,
    inputs: String(runs),
    seconds: (ms / 1_000).toFixed(1),
    'µs each': ((ms / runs) * 1_000).toFixed(0),
    broken: String(broken.length - found),
    'live heap MB': liveMb().toFixed(1),
  };
}

function liveMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}
