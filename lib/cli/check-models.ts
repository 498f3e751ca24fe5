import { streamed } from './arrivals.ts';
import { askStream } from './ask-stream.ts';
import type { Check } from './check.ts';

/** A stand-in that a gateway on a laptop has: it costs nothing, and speaks as fast as it is told to. */
const ECHO = 'sluice/echo';
const PATIENCE_MS = 60_000;

/** Whom to ask for what. */
export type Asked = {
  readonly baseUrl: string;
  readonly key: string | undefined;
  /** Where the key is looked for. */
  readonly keyName: string;
  readonly models: readonly string[];
};

/** Whether a key gets in, models answer, and what they stream arrives as it is said. */
export async function checkModels({ baseUrl, key, keyName, models }: Asked): Promise<readonly Check[]> {
  const unknown = (message: string): readonly Check[] => [
    { about: 'stream', item: baseUrl, outcome: 'unknown', message },
  ];
  if (key === undefined)
    return unknown(
      `Whether it streams takes a key to tell: export ${keyName}=sk-sluice-…, or name a variable with --key-env.`,
    );
  const { status, text } = await list(baseUrl, key);
  if (status !== 200) {
    const message = `The key in ${keyName} does not get in at ${baseUrl}: ${status} ${text.slice(0, 300)}`;
    return [{ about: 'key', item: keyName, outcome: 'wrong', message }];
  }
  const accepted: Check = { about: 'key', item: keyName, outcome: 'ok', message: 'gets in' };
  const chosen = models.length === 0 && text.includes(`"${ECHO}"`) ? [ECHO] : models;
  if (chosen.length === 0)
    return [
      accepted,
      ...unknown('Whether it streams takes a model to tell: --model PROVIDER/MODEL, which costs some tokens.'),
    ];
  // One after the other: what one waits for must not look like another's delay.
  const checks: Check[] = [accepted];
  for (const model of chosen) checks.push(...(await checkModel(baseUrl, key, model)));
  return checks;
}

async function list(baseUrl: string, key: string): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${baseUrl}/models`, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

async function checkModel(baseUrl: string, key: string, model: string): Promise<readonly Check[]> {
  const answer = await askStream(baseUrl, key, {
    model,
    stream: true,
    max_completion_tokens: 300,
    messages: [{ role: 'user', content: 'Count from one to forty in words, with commas between them.' }],
    ...(model === ECHO && { pace_ms: 40 }),
  });
  if (!answer.ok) return [{ about: 'model', item: model, outcome: 'wrong', message: `${model}: ${answer.why}` }];
  const { at, askedAt } = answer.arrivals;
  const answers: Check = { about: 'model', item: model, outcome: 'ok', message: `answers, in ${at.length} pieces` };
  return [answers, { about: 'stream', item: baseUrl, ...arrived(streamed({ at, askedAt }), at, askedAt, baseUrl) }];
}

function arrived(as: boolean | undefined, at: readonly number[], askedAt: number, baseUrl: string) {
  const since = (ms: number | undefined) => Math.round((ms ?? askedAt) - askedAt);
  const [first, last] = [since(at.at(0)), since(at.at(-1))];
  if (as === undefined)
    return {
      outcome: 'unknown',
      message: 'The answer was too short to tell whether it streams: try another model.',
    } as const;
  if (as)
    return { outcome: 'ok', message: `streams: the first piece after ${first} ms, the last after ${last} ms` } as const;
  const message = `${baseUrl} does not stream: ${at.length} pieces came at once, ${first} to ${last} ms after they were asked for. Something between here and the gateway keeps them back: a proxy (switch its buffering off), a REST API whose integration does not say STREAM, a function URL whose mode is not RESPONSE_STREAM, or a guardrail that looks at answers of this key's tenant, with a window longer than this one.`;
  return { outcome: 'wrong', message } as const;
}
