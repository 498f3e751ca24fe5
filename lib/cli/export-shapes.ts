import { instantIn } from './flag-values.ts';

/** What a provider's export of costs looks like, and how its rows are read. */
export type Shape = {
  readonly day: { readonly column: string; readonly read: (cell: string) => string | undefined };
  readonly model: { readonly column: string; readonly read: (cell: string) => string };
  /** Money, in dollars or in cents. */
  readonly amount: { readonly column: string; readonly decimals: number };
  readonly currency?: string;
  /** Columns that say no more than is read, or that split it further: the rows are summed up. */
  readonly besides: readonly string[];
};

const same = (cell: string): string => cell;

function dateOf(cell: string): string | undefined {
  const at = instantIn(cell);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 10);
}

export const shapes: readonly Shape[] = [
  // Our own, for what any provider tells.
  {
    day: { column: 'date', read: dateOf },
    model: { column: 'model', read: same },
    amount: { column: 'cost_usd', decimals: 9 },
    besides: ['input_tokens', 'output_tokens'],
  },
  // The cost page of Anthropic's console: https://support.claude.com/en/articles/9534590
  {
    day: { column: 'usage_date_utc', read: dateOf },
    model: { column: 'model', read: same },
    amount: { column: 'cost_usd', decimals: 9 },
    besides: splits('workspace api_key usage_type context_window token_type list_price_usd cost_type').concat(
      splits('inference_geo speed api_key_id api_key_status'),
    ),
  },
  // Anthropic's cost report, in cents: https://platform.claude.com/docs/en/api/admin/cost_report
  {
    day: { column: 'starting_at', read: dateOf },
    model: { column: 'model', read: same },
    amount: { column: 'amount', decimals: 7 },
    currency: 'currency',
    besides: splits('ending_at context_window cost_type description inference_geo service_tier token_type').concat(
      splits('workspace_id speed'),
    ),
  },
  // OpenAI's costs, from the usage page or the API: https://platform.openai.com/docs/api-reference/usage/costs
  {
    day: { column: 'start_time', read: dayOfSeconds },
    model: { column: 'line_item', read: modelOfItem },
    amount: { column: 'amount_value', decimals: 9 },
    currency: 'amount_currency',
    besides: splits('object end_time start_time_iso end_time_iso quantity quantity_unit user_id api_key_id').concat(
      splits('project_id organization_id project_name organization_name user_email api_source'),
    ),
  },
];

export const neededOf = ({ day, model, amount, currency }: Shape): readonly string[] => [
  day.column,
  model.column,
  amount.column,
  ...(currency === undefined ? [] : [currency]),
];

function splits(columns: string): string[] {
  return columns.split(' ');
}

function dayOfSeconds(cell: string): string | undefined {
  return /^\d{9,11}$/.test(cell) ? new Date(Number(cell) * 1000).toISOString().slice(0, 10) : undefined;
}

/** `gpt-x-2026-01-31, cached input` → `gpt-x-2026-01-31`. */
function modelOfItem(cell: string): string {
  return cell.split(',')[0]?.trim() ?? '';
}
