import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOf, type Factor, type Price, toRates } from '../../lib/catalog/price.ts';
import { type Bucket, buckets, inputBuckets, noUsage, outputBuckets, type Usage } from '../../lib/catalog/usage.ts';
import { affordable, mostFor, type Priced, quoteChat, quoteEmbedding } from '../../lib/ledger/ceiling.ts';
import { limitedTo } from '../../lib/ledger/output-bound.ts';
import { unfolding } from '../../lib/openai/carried.ts';

const hello = [{ role: 'user', content: 'hello' }];
const cheap: Priced = { name: 'lab/one', price: toRates({ input: 1_000_000, output: 2_000_000 }) };
const quote = (request: Record<string, unknown>, targets: readonly Priced[] = [cheap]) =>
  quoteChat({ messages: hello, ...request }, targets, unfolding());

test('a ceiling is what all that can be read and written costs', () => {
  expect(quote({ max_tokens: 1000 })).toMatchObject({
    inputTokens: 5 + 16,
    outputTokens: 1000,
    nanoDollars: 21_000 + 2_000_000,
    leastNanoDollars: 21_000 + 2 * 256_000,
    tokens: 2 + 16 + 1000,
  });
});

test('the dearest target sets it', () => {
  const dear: Priced = {
    name: 'lab/two',
    price: toRates({ input: 5_000_000, output: 1_000_000 }),
    mostOutputTokens: 8,
  };
  expect(quote({ max_tokens: 10 }, [cheap, dear]).nanoDollars).toBe(21 * 5000 + 10_000);
  expect(quote({}, [dear])).toMatchObject({ outputTokens: 8, nanoDollars: 21 * 5000 + 8000 });
  expect(quote({}, [dear]).limit).toBeUndefined();
});

test('where nobody sets a limit, ours must be sent', () => {
  expect(quote({ n: 2 })).toMatchObject({ limit: 4096, outputTokens: 8192, leastNanoDollars: 21_000 + 2 * 512_000 });
  expect(quote({ n: 2, max_tokens: 5 }).limit).toBeUndefined();
});

test('a longer input is paid at the tier it may reach', () => {
  const { price } = cheap;
  const tiered = { ...cheap, price: { ...price, tiers: [{ above: 20, ...price, input: 3_000_000 }] } };
  expect(quote({ max_tokens: 1 }, [tiered]).nanoDollars).toBe(21 * 3000 + 2000);
  const higher = { ...cheap, price: { ...price, tiers: [{ above: 21, ...price, input: 3_000_000 }] } };
  expect(quote({ max_tokens: 1 }, [higher]).nanoDollars).toBe(21 * 1000 + 2000);
});

describe('how a call is served', () => {
  const factors = { priority: { times: 3, over: 2 }, flex: { times: 1, over: 2 } };
  const served = { ...cheap, price: { ...cheap.price, factors } };

  test.each([
    ['priority', 31_500 + 3000],
    ['flex', 21_000 + 2000], // a discount is no promise
    ['toString', 21_000 + 2000],
  ])('service_tier %s', (service_tier, nanoDollars) => {
    expect(quote({ max_tokens: 1, service_tier }, [served]).nanoDollars).toBe(nanoDollars);
  });

  test.each([
    [undefined, 31_500 + 3000],
    [null, 31_500 + 3000],
    ['auto', 31_500 + 3000],
    ['AUTO', 31_500 + 3000],
    ['default', 21_000 + 2000],
    ['flex', 21_000 + 2000],
    ['priority', 31_500 + 3000],
  ])('where a project may be set to be served faster, service_tier %s', (service_tier, nanoDollars) => {
    const unasked = { ...factors, priority: { ...factors.priority, unasked: true as const } };
    const price = { ...cheap.price, factors: unasked };
    expect(quote({ max_tokens: 1, service_tier }, [{ ...cheap, price }]).nanoDollars).toBe(nanoDollars);
  });

  test.each<[Readonly<Record<string, string>>, string | undefined]>([
    [{ service_tier: 'priority' }, undefined],
    [{ service_tier: 'scale' }, 'service_tier'],
    [{ service_tier: 'Ultrafast' }, 'service_tier'],
    [{ service_tier: 'toString' }, 'service_tier'],
    [{ speed: 'fast' }, 'speed'],
    [{ service_tier: 'priority', inference_geo: 'us' }, 'inference_geo'],
    [{ speed: 'standard', inference_geo: 'global' }, undefined],
    [{}, undefined],
    [{ service_tier: 'auto' }, undefined],
    [{ service_tier: 'default' }, undefined],
    [{ service_tier: 'batch' }, undefined],
    [{ service_tier: 'on_demand' }, undefined],
  ])('%j asks for a price that is not known in %s', (fields, unpriced) => {
    expect(quote(fields, [served]).unpriced).toBe(unpriced);
    expect(quoteEmbedding({ input: ['hello'], ...fields }, [served]).unpriced).toBe(unpriced);
  });

  test('is not known as soon as one target has no price for it, but for one that cannot be asked', () => {
    expect(quote({ service_tier: 'priority' }, [served, cheap]).unpriced).toBe('service_tier');
    expect(quote({ service_tier: 'priority' }, [served, { ...cheap, oneWay: true }]).unpriced).toBeUndefined();
  });
});

