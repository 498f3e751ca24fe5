import { toRates } from './price.ts';
import type { Row } from './rows.ts';

/** Models the source lacks, from their makers' price lists as read on 2026-11-23. */
export const additions: Readonly<Record<string, readonly Row[]>> = {
  // https://developers.openai.com/api/docs/models/gpt-6.2-sol, …/gpt-6.1-sol
  openai: [longContext('gpt-6.1-sol'), longContext('gpt-6.2-sol')],
  // https://docs.x.ai/developers/pricing
  xai: [
    {
      names: ['grok-4.7', 'grok-4.7-########'],
      price: {
        ...toRates({ input: 2_000_000, output: 6_000_000, cacheRead: 500_000 }),
        tiers: [{ above: 199_999, ...toRates({ input: 4_000_000, output: 12_000_000, cacheRead: 1_000_000 }) }],
      },
      contextWindow: 500_000,
    },
  ],
};

function longContext(name: string): Row {
  const short = toRates({ input: 2_000_000, output: 10_000_000, cacheRead: 100_000, cacheWrite: 2_500_000 });
  const long = toRates({ input: 4_000_000, output: 15_000_000, cacheRead: 200_000, cacheWrite: 5_000_000 });
  const price = { ...short, search: 10_000_000, tiers: [{ above: 272_000, ...long }] };
  return { names: [name, `${name}-####-##-##`], price, contextWindow: 1_050_000 };
}
