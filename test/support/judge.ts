import { type Script, startUpstream, type Upstream } from './upstream.ts';

/** What no guardrail of these tests lets pass. */
export const FORBIDDEN = 'the forbidden word';

/** How a judge answers one question: whether the text may pass, or any script. */
export type Judging = (text: string) => boolean | Script;

/** A service of guardrails on a socket, which speaks as OpenAI's moderation and as Bedrock's ApplyGuardrail. */
export type Judge = Upstream & {
  /** What it was asked, in order: the side where the question says it, and the text. */
  readonly heard: () => readonly { readonly side: string | undefined; readonly text: string }[];
  /** How it judges from now on. */
  judgeBy(judging: Judging): void;
};

export const harmless: Judging = (text) => !text.includes(FORBIDDEN);

/** Starts a judge that finds one thing wrong with a text: that it holds FORBIDDEN. */
export async function startJudge(): Promise<Judge> {
  let judging = harmless;
  const upstream = await startUpstream((asked, response) => {
    const passes = judging(textOf(asked.body));
    return (typeof passes === 'function' ? passes : judged(passes))(asked, response);
  });
  return {
    ...upstream,
    heard: () => upstream.asked.map(({ body }) => ({ side: body.source as string | undefined, text: textOf(body) })),
    judgeBy: (next) => {
      judging = next;
    },
  };
}

/** A verdict, in the words of whoever is asked. */
export const judged =
  (passes: boolean): Script =>
  (asked, response) => {
    const answer = asked.path.includes('/guardrail/') ? applied(passes, textOf(asked.body)) : moderated(passes);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };

const textOf = ({ input, content }: Record<string, unknown>): string =>
  typeof input === 'string'
    ? input
    : (content as readonly { readonly text: { readonly text: string } }[]).map(({ text }) => text.text).join('\n');

const moderated = (passes: boolean) => ({
  id: 'modr-1',
  model: 'omni-moderation-latest',
  results: [{ flagged: !passes, categories: { hate: false, violence: !passes }, category_scores: {} }],
});

const applied = (passes: boolean, text: string) => {
  const units = Math.ceil(text.length / 1000);
  return {
    action: passes ? 'NONE' : 'GUARDRAIL_INTERVENED',
    usage: {
      topicPolicyUnits: units,
      contentPolicyUnits: units,
      wordPolicyUnits: units,
      sensitiveInformationPolicyUnits: 0,
      sensitiveInformationPolicyFreeUnits: 0,
      contextualGroundingPolicyUnits: 0,
    },
    outputs: passes ? [] : [{ text: 'Sorry.' }],
    assessments: passes ? [{}] : [{ topicPolicy: { topics: [{ name: 'violence', type: 'DENY', action: 'BLOCKED' }] } }],
  };
};
