/** The words of a line. */
export const words = (line: string): ReadonlySet<string> => new Set(line.split(' '));

/** What each form stands for. Forms are parted by commas: some are two words. */
export const toForms = (
  senses: Readonly<Record<string, string>>,
): readonly (readonly [form: string, sense: string])[] =>
  Object.entries(senses).flatMap(([sense, forms]) =>
    [sense, ...forms.split(', ')].map((form) => [form, sense] as const),
  );

/** Forms that stand for themselves. */
export const themselves = (line: string) => [...words(line)].map((word) => [word, word] as const);

/** English verbs with their endings; some of what comes out is no word, and does no harm. */
export const inflected = (forms: readonly (readonly [form: string, sense: string])[]) =>
  forms.flatMap(([form, sense]) => endings(form).map((each) => [each, sense] as const));

function endings(verb: string): readonly string[] {
  if (verb.includes(' ')) return [verb];
  const stem = verb.replace(/e$/, '');
  const regular = [verb, `${verb}s`, `${verb}es`, `${stem}ed`, `${stem}ing`];
  if (/[^aeiou]y$/.test(verb)) return [...regular, `${verb.slice(0, -1)}ies`, `${verb.slice(0, -1)}ied`];
  const doubled = `${verb}${verb.slice(-1)}`;
  return /[aeiou][^aeiouwxy]$/.test(verb) ? [...regular, `${doubled}ed`, `${doubled}ing`] : regular;
}
