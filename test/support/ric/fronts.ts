import { join } from 'node:path';
import { bundle } from '../../../esbuild.config.ts';
import { type Arriving, throughRest, throughUrl } from '../events.ts';
import { demoKey, scratch } from '../gateway.ts';
import { lambdaGateway } from '../lambda-gateway.ts';
import type { InvocationOptions } from '../runtime-api.ts';
import { startTables, type Tables } from '../tables.ts';
import { type Asked, type Script, startUpstream, type Upstream, wholeAnswer } from '../upstream.ts';
import type { Answer } from './answer.ts';
import { type Runtime, startRuntime } from './start-runtime.ts';

/** Two threads, where the real client starts eight for each processor; it hands out as many calls as there are to each. */
const MANY = { AWS_LAMBDA_MAX_CONCURRENCY: '8', AWS_LAMBDA_NODEJS_WORKER_COUNT: '2' };

/** All ways to the deployed bundle. */
const ways = [
  { way: 'through a function URL, one call at a time', event: throughUrl, env: {} },
  { way: 'through a REST API, one call at a time', event: throughRest, env: {} },
  { way: 'through a function URL, many calls at once', event: throughUrl, env: MANY },
  { way: 'through a REST API, many calls at once', event: throughRest, env: MANY },
] as const;

/** An environment of the deployed bundle behind a front, with a model of its own. */
export type Front = {
  readonly way: (typeof ways)[number]['way'];
  readonly runtime: Runtime;
  readonly arrive: (request: Partial<Arriving>, options?: InvocationOptions) => Promise<Answer>;
  readonly model: string;
  /** A chat with its model, its body not encoded. */
  readonly chat: (fields?: object, options?: InvocationOptions, key?: string) => Promise<Answer>;
  /** How the provider answers its model from now on. */
  readonly answerWith: (script: Script) => void;
  /** What the provider was last asked of its model. */
  readonly lastAsked: () => Asked | undefined;
};

/** One of each way, over one database and one provider. */
export type Fronts = {
  readonly database: Tables;
  readonly upstream: Upstream;
  readonly fronts: readonly Front[];
  readonly close: () => Promise<void>;
};

export async function openFronts(): Promise<Fronts> {
  const { folder, remove } = scratch();
  const scripts = new Map<unknown, Script>();
  const dispatch: Script = (asked, response) => (scripts.get(asked.body.model) ?? wholeAnswer('Hi'))(asked, response);
  const [database, upstream] = await Promise.all([
    startTables(join(folder, 'data')),
    startUpstream(dispatch),
    bundle('gateway'),
  ]);
  const gateway = lambdaGateway(folder, database, upstream);
  const open = async ({ way, event, env }: (typeof ways)[number], at: number): Promise<Front> => {
    const runtime = await startRuntime({ ...gateway, env: { ...gateway.env, ...env } });
    const model = `m${at}`;
    const arrive: Front['arrive'] = (request, options) =>
      runtime.invoke(event({ encoded: false, ...request }), options);
    const messages = [{ role: 'user', content: 'Hello' }];
    return {
      way,
      runtime,
      arrive,
      model: `openai/${model}`,
      chat: (fields, options, key = demoKey) =>
        arrive({ text: JSON.stringify({ model: `openai/${model}`, messages, ...fields }), key }, options),
      answerWith: (script) => void scripts.set(model, script),
      lastAsked: () => upstream.asked.findLast(({ body }) => body.model === model),
    };
  };
  const fronts = await Promise.all(ways.map(open));
  return {
    database,
    upstream,
    fronts,
    close: async () => {
      await Promise.all([...fronts.map(({ runtime }) => runtime.stop()), upstream.close()]);
      await database.stop();
      remove();
    },
  };
}
