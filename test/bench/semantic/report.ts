import { usualCache } from '../../../lib/config/written-cache.ts';
import { table } from '../printed.ts';
import {
  byKind,
  bySet,
  curve,
  type Filter,
  filters,
  type OfSet,
  type Point,
  passes,
  type Scored,
  suggestion,
} from './curve.ts';

/** What was measured, and what follows. */
export type Report = {
  readonly model: string;
  readonly dimensions: number;
  readonly paraphrases: number;
  readonly others: number;
  readonly curve: readonly Point[];
  /** At the default threshold. */
  readonly sets: readonly OfSet[];
  /** The lowest threshold without a wrong answer, and with at most one in two hundred. */
  readonly none: Suggestions;
  readonly oneIn200: Suggestions;
};

type Suggestions = Readonly<Record<Filter, Point | undefined>>;

export function toReport(model: string, dimensions: number, scored: readonly Scored[]): Report {
  const points = curve(scored);
  const paraphrases = scored.filter(({ same }) => same).length;
  const others = scored.length - paraphrases;
  const suggested = (mostWrong: number) => ({
    vectors: suggestion(points, 'vectors', mostWrong),
    literals: suggestion(points, 'literals', mostWrong),
    words: suggestion(points, 'words', mostWrong),
  });
  const oneIn200 = suggested(Math.floor(others / 200));
  return {
    model,
    dimensions,
    paraphrases,
    others,
    curve: points,
    sets: bySet(scored, usualCache.threshold),
    none: suggested(0),
    oneIn200,
  };
}

/** A report for people, with the pairs that say most. */
export function toText(report: Report, scored: readonly Scored[]): string {
  const { model, dimensions, paraphrases, others, none, oneIn200 } = report;
  const at = none.words?.threshold ?? report.curve.at(-1)?.threshold ?? 1;
  const nearest = scored
    .filter((each) => !each.same && passes(each, -1, 'words'))
    .toSorted((one, other) => other.score - one.score)
    .slice(0, 8)
    .map(({ score, kind, a, b }) => ({ cosine: score.toFixed(3), kind, one: a, other: b }));
  return [
    `${model}, ${dimensions} dimensions: ${paraphrases} paraphrases, ${others} pairs that are none`,
    'vectors: by the cosine alone. literals: what is literal must be the same, too. words: and not be a few words apart.',
    table(
      report.curve.map((point) => ({
        threshold: point.threshold.toFixed(2),
        ...Object.assign({}, ...filters.map((filter) => columns(filter, point[filter], report))),
      })),
    ),
    ...filters.flatMap((filter) => [
      said('no wrong answer', filter, none, report),
      said('at most one in 200', filter, oneIn200, report),
    ]),
    `Hits and wrong answers at ${usualCache.threshold}, the default, by when the pairs were written`,
    table(
      report.sets.map(({ set, same, others: rest, ...passed }) => ({
        written: set,
        paraphrases: String(same),
        others: String(rest),
        ...Object.fromEntries(filters.map((filter) => [filter, `${passed[filter].hits}, ${passed[filter].wrong}`])),
      })),
    ),
    `Through at ${at.toFixed(2)}, by kind`,
    table(
      byKind(scored, at).map((each) => ({
        kind: each.same ? `same, ${each.kind}` : `other ${each.kind}`,
        pairs: String(each.of),
        ...Object.fromEntries(filters.map((filter) => [filter, String(each[filter].through)])),
        'nearest of the last': each.words.nearest?.toFixed(3) ?? '-',
      })),
    ),
    'The nearest that are none, by literals and words the same',
    nearest.length === 0 ? 'none' : table(nearest),
  ].join('\n\n');
}

const columns = (filter: Filter, { hits, wrong }: Point[Filter], { paraphrases, others }: Report) => ({
  [`${filter}: hits`]: `${hits} (${percent(hits / paraphrases)})`,
  [`${filter}: wrong`]: `${wrong} (${percent(wrong / others)})`,
});

function said(aim: string, filter: Filter, suggestions: Suggestions, { paraphrases }: Report): string {
  const point = suggestions[filter];
  if (point === undefined) return `${filter}, ${aim}: no threshold up to 0.99 does`;
  const { hits } = point[filter];
  return `${filter}, ${aim}: from ${point.threshold.toFixed(2)}, where ${hits} of ${paraphrases} paraphrases hit (${percent(hits / paraphrases)})`;
}

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
