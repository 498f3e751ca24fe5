import { join } from 'node:path';
import { bundle } from '../../../esbuild.config.ts';
import { fromRest, fromUrl } from '../events.ts';
import { scratch } from '../gateway.ts';
import { type Held, held, live, type Used, used } from '../held.ts';
import { lambdaGateway } from '../lambda-gateway.ts';
import { startTables, type Tables } from '../tables.ts';
import { type Books, startTill, type Till } from '../till.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from './start-runtime.ts';

/** How many calls one after the other in one environment, and then how many at once in another. */
export type Plan = {
  readonly sequential: number;
  readonly parallel: number;
  /** After how many of the first what is held of the machine is looked at for the first time. */
  readonly early: number;
};

export type Soaked = {
  readonly answered: number;
  readonly provider: Books;
  readonly records: Books;
  readonly tenant: Books;
  readonly early: Used;
  readonly late: Used;
  readonly atOnce: Held;
  readonly sequentialMs: number;
  readonly parallelMs: number;
};

/** Makes many calls of the deployed bundle under the real runtime client, and compares the books of all who keep some. */
export async function soak(plan: Plan): Promise<Soaked> {
  const { folder, remove } = scratch();
  const [database, till] = await Promise.all([startTables(join(folder, 'data')), startTill(), bundle('gateway')]);
  const gateway = asDeployed(lambdaGateway(folder, { endpoint: database.direct }, till));
  try {
    const one = await within(gateway, (runtime) => sequentially(runtime, plan));
    const many = await within(manyAtOnce(gateway, plan), (runtime) => atOnce(runtime, till, database, plan));
    return {
      ...one,
      ...many,
      answered: one.answered + many.answered,
      provider: till.books(),
      ...(await booksOf(database)),
    };
  } finally {
    await till.close();
    await database.stop();
    remove();
  }
}

async function sequentially(runtime: Runtime, { sequential, early: looked }: Plan) {
  const startedAt = performance.now();
  let early: Used | undefined;
  let answered = 0;
  for (let at = 0; at < sequential; at++) {
    const reply = await runtime.invoke(call(at));
    const text = await reply.text();
    if (reply.status === 200 && text.includes('Hello.')) answered += 1;
    await reply.nextPoll;
    if (at + 1 === looked) early = await usedBy(runtime);
  }
  const sequentialMs = performance.now() - startedAt;
  const late = await usedBy(runtime);
  return { answered, early: early ?? late, late, sequentialMs };
}

/** No call is answered before all are asked. */
async function atOnce(runtime: Runtime, till: Till, database: Tables, { sequential, parallel: count }: Plan) {
  const startedAt = performance.now();
  till.gather(count);
  const replies = Array.from({ length: count }, async (_, at) => {
    const reply = await runtime.invoke(call(sequential + at));
    return reply.status === 200 && (await reply.text()).includes('Hello.');
  });
  const answered = (await Promise.all(replies)).filter(Boolean).length;
  const parallelMs = performance.now() - startedAt;
  // Nothing tells when the last of them is written down; what is lost will not come, however long it is waited for.
  const until = performance.now() + 20_000;
  const lacking = async () => {
    const { calls } = till.books();
    return (await database.spent('tenant#demo')).calls < calls || (await database.calls('demo')).length < calls;
  };
  while (performance.now() < until && (await lacking()));
  return { answered, atOnce: held(Number(runtime.pid)), parallelMs };
}

/** Lambda starts Node with limits for the heap that follow from the function's memory, here 512 MB. */
const asDeployed = ({ env, ...gateway }: RuntimeOptions): RuntimeOptions => ({
  ...gateway,
  env: { ...env, NODE_OPTIONS: `--max-semi-space-size=25 --max-old-space-size=460 --import ${live}` },
});

const manyAtOnce = (gateway: RuntimeOptions, { parallel }: Plan): RuntimeOptions => ({
  ...gateway,
  env: { ...gateway.env, AWS_LAMBDA_MAX_CONCURRENCY: String(parallel), AWS_LAMBDA_NODEJS_WORKER_COUNT: '2' },
});

async function within<Told>(options: RuntimeOptions, story: (runtime: Runtime) => Promise<Told>): Promise<Told> {
  const runtime = await startRuntime(options);
  try {
    await runtime.ready;
    return await story(runtime);
  } finally {
    await runtime.stop();
  }
}

/** Each differs a little from the one before: its front, its length, whether it streams. */
function call(at: number) {
  const messages = [{ role: 'user', content: `Call ${at} ${'x'.repeat(at % 500)}` }];
  return (at % 2 === 0 ? fromUrl : fromRest)({ model: 'openai/m', messages, stream: at % 3 === 0 });
}

async function booksOf(database: Tables): Promise<Pick<Soaked, 'records' | 'tenant'>> {
  const records = await database.calls('demo');
  const { total, calls } = await database.spent('tenant#demo');
  const nanoDollars = records.reduce((sum, { bill }) => sum + Number(Object(bill).nanoDollars), 0);
  return { records: { calls: records.length, nanoDollars }, tenant: { calls, nanoDollars: total } };
}

const usedBy = ({ pid, stderr }: Runtime): Promise<Used> => used(Number(pid), stderr);
