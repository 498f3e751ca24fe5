/** The body of a chat request, as a caller writes it. */
export type Body = { readonly model: string; readonly messages: readonly object[] } & Readonly<Record<string, unknown>>;

/** A question: what is other than usual about it, how its last turn is worded, and the number in that. */
export type Asking = {
  /** Set apart from all questions with another. */
  readonly salt: string;
  readonly changed: readonly Change[];
  readonly wording: number;
  readonly mg: number;
};

/** Of one meaning and in other words; where each lies, in degrees: almost in one place. */
export const wordings = [
  { text: (mg: number) => `Is ${mg} mg of it usually enough for a grown patient?`, degrees: 0 },
  { text: (mg: number) => `Would somebody with that illness get well on ${mg} mg?`, degrees: 0.5 },
  { text: (mg: number) => `Does a dose such as ${mg} mg help people here?`, degrees: 1.5 },
] as const;

/** Where a text lies. */
export const degreesOf = (text: string): number =>
  wordings.find(({ text: worded }) => worded(5) === text || worded(6) === text)?.degrees ?? 0;

const tool = (description: string) => ({
  type: 'function',
  function: { name: 'dose', description, parameters: { type: 'object' } },
});
const schema = (type: string) => ({
  type: 'json_schema',
  json_schema: { name: 'dose', schema: { type: 'object', properties: { enough: { type } } } },
});
const message = (body: Body, at: number, fields: object): Body => ({
  ...body,
  messages: body.messages.map((each, place) => (place === at ? { ...each, ...fields } : each)),
});

/** All that makes another question of one, whatever the wording of its last turn. */
const changing = {
  'a word of the system line': (body: Body) => message(body, 0, { content: 'You are a nurse, of sorts.' }),
  'the role of the system line': (body: Body) => message(body, 0, { role: 'developer' }),
  'no system line': (body: Body) => ({ ...body, messages: body.messages.slice(1) }),
  'a word of an earlier turn': (body: Body) => message(body, -3 + body.messages.length, { content: 'Good day' }),
  'a word of an earlier answer': (body: Body) => message(body, -2 + body.messages.length, { content: 'Yes?' }),
  'a name in the last turn': (body: Body) => message(body, -1 + body.messages.length, { name: 'ann' }),
  'a tool': (body: Body) => ({ ...body, tools: [tool('Gives the dose')] }),
  'a word of a tool': (body: Body) => ({ ...body, tools: [tool('Gives a dose')] }),
  'a schema': (body: Body) => ({ ...body, response_format: schema('boolean') }),
  'a word of a schema': (body: Body) => ({ ...body, response_format: schema('string') }),
  'a seed': (body: Body) => ({ ...body, seed: 7 }),
  'another seed': (body: Body) => ({ ...body, seed: 8 }),
  'a limit': (body: Body) => ({ ...body, max_completion_tokens: 100 }),
  'a temperature': (body: Body) => ({ ...body, temperature: 0.5 }),
  'a stop word': (body: Body) => ({ ...body, stop: ['END'] }),
  'a parameter nobody knows': (body: Body) => ({ ...body, unheard_of: true }),
  'another model': (body: Body) => ({ ...body, model: 'lab/n' }),
} satisfies Readonly<Record<string, (body: Body) => Body>>;

export type Change = keyof typeof changing;
export const changes = Object.keys(changing) as readonly Change[];

/** A question as a body. Of two changes of the same thing the later counts. */
export function bodyOf({ salt, changed, wording, mg }: Asking): Body {
  const usual: Body = {
    model: 'lab/m',
    messages: [
      { role: 'system', content: 'You are a nurse.' },
      { role: 'user', content: `Hello (${salt})` },
      { role: 'assistant', content: 'Hi' },
      { role: 'user', content: `Hello again` },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: wordings[wording]?.text(mg) ?? '' },
    ],
  };
  return changed.reduce((body, change) => changing[change](body), usual);
}

/** All of a question, and all of it but the wording of its last turn: what two may have in common. */
export const wholeOf = (asking: Asking): string => JSON.stringify(bodyOf(asking));
export const gistOf = (asking: Asking): string => JSON.stringify(bodyOf({ ...asking, wording: 0 }));
