import type { CallDetail, WrittenCall } from '../aws/written-calls.ts';
import { toUsd } from '../catalog/price.ts';
import { heading, padded, shown } from './table.ts';

/** Writes calls as lines in columns, which widen where something is longer than what came before. */
export function callLines() {
  const widths = titles.map((title) => title.length);
  const line = (cells: readonly string[]): string =>
    cells
      .map(shown)
      .map((cell, column) => {
        const width = Math.max(widths[column] ?? 0, [...cell].length);
        widths[column] = width;
        return padded(cell, width, numbers.includes(titles[column] ?? ''));
      })
      .join('  ')
      .trimEnd();
  return { heading: (): string => heading(line(titles)), line: (call: WrittenCall): string => line(cellsOf(call)) };
}

/** A call as programs read it. */
export function toToldCall({ tenant, id, call }: WrittenCall) {
  if (call === undefined) return { id, tenant, unreadable: true };
  const { at, keyId, user, feature, requestedModel, model, status, errorCode, firstContentMs, totalMs, cache } = call;
  const { nanoDollars: costNanoUsd, promptTokens, completionTokens } = call;
  const asked = { id, at: new Date(at).toISOString(), tenant, keyId, user, feature, requestedModel, model };
  const came = { status, errorCode, promptTokens, completionTokens, costNanoUsd };
  return { ...asked, ...came, firstContentMs, totalMs, cache };
}

/** What became of a call, wherever calls are lines. */
export const outcomeTitles = ['MODEL', 'STATUS', 'READ', 'WRITTEN', 'COST', 'FIRST MS', 'ALL MS', 'CACHE'];
export const numbers = ['READ', 'WRITTEN', 'COST', 'FIRST MS', 'ALL MS'];

const titles = ['BEGAN', 'TENANT', 'KEY', ...outcomeTitles];

function cellsOf({ tenant, id, call }: WrittenCall): readonly string[] {
  if (call === undefined) return [id, tenant, '-', '-', 'cannot be read'];
  return [new Date(call.at).toISOString(), tenant, call.keyId, ...outcomeCells(call)];
}

/** The same as cells. */
export function outcomeCells(call: CallDetail): readonly string[] {
  const { requestedModel, model, status, errorCode, firstContentMs, totalMs, cache } = call;
  return [
    model ?? requestedModel ?? '-',
    errorCode ?? status,
    String(call.promptTokens),
    String(call.completionTokens),
    `$${toUsd(call.nanoDollars)}`,
    firstContentMs === undefined ? '-' : String(Math.round(firstContentMs)),
    String(Math.round(totalMs)),
    cache ?? '-',
  ];
}
