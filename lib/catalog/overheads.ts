/** What a model reads besides what it is sent, at most, in tokens. */
export type Overheads = {
  /** In every call, where 16 tokens a message do not cover its template. */
  readonly template: number;
  /** In a call with tools: what explains to the model how they are called. */
  readonly tools: number;
};

/** What the provider puts into the prompt of this model, `provider/model`. */
export function overheadsOf(fullName: string): Overheads {
  const found = rows.find(([pattern]) => pattern.test(fullName));
  return { template: found?.[1] ?? 0, tools: found?.[2] ?? STRANGE_TOOLS };
}

/** More than any host was recorded to add for the tools of a model we do not know; the most was 850. */
const STRANGE_TOOLS = 1024;

/**
 * By names, the first that fits: the template's tokens, then the tools'. Read or recorded up to 2026-11-26. A model's
 * hosts put words of their own around its name, and a bound must hold for all of them: so a part of the name is enough.
 */
const rows: readonly (readonly [pattern: RegExp, template: number, tools: number])[] = [
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing; asked to think, they read 30 more.
  [/claude-(\w+-)?3/i, 64, 530],
  [/claude-(\w+-)?4[-.][56](?!\d)/i, 64, 589],
  [/claude-(\w+-)?4[-.]8(?!\d)/i, 64, 410],
  [/claude/i, 64, 804],
  // Its system message, which no caller can leave out: https://developers.openai.com/cookbook/articles/openai-harmony
  [/gpt-oss/i, 96, 96],
  // Functions become a TypeScript namespace of a few lines.
  [/gpt-\d|^openai\/(chatgpt-|o\d)/i, 0, 64],
  [/gemini-/i, 0, 64],
  // Recorded: 95 tokens for thinking, and for tools 330 with Nova Micro, 850 with Nova 2 Lite.
  [/amazon[./]nova-/i, 128, 1024],
  // Recorded: 1,386 with Command A Reasoning; 820 for tools with Command R.
  [/command/i, 1536, 256],
  // Recorded: 155 with Grok 4 Fast. The first Grok 4 is said to read some 680, which we could not verify.
  [/grok-/i, 768, 256],
  // Recorded: 15 in every call of one message.
  [/(mi|mini|dev|magi)stral/i, 32, 256],
  // Knowledge cutoff and date: https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1
  [/llama-?v?3[-.p]?[1-3]/i, 48, 256],
  // Recorded: 80 with V4 Flash that thinks hard; 210 for tools with deepseek-chat.
  [/deepseek/i, 128, 1024],
  // Some hosts keep the published default prompts: https://huggingface.co/moonshotai/Kimi-K2-Instruct, Qwen2.5 likewise.
  [/qwen-?2|kimi-k|minimax-m/i, 48, 1024],
];

/** What a model that searches unasked may use besides its prompt and its limited answer. */
export type Research = { readonly searches: number; readonly citations: number; readonly thoughts: number };

/** How far a model goes that searches by itself; nobody publishes a limit, so these are ours. */
export function researchOf(fullName: string): Research {
  if (/deep-research/i.test(fullName)) return { searches: 128, citations: 500_000, thoughts: 500_000 };
  return { searches: /search|sonar|:online$/i.test(fullName) ? 16 : 0, citations: 0, thoughts: 0 };
}
