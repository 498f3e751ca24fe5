/** Which Gemini a name stands for, such as 2.5 or 3.1. One without a number is an alias of the newest; no Gemini is 0. */
export function generationOf(model: string): number {
  const found = /gemini(?:-(\d+(?:\.\d+)?))?/i.exec(model);
  if (found === null) return 0;
  return found[1] === undefined ? Number.POSITIVE_INFINITY : Number(found[1]);
}

/**
 * The name thoughts are signed by. The same model has one name on the Gemini API and on Vertex AI, and a preview or a
 * numbered release of it reads what the others wrote.
 */
export function writerOf(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return `gemini/${name.replace(/-(preview|exp|latest|\d{3}$).*$/, '')}`;
}