test('what is kept for an hour, heard or spoken counts only where it is asked for', () => {
  const price = { ...cheap.price, cacheWrite1h: 7_000_000, audioInput: 8_000_000, audioOutput: 9_000_000 };
  const costing = (request: Record<string, unknown>) => quote({ max_tokens: 1, ...request }, [{ ...cheap, price }]);
  expect(costing({}).nanoDollars).toBe(21_000 + 2000);
  expect(costing({ modalities: ['text', 'audio'] }).nanoDollars).toBe(21_000 + 9000);
  const hourly = [{ role: 'user', content: [{ type: 'text', text: 'hello', cache_control: { ttl: '1h' } }] }];
  expect(costing({ messages: hourly }).nanoDollars).toBe(21 * 7000 + 2000);
  const data = 'A'.repeat(4000);
  const heard = [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data, format: 'mp3' } }] }];
  expect(costing({ messages: heard }).nanoDollars).toBe((16 + 150 + 50) * 8000 + 2000);
});

test('fees and searches are part of it', () => {
  const price = { ...cheap.price, search: 10, request: 5, requestBySearch: { low: 1, high: 7 } };
  const priced = { ...cheap, price };
  expect(quote({ max_tokens: 1 }, [priced]).nanoDollars).toBe(21_000 + 2000 + 7);
  expect(quote({ max_tokens: 1, tools: [{ type: 'web_search' }] }, [priced]).nanoDollars).toBeGreaterThan(
    1_000_000_000,
  );
  expect(quote({ max_tokens: 1 }, [{ ...priced, name: 'perplexity/sonar' }]).nanoDollars).toBe(23_007 + 160);
});

test('an absurd limit is dearer than any budget, and no crash', () => {
  const absurd = quote({ max_tokens: Number.MAX_SAFE_INTEGER, n: Number.MAX_SAFE_INTEGER });
  expect(absurd).toMatchObject({ nanoDollars: Number.MAX_SAFE_INTEGER, outputTokens: Number.MAX_SAFE_INTEGER });
  expect(affordable(absurd, 1_000_000)).toBe(0);
});

test('an embedding is read, and nothing is written', () => {
  expect(quoteEmbedding({ input: ['hello', 'é'] }, [cheap])).toMatchObject({
    inputTokens: 7 + 32,
    outputTokens: 0,
    nanoDollars: 39_000,
  });
  expect(quoteEmbedding({ input: [[1, 2, 3]] }, [cheap])).toMatchObject({ inputTokens: 3 + 16 });
  expect(quoteEmbedding({ input: ['\ufdfa'] }, [cheap]).inputTokens).toBe(33 + 16);
});

