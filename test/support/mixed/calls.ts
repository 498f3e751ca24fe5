import { features, type Member, users } from './tenants.ts';

/** When a caller hangs up: before the first byte, in the middle, or in the middle of what it asked to be kept for it. */
export type Leaves = 'early' | 'midway' | 'kept';

/** One call of the run. */
export type Call = {
  /** Its place in the run; the record of it says so. */
  readonly number: number;
  /** In its prompt. Calls that ask the same have the same. */
  readonly question: number;
  readonly member: Member;
  /** Which of the gateways is asked. */
  readonly door: number;
  readonly path: '/chat/completions' | '/embeddings';
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly leaves?: Leaves;
  /** True for one whose first target keeps it waiting for longer than it will. */
  readonly hurried?: true;
};

type Dice = () => number;

/** Routes of the operator's. */
export const routes = {
  steady: {
    inOrder: [{ use: 'openai/gpt-5-mini', tries: 2 }, 'anthropic/claude-sonnet-4-5', 'gemini/gemini-2.5-flash'],
  },
  trial: {
    split: [
      { share: 50, use: { inOrder: ['lab/m', 'gemini/gemini-2.5-flash'] } },
      { share: 30, use: 'anthropic/claude-sonnet-4-5' },
      { share: 20, use: { use: 'gemini/gemini-2.5-flash', tries: 2 } },
    ],
  },
  stubborn: { use: 'lab/m', tries: 3 },
} as const;

const models = [
  ...Object.keys(routes),
  'lab/m',
  'lab/m',
  'openai/gpt-5-mini',
  'anthropic/claude-sonnet-4-5',
  'gemini/gemini-2.5-flash',
];

const pick = <Value>(from: readonly Value[], dice: Dice): Value => {
  const found = from[Math.floor(dice() * from.length)];
  if (found === undefined) throw new Error('There is nothing to pick.');
  return found;
};

/** By then a call is certainly under way: who leaves must be the one that its provider waits for, and not who asks again. */
const LATER = 64;

/** Draws so many calls of these members, at so many doors. */
export function drawCalls(count: number, members: readonly Member[], doors: number, dice: Dice): readonly Call[] {
  const calls = callsOf(members, doors, dice);
  return Array.from({ length: count }, () => calls.next().value);
}

/** Draws calls of these members without end: mostly new ones, some that were asked before. */
export function* callsOf(members: readonly Member[], doors: number, dice: Dice): Generator<Call, never> {
  const lately: Call[] = [];
  const latest = new Map<string, Call>();
  const weighted = members.flatMap((member) => Array<Member>(member.share).fill(member));
  for (let number = 0; ; number++) {
    const call = next(number);
    lately.push(call);
    if (lately.length > LATER) lately.shift();
    yield call;
  }

  function next(number: number): Call {
    const at = { number, door: Math.floor(dice() * doors) };
    const before = lately.at(-1 - Math.floor(dice() * 12));
    const kept = lately.at(-LATER);
    const again = kept?.leaves === 'kept' ? kept : before?.leaves === undefined && dice() < 0.6 ? before : undefined;
    if (again?.headers['idempotency-key'])
      return { ...plainly(again), ...at, headers: labelled(again.headers, number) };
    const member = pick(weighted, dice);
    const known = latest.get(member.tenant);
    if (member.caches && known !== undefined && dice() < 0.6) {
      const body = { ...known.body, stream: dice() < 0.5 };
      return { ...known, ...at, member, body, headers: labelled({}, number) };
    }
    const call = fresh({ ...at, member }, dice);
    if (member.caches && call.path === '/chat/completions' && call.leaves === undefined)
      latest.set(member.tenant, call);
    return call;
  }
}

/** A repetition: whoever asks again stays. */
const plainly = ({ leaves: _, ...call }: Call): Call => call;

const labelled = (headers: Call['headers'], number: number) => ({
  ...headers,
  'x-sluice-metadata': JSON.stringify({ call: String(number) }),
});

function fresh(known: Pick<Call, 'number' | 'door' | 'member'>, dice: Dice): Call {
  const { number, member } = known;
  const labels = {
    ...(dice() < 0.6 && { 'x-sluice-user': pick(users, dice) }),
    ...(dice() < 0.4 && { 'x-sluice-feature': pick(features, dice) }),
  };
  const prompt = `question ${number} ${'and so on '.repeat(Math.floor(dice() * 24))}`;
  if (dice() < 0.08) {
    const headers = labelled(labels, number);
    return { ...known, question: number, path: '/embeddings', body: { model: 'lab/e', input: prompt }, headers };
  }
  const lot = dice();
  const leaves = lot < 0.012 ? 'early' : lot < 0.03 ? 'midway' : lot < 0.036 ? 'kept' : undefined;
  const hurried = leaves === undefined && !member.caches && lot > 0.994;
  const named = leaves === 'kept' || (leaves === undefined && dice() < 0.08);
  const model = hurried ? 'steady' : pick(models, dice);
  const stream = leaves === 'midway' || leaves === 'kept' || dice() < 0.5;
  const body = {
    model,
    messages: [{ role: 'user', content: contentOf(prompt, dice) }],
    stream,
    ...(stream && dice() < 0.6 && { stream_options: { include_usage: true } }),
    ...((model !== 'lab/m' || dice() < 0.7) && { max_tokens: 16 + Math.floor(dice() * 80) }),
    ...(model === 'openai/gpt-5-mini' && dice() < 0.5 && { service_tier: pick(['flex', 'priority'], dice) }),
  };
  const headers = labelled(
    {
      ...labels,
      ...(named && { 'idempotency-key': `named-${number}` }),
      ...(model === 'lab/m' && dice() < 0.15 && { 'x-sluice-fallback': 'anthropic/claude-sonnet-4-5' }),
      ...(hurried && { 'x-sluice-first-token-ms': '1000' }),
    },
    number,
  );
  return {
    ...known,
    question: number,
    path: '/chat/completions',
    body,
    headers,
    ...(leaves && { leaves }),
    ...(hurried && { hurried }),
  };
}

/** Some of it is to be kept by whoever can, for minutes or an hour. */
function contentOf(prompt: string, dice: Dice) {
  const lot = dice();
  if (lot > 0.2) return prompt;
  return [{ type: 'text', text: prompt, cache_control: { type: 'ephemeral', ttl: lot > 0.1 ? '5m' : '1h' } }];
}
