import { afterEach, expect, test } from 'vitest';
import { type CachedSite, openCachedSite } from '../support/cached-site.ts';
import { answer } from '../support/flaky.ts';

let site: CachedSite | undefined;
afterEach(() => site?.close());

const cacheWrites = ({ line }: CachedSite) =>
  line.passed.filter(({ table, operation }) => table === 'Cache' && !/^(Query|BatchGetItem)$/.test(operation));

test.each([
  ['while the provider is asked', 'asking'],
  ['while its answer is being kept', 'keeping'],
])('a gateway that is told to stop %s answers, keeps, gives the lead up, and ends', async (_, when) => {
  const opened = await openCachedSite({ mode: 'exact' });
  site = opened;
  const { upstream, line, gateway, tables } = opened;
  const asking = Promise.withResolvers<void>();
  const keeping = Promise.withResolvers<void>();
  upstream.answerWith(async (asked, response) => {
    await asking.promise;
    return answer('Good day.')(asked, response);
  });
  line.answerWith(async ({ operation, table }) => {
    if (`${operation} ${table}` === 'PutItem Cache') await keeping.promise;
    return false;
  });
  const { key, tenant } = await opened.keyOf();
  const call = opened.ask(key);
  await expect.poll(() => upstream.asked.length).toBe(1);
  expect(cacheWrites(opened).map(({ operation }) => operation)).toEqual(['UpdateItem']); // it leads
  if (when === 'asking') gateway.kill('SIGTERM');
  asking.resolve();
  expect(await call).toMatchObject({ status: 200, text: expect.stringContaining('Good day.') });
  await expect.poll(() => cacheWrites(opened).at(-1)?.operation).toBe('PutItem');
  if (when === 'keeping') gateway.kill('SIGTERM');
  keeping.resolve();
  expect(await gateway.exited).toBe(0);

  const [record] = await tables.calls(tenant);
  const pk = `answer#${record?.cacheKey}`;
  expect(await tables.item('cache', pk, 'answer')).toMatchObject({ tenant, source: record?.id });
  expect(await tables.item('cache', pk, 'lead')).toMatchObject({ until: 0, landed: expect.any(Number) });
  expect(await tables.spent(`tenant#${tenant}`)).toMatchObject({ total: 16_000, calls: 1, item: { live: 0 } });
});