const rate = fc.nat({ max: 600_000_000 });
const rates = fc.tuple(...buckets.map(() => rate)).map((values) => fromEach((_, at) => values[at] ?? 0));
const fromEach = (of: (bucket: Bucket, at: number) => number): Record<Bucket, number> => ({
  ...noUsage,
  ...Object.fromEntries(buckets.map((bucket, at) => [bucket, of(bucket, at)])),
});
const factor: fc.Arbitrary<Factor> = fc.record({
  times: fc.integer({ min: 1, max: 9 }),
  over: fc.integer({ min: 1, max: 9 }),
  sparing: fc.subarray([...buckets]),
});
const unasked = factor.map((each): Factor => ({ ...each, unasked: true }));
const prices: fc.Arbitrary<Price> = fc
  .record({
    base: rates,
    tier: fc.option(fc.record({ rates, above: fc.nat({ max: 60 }) }), { nil: undefined }),
    factors: fc.record({ priority: factor, us: factor, fast: unasked, faster: unasked }),
    request: fc.nat({ max: 1000 }),
    search: fc.nat({ max: 1000 }),
  })
  .map(({ base, tier, ...rest }) => ({
    ...base,
    ...rest,
    ...(tier && { tiers: [{ ...tier.rates, above: tier.above }] }),
  }));
const requests = fc.record(
  {
    messages: fc.array(
      fc.record({ role: fc.constant('user'), content: fc.string({ unit: 'binary', maxLength: 20 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    max_tokens: fc.integer({ min: 1, max: 5000 }),
    max_completion_tokens: fc.integer({ min: 1, max: 5000 }),
    n: fc.integer({ min: 1, max: 4 }),
    service_tier: fc.constantFrom('priority', 'auto', 'default'),
    inference_geo: fc.constant('us'),
  },
  { requiredKeys: ['messages'] },
);
const shares = fc.array(fc.nat({ max: 100 }), { minLength: 5, maxLength: 5 });

/** A usage within a quote: its tokens dealt out over the buckets. */
function within(request: Record<string, unknown>, input: number, output: number, dealt: readonly number[]): Usage {
  const deal = (total: number, kinds: readonly Bucket[]) => {
    let left = total;
    return kinds.map((bucket, at) => {
      const taken = at === kinds.length - 1 ? left : Math.floor((left * (dealt[at] ?? 0)) / 100);
      left -= taken;
      return [bucket, taken] as const;
    });
  };
  const read = inputBuckets.filter((bucket) => bucket !== 'audioInput' && bucket !== 'cacheWrite1h');
  const written = outputBuckets.filter((bucket) => bucket !== 'audioOutput');
  const unasked = request.service_tier === undefined || request.service_tier === 'auto' ? ['faster'] : [];
  const served = [request.service_tier, request.inference_geo, ...unasked].filter((word) => typeof word === 'string');
  return { ...noUsage, ...Object.fromEntries([...deal(input, read), ...deal(output, written)]), served };
}

test('no usage costs more than so many tokens can come to, nor those within the bounds more than the ceiling', () => {
  fc.assert(
    fc.property(
      requests,
      prices,
      shares,
      fc.nat({ max: 100 }),
      fc.nat({ max: 100 }),
      (request, price, dealt, read, written) => {
        const quoted = quoteChat(request, [{ name: 'lab/one', price }], unfolding());
        const input = Math.floor((quoted.inputTokens * read) / 100);
        const output = Math.floor((quoted.outputTokens * written) / 100);
        const most = mostFor(quoted, input, output);
        expect(costOf(price, within(request, input, output, dealt))).toBeLessThanOrEqual(most);
        expect(most).toBeLessThanOrEqual(quoted.nanoDollars);
      },
    ),
  );
});

test('what is affordable is the most: its quote is paid for, and that of one token more is not', () => {
  fc.assert(
    fc.property(
      requests,
      fc.array(prices, { minLength: 1, maxLength: 3 }),
      fc.nat({ max: 1200 }),
      (request, all, thousandths) => {
        const targets: readonly Priced[] = all.map((price, at) => ({
          name: 'lab/one',
          price,
          ...(at > 0 && { mostOutputTokens: 300 * at }),
        }));
        const whole = quoteChat(request, targets, unfolding());
        const budget = Math.floor((whole.nanoDollars * thousandths) / 1000);
        const limit = affordable(whole, budget);
        const costing = (most: number) => {
          const each = targets.map((target) => quoteChat(limitedTo(request, target, most), [target], unfolding()));
          return Math.max(...each.map(({ nanoDollars }) => nanoDollars));
        };
        if (limit > 0) expect(costing(limit)).toBeLessThanOrEqual(budget);
        if (whole.nanoDollars <= budget) expect(costing(limit)).toBe(whole.nanoDollars);
        else expect(costing(limit + 1)).toBeGreaterThan(budget);
      },
    ),
  );
});
