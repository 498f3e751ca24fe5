import type { Route } from '../../../lib/config/route.ts';
import { type House, openHouse } from '../door.ts';
import { type Asked, type Script, startUpstream, wholeAnswer } from '../upstream.ts';
import { type Heard, heardIn } from './heard.ts';

/** A request as a test writes it. */
export type Request = {
  readonly model: string;
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: object;
};

/** What a client heard, and how long it took. */
export type Outcome = Heard & {
  readonly tenant: string;
  readonly ms: number;
  readonly retryAfter: string | null;
};

/** A gateway before providers that do to each model what a test has told them. */
export type Bench = Pick<House, 'tables'> & {
  /** What becomes of the requests to a target, one after the other; the last counts for all that follow. */
  readonly tell: (target: string, ...scripts: readonly Script[]) => void;
  /** The requests that reached a target. */
  readonly asked: (target: string) => readonly Asked[];
  readonly ask: (request: Request, key?: string) => Promise<Outcome>;
  readonly keyOf: House['keyOf'];
  readonly close: () => Promise<void>;
};

const PROVIDERS = ['one', 'two', 'openai', 'azure', 'anthropic'] as const;

/** Opens a bench; a target that was told nothing answers "Hello.". */
export async function openBench(models: Readonly<Record<string, Route>>): Promise<Bench> {
  const told = new Map<string, Script[]>();
  const scriptFor = (target: string): Script => {
    const scripts = told.get(target) ?? [];
    return (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? wholeAnswer('Hello.');
  };
  const upstreams = await Promise.all(
    PROVIDERS.map(async (name) => {
      const upstream = await startUpstream((asked, response) => {
        response.shouldKeepAlive = false; // or a reset might be one of a kept connection, which is tried again
        return scriptFor(`${name}/${asked.body.model}`)(asked, response);
      });
      return [name, upstream] as const;
    }),
  );
  const house = await openHouse({
    config: {
      models,
      providers: Object.fromEntries(upstreams.map(([name, { baseUrl }]) => [name, settings(name, baseUrl)])),
    },
  });
  return {
    tables: house.tables,
    keyOf: house.keyOf,
    tell: (target, ...scripts) => void told.set(target, [...scripts]),
    asked: (target) =>
      upstreams.flatMap(([name, { asked }]) => asked.filter(({ body }) => `${name}/${body.model}` === target)),
    ask: async ({ model, stream = false, headers = {}, fields = {} }, given) => {
      const { tenant, key } =
        given === undefined ? await house.keyOf({ budgets: { day: 1 } }) : { tenant: '', key: given };
      const since = performance.now();
      const answer = await house.ask(key, { model, stream, max_tokens: 100, ...fields }, headers);
      const heard = await heardIn(answer);
      return { ...heard, tenant, ms: performance.now() - since, retryAfter: answer.headers.get('retry-after') };
    },
    close: async () => {
      await house.close();
      await Promise.all(upstreams.map(([, upstream]) => upstream.close()));
    },
  };
}

const settings = (name: (typeof PROVIDERS)[number], baseUrl: string) => ({
  baseUrl,
  allowPrivate: true,
  credential: 'env:LAB_KEY',
  ...((name === 'one' || name === 'two') && { kind: 'openai-compatible' as const }),
});
