import { type Instead, startCounting } from '../counting.ts';
import { startDeployed } from '../deployed.ts';
import { serveHttp } from '../server.ts';
import { startTables } from '../tables.ts';
import type { Named } from './callers.ts';
import { openTellers } from './providers.ts';
import { type Answer, send } from './request.ts';
import { KEY, providerKeys, providerNames, variableOf } from './secrets.ts';

export type CanaryHouse = Awaited<ReturnType<typeof openCanaryHouse>>;

const AT_ONCE = 16;

/** A deployed gateway that logs all it can, every key of which is a canary, among providers that tell all they know. */
export async function openCanaryHouse(folder: string) {
  let key = '';
  /** What was sent to the place for spans, as it came. */
  const spans: Buffer[] = [];
  const [tables, tellers, spanPlace, vault] = await Promise.all([
    startTables(`${folder}/data`),
    openTellers(() => key),
    serveHttp(async (request, response) => {
      for await (const piece of request) spans.push(piece);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    }),
    serveHttp((_, response) => {
      const refusal = { __type: 'AccessDeniedException', message: `${KEY}.vault may not be read` };
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(refusal));
    }),
  ]);
  const line = await startCounting(tables.endpoint);
  // Somebody wrote a key where its name should be; what holds is what the gateway was deployed with.
  const wrong = { providers: { lab: { credential: `${KEY}.in.the.configuration` } } };
  await tables.put('access', { pk: 'config', sk: 'current', version: 1, json: JSON.stringify(wrong) });
  const gateway = await startDeployed({
    folder,
    endpoint: line.endpoint,
    config: {
      providers: tellers.providers,
      prices: { '*': { input: 1, output: 2 } },
      defaults: { budgets: 'none', fallback: 'none' },
    },
    env: {
      ...Object.fromEntries(providerNames.map((name) => [variableOf(name), providerKeys[name]])),
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      AWS_ACCESS_KEY_ID: `${KEY}.aws.id`,
      AWS_SECRET_ACCESS_KEY: `${KEY}.aws.secret`,
      AWS_SESSION_TOKEN: `${KEY}.aws.session`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: vault.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: spanPlace.url,
    },
  });
  await tables.admin.createTenant('acme', { budgets: 'none' });
  ({ key } = await tables.admin.createKey({ tenant: 'acme' }));
  const answers: { readonly of: string; readonly answer: Answer }[] = [];

  return {
    tables,
    gateway,
    spans,
    /** What callers use who name no other. */
    key,
    /** All that reached a provider. */
    reached: tellers.reached,
    /** All that callers were told. */
    answers,
    /** From now on the database does so; without it, it works. */
    database: (instead?: Instead) => line.answerWith(instead),
    /** Makes all of these calls, some at once, and keeps what came of each. */
    sweep: async (calls: readonly Named[]): Promise<void> => {
      const waiting = calls.values();
      const caller = async () => {
        for (const { of, ...call } of waiting)
          answers.push({ of, answer: await send({ url: gateway.url, key, ...call }) });
      };
      await Promise.all(Array.from({ length: AT_ONCE }, caller));
    },
    /** The statuses that were told for calls of this name, whatever it is said of. */
    statusesOf: (name: string): readonly number[] => [
      ...new Set(answers.filter(({ of }) => of.split(': ', 1)[0] === name).map(({ answer }) => answer.status)),
    ],
    /** All items of a table, as text. */
    itemsOf: tables.everything,
    close: async () => {
      gateway.kill('SIGTERM');
      await gateway.exited;
      await line.close();
      await Promise.all([tellers.close(), tables.stop(), spanPlace.close(), vault.close()]);
    },
  };
}
