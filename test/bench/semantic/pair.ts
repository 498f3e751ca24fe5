/** Two questions of which we know whether one answer does for both, and what makes them alike or unlike. */
export type Pair = { readonly a: string; readonly b: string; readonly same: boolean; readonly kind: Kind };

export const likenesses = [
  'reworded',
  'polite',
  'typo',
  'spelling',
  'reordered',
  'shortened',
  'other language',
] as const;
export const differences = [
  'negation',
  'number',
  'name',
  'date',
  'unit',
  'opposite',
  'direction',
  'entity',
  'scope',
  'modal',
  'tense',
  'person',
  'voice',
  'conjunction',
  'added',
  'template',
  'question',
  'topic',
  'unrelated',
] as const;

export type Likeness = (typeof likenesses)[number];
export type Difference = (typeof differences)[number];
export type Kind = Likeness | Difference;

type Written = readonly (readonly [a: string, b: string])[];

/** Questions that one answer does for. */
export const alike = (kind: Likeness, written: Written): readonly Pair[] =>
  written.map(([a, b]) => ({ a, b, same: true, kind }));

/** Questions that must not get each other's answer. */
export const unlike = (kind: Difference, written: Written): readonly Pair[] =>
  written.map(([a, b]) => ({ a, b, same: false, kind }));
