import type { Json, JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { refused } from '../parameters.ts';
import type { Abilities } from './abilities.ts';

export type Sampling = { readonly sampling: JsonObject; readonly dropped: readonly string[] };

/** Below it, top_p may not be set while the model thinks. */
const LEAST_TOP_P_THINKING = 0.95;

/**
 * Temperature, top_p and top_k, as far as the model lets them be set. What says no more than the default is not said.
 * https://platform.claude.com/docs/en/build-with-claude/thinking
 */
export function toSampling(request: ChatRequest, { sampling }: Abilities, thinks: boolean, provider: string): Sampling {
  const temperature = number(request.temperature);
  const top_p = number(request.top_p);
  const top_k = number(request.top_k);
  if (temperature !== undefined && temperature > 1)
    throw refused('temperature', provider, `${provider} takes temperatures from 0 to 1`);
  const said: Record<string, number> = {};
  if (temperature !== undefined && sampling !== 'neither' && (!thinks || temperature === 1))
    said.temperature = temperature;
  if (top_p !== undefined && mayTopP(top_p, sampling, thinks, said.temperature !== undefined)) said.top_p = top_p;
  if (top_k !== undefined && sampling !== 'neither' && !thinks) said.top_k = top_k;
  const asked = [
    ...(temperature === undefined || temperature === 1 ? [] : ['temperature']),
    ...(top_p === undefined || top_p === 1 ? [] : ['top_p']),
    ...(top_k === undefined ? [] : ['top_k']),
  ];
  return { sampling: said, dropped: asked.filter((name) => !(name in said)) };
}

function mayTopP(top_p: number, sampling: Abilities['sampling'], thinks: boolean, besideTemperature: boolean): boolean {
  if (sampling === 'neither' || (sampling === 'one' && besideTemperature)) return false;
  return !thinks || top_p >= LEAST_TOP_P_THINKING;
}

const number = (value: Json | undefined) => (typeof value === 'number' ? value : undefined);
