import { claudeName } from './writer.ts';

/** What sets one Claude model apart from another in the requests it takes. */
export type Abilities = {
  /** The most tokens an answer may have. */
  readonly mostOutput: number;
  /** How it is asked to think: not at all, with a budget of tokens, or as it sees fit. */
  readonly thinking: 'never' | 'budget' | 'adaptive';
  /** How it is asked not to: by saying nothing, in words of its own, or in no way. */
  readonly quiet: 'unsaid' | 'disabled' | 'between_tools' | 'impossible';
  /** The efforts it knows, least first. */
  readonly efforts: readonly string[];
  /** Which of temperature and top_p may be set: both, one of the two, or neither; top_k goes with them. */
  readonly sampling: 'both' | 'one' | 'neither';
  /** Whether a tool call can be demanded. */
  readonly forcing: boolean;
  /** Whether it can be kept to a JSON schema. */
  readonly schemas: boolean;
  /** Whether it continues an assistant message that it is given last. */
  readonly prefill: boolean;
  /** Whether instructions may stand between the messages. */
  readonly laterSystem: boolean;
};

/** 4.8 is version 408. */
type Model = { readonly tier: string; readonly version: number };

/**
 * What a model can do, by its name. A name that is no Claude's is taken for a model of today with the least in common.
 * https://platform.claude.com/docs/en/models/overview
 * https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting
 */
export function abilitiesOf(name: string): Abilities {
  const model = toModel(name);
  if (model === undefined) return strange;
  const { version } = model;
  return {
    mostOutput: mostOutput(model),
    thinking: version >= 406 ? 'adaptive' : version >= 307 ? 'budget' : 'never',
    quiet: quiet(model),
    efforts: version >= 407 ? ['low', 'medium', 'high', 'xhigh', 'max'] : ['low', 'medium', 'high', 'max'],
    sampling: version >= 407 ? 'neither' : version >= 401 ? 'one' : 'both',
    forcing: version < since(model, { opus: 505, sonnet: 505, highest: 501 }),
    schemas: version >= since(model, { opus: 401, sonnet: 405, haiku: 405, highest: 500 }),
    prefill: version < 406,
    laterSystem: version >= since(model, { opus: 408, sonnet: 505, haiku: 505, highest: 500 }),
  };
}

const strange: Abilities = {
  mostOutput: 32_000, // the least of any Claude since 4
  thinking: 'adaptive',
  quiet: 'unsaid',
  efforts: ['low', 'medium', 'high'],
  sampling: 'both',
  forcing: true,
  schemas: true,
  prefill: true,
  laterSystem: false,
};

/** Reads `claude-opus-4-8` and, as it was once, `claude-3-5-sonnet`. */
function toModel(name: string): Model | undefined {
  const found = /claude-(?:([a-z]+)-(\d{1,2})(?:-(\d{1,2}))?|(\d)(?:-(\d{1,2}))?-([a-z]+))(?!\d)/.exec(
    claudeName(name),
  );
  if (found === null) return undefined;
  const [, tier, major, minor, formerMajor, formerMinor, formerTier] = found;
  const version = Number(major ?? formerMajor) * 100 + Number(minor ?? formerMinor ?? 0);
  return { tier: tier ?? formerTier ?? '', version };
}

type Firsts = Partial<Record<'opus' | 'sonnet' | 'haiku' | 'highest', number>>;

/** The version of its own tier since which something holds. */
function since({ tier }: Model, firsts: Firsts): number {
  if (tier === 'opus' || tier === 'sonnet' || tier === 'haiku') return firsts[tier] ?? Number.POSITIVE_INFINITY;
  return firsts.highest ?? Number.POSITIVE_INFINITY;
}

function mostOutput({ tier, version }: Model): number {
  if (version >= 406) return 128_000;
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  return tier === 'opus' && version < 405 ? 32_000 : 64_000;
}

function quiet(model: Model): Abilities['quiet'] {
  if (model.version < 500) return 'unsaid';
  if (model.version >= since(model, { opus: 505, highest: 500 })) return 'impossible';
  return model.version >= since(model, { sonnet: 505 }) ? 'between_tools' : 'disabled';
}
