import { GatewayError } from '../../errors.ts';
import type { ChatChunk, ChatStream, ChunkChoice, UsageView } from '../../openai/answer.ts';
import type { JsonObject } from '../../openai/json.ts';
import type { Origin, Stamp } from '../provider.ts';
import { type Candidate, openCandidate } from './candidate.ts';
import { countIn, objectIn, objectsIn, textIn } from './fields.ts';
import { MADE } from './model-turn.ts';
import { writerOf } from './models.ts';
import { payloads } from './payloads.ts';
import { toStreamError } from './refusal.ts';
import { toUsageView } from './usage.ts';

/**
 * A streamed answer: each piece is a whole response that holds what is new. It ends without a word of its own, so it is
 * whole when every candidate has a finish reason, or when the prompt was blocked.
 */
export async function* fromStream(body: AsyncIterable<Uint8Array>, { provider, stamp, counted }: Origin): ChatStream {
  const writer = writerOf(stamp.model);
  const candidates = new Map<number, Candidate>();
  let head: Stamp | undefined;
  let usage: UsageView | undefined;
  let blocked: string | undefined;

  const open = (index: number): Candidate => {
    const found = candidates.get(index) ?? openCandidate(index, writer, (call) => callId(stamp, index, call));
    candidates.set(index, found);
    return found;
  };
  const toChunk = (choices: readonly ChunkChoice[]): ChatChunk => ({
    ...(head ?? stamp),
    object: 'chat.completion.chunk',
    choices,
  });

  for await (const batch of payloads(body, provider)) {
    const chunks: ChatChunk[] = [];
    try {
      for (const payload of batch) {
        if (payload.error !== undefined) throw toStreamError(payload, provider);
        head ??= toHead(payload, stamp);
        const told = toUsageView(payload.usageMetadata);
        if (told !== undefined) counted?.(told);
        usage = told ?? usage; // cumulative: the last is all
        blocked ??= textIn(objectIn(payload.promptFeedback).blockReason);
        const choices: ChunkChoice[] = [];
        for (const candidate of objectsIn(payload.candidates)) {
          const choice = open(countIn(candidate.index)).see(candidate);
          if (choice !== undefined) choices.push(choice);
        }
        if (choices.length > 0) chunks.push(toChunk(choices));
      }
    } finally {
      if (chunks.length > 0) yield chunks; // before the failure that came with them
    }
  }

  if (blocked !== undefined && candidates.size === 0) open(0);
  const ends = [...candidates.values()].map(({ end }) => end(blocked)).filter((end) => end !== undefined);
  if (ends.length === 0 || ends.length < candidates.size) {
    throw new GatewayError('provider_cut', {
      provider,
      message: `${provider} ended its answer before it was finished.`,
    });
  }
  yield [toChunk(ends), ...(usage === undefined ? [] : [{ ...toChunk([]), usage }])];
}

const toHead = ({ responseId, modelVersion }: JsonObject, stamp: Stamp): Stamp => ({
  id: textIn(responseId) ?? stamp.id,
  created: stamp.created,
  model: textIn(modelVersion) ?? stamp.model,
});

/** Calls mostly come without an id, and a client must find each again: one that no other answer has. */
const callId = ({ id }: Stamp, candidate: number, call: number) =>
  `${MADE}${id.replace(/^chatcmpl-(req_)?/, '')}_${candidate}_${call}`;
