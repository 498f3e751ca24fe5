import { type Bill, bill } from '../cost/bill.ts';
import { breakEven } from '../cost/break-even.ts';
import { type Door, doors } from '../cost/doors.ts';
import { baseline, prices, READ, REGION, unpriced } from '../cost/prices.ts';
import { idle, type Workload } from '../cost/workload.ts';
import { costFlags, toWorkload } from './cost-flags.ts';
import { type Ask, type Command, none, type Outcome } from './outcome.ts';
import { table } from './table.ts';

const help = `Usage: npm run cost -- [--calls 1e6] [--seconds 5] [--memory 512]

  What a month costs on AWS, by line, behind each of the doors, while nobody calls and at so many calls; beside it what
  AWS reckons for LiteLLM on ECS, and at how many calls that is the same. Models are not part of it. It asks nobody:
  prices are those of ${REGION} of ${READ}, without discounts, from one table (lib/cost/prices.ts, with sources; --json
  shows them), and what a call uses is counted on the code.

  --calls N, --seconds N, --memory MB     how many calls, how long one takes, what the function has
  --answer-kb N, --prompt-kb N            what a caller is sent (50), what a provider is sent (8)
  --scopes N, --tenants N, --counters N   of four, how many have limits (2); among how many tenants calls are spread (10);
                                          how many tenants, keys, users and features there are (100)
  --models N, --secrets N                 models that are called (3), secrets with keys of providers (1)
  --kept-days N                           how long the record of a call is kept (90)
  --changes N                             changes of tenants, keys and the configuration, for the audit log (100)
  --no-traces                             without X-Ray
  --waf-rules N                           a firewall with so many rules before the REST API (0: none)
  --captured N                            of a hundred calls, how many are kept with prompt and answer (0)
  --capture-kb N, --capture-days N        how large that is (10), how long it is kept (30)
  --guardrail-units N                     thousands of characters that guardrails see of a call, for each policy (0)
  --search-hours N                        hours of the semantic cache, times its OCUs (0)
  --free-tier                             less what every account is given for nothing each month

  npm run cost -- --calls 1e7 --seconds 8 --memory 256 --waf-rules 3 --json`;

/** `npm run cost`, or `sluice cost`: what a month costs on AWS. */
export const cost: Command = { help, deeds: { '': { takes: costFlags, act } } };

async function act({ operands, options }: Ask): Promise<Outcome> {
  none(operands);
  const workload = toWorkload(options);
  const busy = of(workload);
  const still = of(idle(workload));
  const even = Object.fromEntries(doors.map((door) => [door, breakEven(door, workload)]));
  return {
    data: { region: REGION, read: READ, workload, doors: toTold(busy, still, even), baseline: told(baseline), prices },
    text: [
      `A month in ${REGION}, in dollars, at list prices of ${READ}: ${count(workload.calls)} calls of ${workload.callMs / 1000} s, ${workload.memoryMb} MB.`,
      '',
      sheet(busy, `${count(workload.calls)} CALLS`),
      '',
      sheet(still, 'WHILE NOBODY CALLS'),
      '',
      `${baseline.name}, as AWS reckons before traffic: ${dollars(baseline.nanoDollars)}. As much costs the function URL at ${count(even['function-url'])} calls a month, the REST API at ${count(even['rest-api'])}.`,
      `A Web Function's requests, processor time and memory have no published price yet.`,
    ].join('\n'),
  };
}

type Bills = Readonly<Record<Door, Bill>>;

const of = (workload: Workload): Bills => ({
  'function-url': bill('function-url', workload),
  'rest-api': bill('rest-api', workload),
  'web-function': bill('web-function', workload),
});

const titles = ['FUNCTION URL', 'REST API', 'WEB FUNCTION'];

/** The lines of all doors, side by side. */
function sheet(bills: Bills, title: string): string {
  const all = doors.map((door) => bills[door]);
  const names = [...new Set(all.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const rows = names.map((name) => [
    name,
    ...all.map(({ lines }) => {
      const line = lines.find((each) => each.name === name);
      return line === undefined ? '' : line.nanoDollars === undefined ? 'unknown' : dollars(line.nanoDollars);
    }),
  ]);
  const sums = all.map(({ nanoDollars, whole }) => `${whole ? '' : 'over '}${dollars(nanoDollars)}`);
  return table([title, ...titles], [...rows, ['In all', ...sums]], titles);
}

/** In cents; what is less than one, and yet something, says so. */
function dollars(nanoDollars: number): string {
  const cents = Math.round(nanoDollars / 1e7);
  return cents === 0 && nanoDollars > 0 ? '<0.01' : (cents / 100).toFixed(2);
}

const count = (calls: number | undefined): string => (calls === undefined ? '?' : calls.toLocaleString('en-US'));

const told = <Sum extends { readonly nanoDollars: number }>({ nanoDollars, ...rest }: Sum) => ({
  ...rest,
  costNanoUsd: nanoDollars,
});

const toTold = (busy: Bills, still: Bills, even: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(
    doors.map((door) => [
      door,
      {
        ...ofBill(busy[door]),
        idle: ofBill(still[door]),
        ...(even[door] !== undefined && { breakEvenCalls: even[door] }),
        ...(!busy[door].whole && { unknown: unpriced }),
      },
    ]),
  );

const ofBill = ({ lines, ...sum }: Bill) => ({
  ...told(sum),
  lines: lines.map(({ name, nanoDollars }) => ({ name, costNanoUsd: nanoDollars ?? null })),
});
