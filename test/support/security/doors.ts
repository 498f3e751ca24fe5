import { bundle } from '../../../esbuild.config.ts';
import { usualCache } from '../../../lib/config/written-cache.ts';
import { type House, openHouse } from '../door.ts';
import { throughUrl } from '../events.ts';
import { scratch } from '../gateway.ts';
import { price } from '../labs.ts';
import { lambdaGateway } from '../lambda-gateway.ts';
import { startRuntime } from '../ric/start-runtime.ts';

/** What anybody may send to a door. */
export type Sent = {
  readonly method?: string;
  readonly path: string;
  readonly key?: string | undefined;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Told = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};
export type Send = (sent: Sent) => Promise<Told>;

export const doorNames = ['HTTP', 'Lambda'] as const;
export type Doors = {
  readonly house: House;
  readonly through: Readonly<Record<(typeof doorNames)[number], Send>>;
  readonly close: () => Promise<void>;
};

/** The HTTP door and the bundled Lambda door over the same tables and the same provider, `lab`, with a cache. */
export async function openDoors(): Promise<Doors> {
  const { folder, remove } = scratch();
  await bundle('gateway');
  const house = await openHouse({
    config: {
      prices: { '*': price, 'lab/theirs': price, 'lab/ours': price },
      fallback: 'none',
      cache: { ...usualCache, mode: 'exact', scope: 'tenant', temperature: 'any' },
    },
  });
  const { upstream, tables } = house;
  const lab = { kind: 'openai-compatible', baseUrl: upstream.baseUrl, allowPrivate: true };
  const dollars = { input: 1, output: 2 };
  const runtime = await startRuntime(
    lambdaGateway(folder, tables, upstream, {
      providers: { lab: { ...lab, credential: 'env:TEST_PROVIDER_KEY' } },
      prices: { '*': dollars, 'lab/theirs': dollars, 'lab/ours': dollars },
      defaults: { fallback: 'none' },
      cache: { mode: 'exact', scope: 'tenant', temperature: 'any' },
    }),
  );
  const { origin } = new URL(house.url);
  const headersOf = ({ key, body, headers = {} }: Sent) => ({
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  });
  return {
    house,
    through: {
      HTTP: async (sent) => {
        const { method = 'GET', path, body } = sent;
        const text = body && JSON.stringify(body);
        const response = await fetch(`${origin}${path}`, {
          method,
          headers: headersOf(sent),
          ...(text && { body: text }),
        });
        return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
      },
      Lambda: async (sent) => {
        const { method = 'GET', path, body } = sent;
        const event = throughUrl({ method, path, encoded: false, ...(body && { text: JSON.stringify(body) }) });
        const answer = await runtime.invoke({ ...event, headers: headersOf(sent) });
        const told = { status: answer.status, headers: answer.headers, text: await answer.text() };
        await answer.nextPoll; // all is written down
        return told;
      },
    },
    close: async () => {
      await runtime.stop();
      await house.close();
      remove();
    },
  };
}
