import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { embeds } from '../support/embeds.ts';
import { FORBIDDEN, type Judge, startJudge } from '../support/judge.ts';
import { labs } from '../support/labs.ts';
import {
  beginStream,
  ending,
  event,
  refusal,
  type Script,
  startUpstream,
  type Upstream,
  wholeAnswer,
} from '../support/upstream.ts';

const EMAIL = 'ada.lovelace@planted.example';

let house: House;
let spare: Upstream;
let judge: Judge;
beforeAll(async () => {
  [spare, judge] = await Promise.all([startUpstream(), startJudge()]);
  const { providers } = labs({ spare: spare.baseUrl, judge: judge.baseUrl });
  const models = { support: { inOrder: [{ use: 'lab/m', tries: 1 }, 'spare/m'] } };
  const guardrails = { house: { provider: 'judge' } };
  house = await openHouse({ config: { providers, models, guardrails, cache: { ...unhurried, mode: 'exact' } } });
});
afterAll(async () => {
  await house?.close();
  await spare?.close();
  await judge?.close();
});

/** Says back what it was told last, after what it always says; finds the texts of embeddings all alike. */
const speaking =
  (always: string): Script =>
  (asked, response) => {
    if (asked.path.endsWith('/embeddings')) return embeds(asked, response);
    const text = `${always}${(asked.body.messages as { content: string }[]).at(-1)?.content}`;
    if (asked.body.stream !== true) return wholeAnswer(text)(asked, response);
    beginStream(response);
    for (const content of text.match(/[\s\S]{1,3}/g) ?? []) response.write(event({ content }));
    response.end(ending);
  };

const redacted = (mode: string) => ({ mode, found: { email: 1 }, unscanned: [] });

type Policy = {
  readonly tenant: object;
  /** What is asked, and what comes before it in an answer. */
  readonly question: string;
  readonly always?: string;
  /** What comes of it, for a chat and for embeddings, which have no text to be judged. */
  readonly chat: object;
  readonly embeddings?: object;
};

const guard = { input: ['house'], output: ['house'] };
const seen = { status: 200, guardrails: { input: 'scanned', output: 'scanned' } };
const policies: Readonly<Record<string, Policy>> = {
  mask: {
    tenant: { redaction: { mode: 'mask' } },
    question: EMAIL,
    chat: { status: 200, redaction: redacted('mask') },
  },
  tokens: {
    tenant: { redaction: { mode: 'tokens' } },
    question: EMAIL,
    chat: { status: 200, redaction: redacted('tokens') },
  },
  block: { tenant: { redaction: { mode: 'block' } }, question: EMAIL, chat: { status: 400, unrecorded: true } },
  guardrail: {
    tenant: { guard },
    question: 'Hello',
    chat: { ...seen, finish: 'stop' },
    embeddings: { status: 200, guardrails: { input: 'scanned', output: 'not scanned' } },
  },
  'guardrail, of a request': {
    tenant: { guard },
    question: FORBIDDEN,
    chat: {
      status: 400,
      errorCode: 'content_filter',
      guardrails: { input: 'scanned', output: 'not scanned', blocked: { side: 'input', by: ['house: violence'] } },
    },
  },
  'guardrail, of an answer': {
    tenant: { guard },
    question: 'Hello',
    always: FORBIDDEN,
    chat: {
      ...seen,
      finish: 'content_filter',
      guardrails: { ...seen.guardrails, blocked: { side: 'output', by: ['house: violence'] } },
    },
    embeddings: { status: 200, guardrails: { input: 'scanned', output: 'not scanned' } },
  },
};

beforeEach(() => house.upstream.answerWith(speaking('')));

async function ask(path: 'chat' | 'embeddings', key: string, body: object, headers = {}) {
  const response = await fetch(`${house.url}/${path === 'chat' ? 'chat/completions' : path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { response, text: await response.text() };
}

/** The status of a call, and what its record says of policies, where it has one. */
async function outcomeOf(key: string, response: Response, recorded: boolean): Promise<object> {
  const find = () =>
    fetch(`${house.url}/calls/${response.headers.get('x-request-id')}`, {
      headers: { authorization: `Bearer ${key}` },
    });
  const { status } = response;
  if (!recorded) return { status, unrecorded: (await find()).status === 404 };
  await expect.poll(async () => (await find()).status).toBe(200);
  const { redaction, guardrails, errorCode, finish } = JSON.parse(await (await find()).text());
  const { input, output, blocked } = guardrails ?? {};
  return {
    status,
    ...(redaction && { redaction }),
    ...(guardrails && { guardrails: { input, output, ...(blocked && { blocked }) } }),
    ...(errorCode && { errorCode }),
    ...(guardrails && finish && { finish }),
  };
}

describe.each(Object.keys(policies))('%s', (name) => {
  const policy = policies[name];
  if (policy === undefined) throw new Error(name);
  const { tenant, question, always = '' } = policy;

  describe.each(['chat', 'embeddings'] as const)('of %s', (path) => {
    test.each([false, true])(
      'is the same, and on record, by whichever way the call goes, streamed %s',
      async (stream) => {
        const { key } = await house.keyOf({ budgets: 'none', ...tenant });
        const expected = path === 'embeddings' ? (policy.embeddings ?? policy.chat) : policy.chat;
        for (const upstream of [house.upstream, spare]) upstream.answerWith(speaking(always));
        const recorded = !('unrecorded' in expected);
        const asked = path === 'chat' ? { messages: [{ role: 'user', content: question }] } : { input: question };
        const body = { ...asked, ...(stream && { stream }) };
        const texts: string[] = [];
        const call = async (model: string, headers = {}) => {
          const { response, text } = await ask(path, key, { model, ...body }, headers);
          texts.push(text);
          return response;
        };

        expect(await outcomeOf(key, await call('lab/m'), recorded)).toEqual(expected);

        const cached = path === 'chat' && 'status' in expected && expected.status === 200;
        let again = await call('lab/m');
        if (cached)
          await expect
            .poll(async () => {
              again = await call('lab/m');
              return again.headers.get('x-sluice-cache');
            })
            .toBe('hit');
        expect(await outcomeOf(key, again, recorded)).toEqual(expected);

        house.upstream.answerWith(refusal(503, { message: 'down' }));
        const fallback = await call('support', { 'x-sluice-cache': 'off' });
        expect(await outcomeOf(key, fallback, recorded)).toEqual(expected);
        if (fallback.status === 200) expect(fallback.headers.get('x-sluice-model')).toBe('spare/m');

        for (const text of texts) expect(text.replaceAll(/"content":"([^"]{0,3})"/g, '$1')).not.toContain(FORBIDDEN);
        expect(JSON.stringify([house.upstream.asked, spare.asked, judge.asked])).not.toContain(EMAIL);
      },
    );
  });
});
