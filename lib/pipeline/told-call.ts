import { toUsd } from '../catalog/price.ts';
import type { WrittenCall } from '../world.ts';

/** A call on record as it is told: with what it cost in dollars, where its bill can be read. */
export function toldCall(call: WrittenCall): WrittenCall {
  const nanoDollars = nanoDollarsIn(call.bill);
  return { object: 'call', ...call, ...(Number.isSafeInteger(nanoDollars) && { cost: Number(toUsd(nanoDollars)) }) };
}

const nanoDollarsIn = (bill: unknown): number =>
  typeof bill === 'object' && bill !== null && 'nanoDollars' in bill ? Number(bill.nanoDollars) : 0;
