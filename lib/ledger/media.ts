import { findModel } from '../catalog/catalog.ts';
import { imageTokensOf, tokensOfPixels } from '../catalog/images.ts';
import { type Fields, isFields, listOf, type Quotable, searches } from './ceiling-request.ts';
import { pixelsOf } from './media-pixels.ts';

/** What in a request is no text: images, sound of known length, and what may be as large as the model can read. */
export type Medium =
  | { readonly kind: 'image'; readonly url: string; readonly detail: string }
  | { readonly kind: 'audio'; readonly base64Length: number }
  | { readonly kind: 'boundless'; readonly heard: boolean };

/** A context window wider than those of nearly all models we do not know. */
const WIDE_WINDOW = 1_048_576;
/** What a medium without a bound counts for where an estimate will do. */
const USUAL_TOKENS = 16_384;

/** The most tokens a model may read of media. */
export function mediaBound(media: readonly Medium[], target: string): number {
  const each = media.map((medium) => tokensOf(medium, target));
  const bounded = each.reduce<number>((sum, tokens) => sum + (tokens ?? 0), 0);
  // A prompt fits into the window, however many files there are.
  return each.includes(undefined) ? bounded + (findModel(target)?.contextWindow ?? WIDE_WINDOW) : bounded;
}

/** What a model is likely to read of media, at most. */
export const mediaEstimate = (media: readonly Medium[], target: string): number =>
  media.reduce((sum, medium) => sum + (tokensOf(medium, target) ?? USUAL_TOKENS), 0);

/** The media of a request. What a provider searches for or runs by itself is read as well, and is boundless. */
export function mediaIn(request: Quotable): readonly Medium[] {
  const shown = request.messages.flatMap(({ content, audio }) => [
    ...listOf(content).flatMap((part) => (isFields(part) ? toMedia(part) : [])),
    ...(isFields(audio) ? [unmeasured] : []), // an earlier answer in sound, by its id
  ]);
  return searches(request) ? [...shown, found] : shown;
}

/** True where some of the media may be sound. */
export const heard = (media: readonly Medium[]): boolean =>
  media.some((medium) => medium.kind === 'audio' || (medium.kind === 'boundless' && medium.heard));

/** What kind of medium a piece of content is; undefined for text. A kind that nobody knows may be anything. */
export function kindOf({ type }: Fields): Medium['kind'] | undefined {
  if (typeof type !== 'string' || TEXTS.test(type)) return undefined;
  if (IMAGES.test(type)) return 'image';
  return type === 'input_audio' ? 'audio' : 'boundless';
}

const TEXTS =
  /^((input_|output_)?text|refusal|(redacted_)?thinking|reasoning.*|tool_(call|use|result|reference)|json)$/;
const IMAGES = /^(input_)?image(_url)?$/;
/** Formats of no less than a kilobyte a second: speech in MP3 at its worst. */
const DENSE = /^(wav|mp3|mpeg|pcm16|pcm)$/;

const unmeasured: Medium = { kind: 'boundless', heard: true };
const found: Medium = { kind: 'boundless', heard: false };
/** How a document begins that makes no sound. */
const PAGES = /^data:(application\/pdf|text\/)/;

function toMedia(part: Fields): readonly Medium[] {
  switch (kindOf(part)) {
    case undefined:
      return [];
    case 'image':
      return [toImage(part)];
    case 'audio': {
      const { data, format } = isFields(part.input_audio) ? part.input_audio : {};
      const dense = typeof data === 'string' && typeof format === 'string' && DENSE.test(format);
      return [dense ? { kind: 'audio', base64Length: data.length } : unmeasured];
    }
    case 'boundless': {
      const { file_data: given } = isFields(part.file) ? part.file : {};
      return [typeof given === 'string' && PAGES.test(given.slice(0, 64)) ? found : unmeasured];
    }
  }
}

function toImage(part: Fields): Medium {
  const image = isFields(part.image_url) ? part.image_url : { url: part.image_url, detail: part.detail };
  const { url, detail } = image;
  return { kind: 'image', url: typeof url === 'string' ? url : '', detail: typeof detail === 'string' ? detail : '' };
}

/** The most tokens of one medium; undefined where only the model's window is a bound. */
function tokensOf(medium: Medium, target: string): number | undefined {
  switch (medium.kind) {
    case 'image': {
      const { low, high, most } = imageTokensOf(target);
      if (medium.detail === 'low') return low;
      if (medium.detail === 'high') return high;
      if (most !== undefined) return most;
      const pixels = pixelsOf(medium.url);
      return pixels && Math.max(low, tokensOfPixels(...pixels));
    }
    case 'audio':
      // A kilobyte is a second at most, and a second 50 tokens: 10 with OpenAI, 32 with Gemini, 50 straight from Whisper.
      // https://ai.google.dev/gemini-api/docs/audio
      return Math.ceil(medium.base64Length * (3 / 4) * (50 / 1000)) + 50;
    case 'boundless':
      return undefined;
  }
}
