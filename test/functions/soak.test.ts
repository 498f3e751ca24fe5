import { expect, test } from 'vitest';
import { soak } from '../support/ric/soak.ts';

// The short form of test/bench/soak.ts.
test('of many calls, one by one and at once, none is lost, nor a nano-dollar; and nothing of them stays behind', async () => {
  const { answered, provider, records, tenant, early, late } = await soak({
    sequential: 300,
    parallel: 200,
    early: 150,
  });
  expect(answered).toBe(500);
  expect(provider.calls).toBe(500);
  expect(records).toEqual(provider);
  expect(tenant).toEqual(provider);
  expect(late.files).toBeLessThanOrEqual(early.files + 5);
  expect(late.liveMegabytes - early.liveMegabytes).toBeLessThan(3); // 20 kB a call would be more
});
