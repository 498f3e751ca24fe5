/** The most tokens one image may cost, by the detail it is asked to be seen in. */
export type ImageTokens = {
  readonly low: number;
  readonly high: number;
  /** In any other detail, or where none is named; undefined where only its pixels set a limit. */
  readonly most: number | undefined;
};

/** What an image costs at most with this model, `provider/model`. */
export function imageTokensOf(fullName: string): ImageTokens {
  return rows.find(([pattern]) => pattern.test(fullName))?.[1] ?? strange;
}

/** Tokens of an image that is cut into patches of 32 pixels a side, at the dearest rate a patch is known to have. */
export const tokensOfPixels = (width: number, height: number): number =>
  Math.ceil(Math.ceil(width / 32) * Math.ceil(height / 32) * DEAREST_PATCH);

/** GPT-5 Nano's. https://developers.openai.com/api/docs/guides/images-vision#calculating-costs */
const DEAREST_PATCH = 2.46;

const always = (most: number): ImageTokens => ({ low: most, high: most, most });
const tiles = (base: number, tile: number): ImageTokens => {
  const most = base + 8 * tile; // an image is fitted into 2048 by 768 pixels, which are 8 tiles of 512
  return { low: base, high: most, most };
};
const patches = (high: number, most: number | undefined): ImageTokens => ({
  low: Math.ceil(256 * DEAREST_PATCH),
  high: Math.ceil(high * DEAREST_PATCH),
  most: most === undefined ? undefined : Math.ceil(most * DEAREST_PATCH),
});

/** The dearest there is, GPT-4o Mini's. */
const strange = always(2833 + 8 * 5667);

const few = always(Math.ceil(1536 * DEAREST_PATCH));

/** By a part of the name, the first that fits; read on 2026-11-26. */
const rows: readonly (readonly [pattern: RegExp, tokens: ImageTokens])[] = [
  // https://developers.openai.com/api/docs/guides/images-vision; those of 1,536 patches do not all heed `low`.
  [/gpt-4o-mini/i, tiles(2833, 5667)],
  [/gpt-(4\.1|5|5[-.]4)-(mini|nano)|o4-mini/i, few],
  [/gpt-4(o|\.1|-turbo|-vision)|^openai\/o[13]/i, tiles(85, 170)],
  [/gpt-5(-20|-chat|-pro|-codex|[-.][12](?!\d)|$)/i, few],
  [/gpt-5[-.][45](?!\d)/i, patches(2500, 10_000)],
  // From GPT-5.6 on, an image is seen as large as it is. A deployment on Azure may be any model.
  [/gpt-[5-9]|^openai\/|^azure\//i, patches(2500, undefined)],
  // https://platform.claude.com/docs/en/build-with-claude/vision: 1,568, and since Opus 4.7 4,784, in high resolution.
  [/claude-(\w+-)?(3|4([-.][0156](?!\d)|[-@]20\d{6}|$))/i, always(1600)],
  [/claude/i, always(4800)],
  // https://ai.google.dev/gemini-api/docs/media-resolution: 2,240 in ultra high; before 3, tiles of 258.
  [/gemini-[12]/i, always(16 * 258)],
  [/gemini-/i, always(2240)],
  // https://docs.x.ai/docs/guides/image-understanding: less than 1,792.
  [/grok-/i, always(1792)],
];
