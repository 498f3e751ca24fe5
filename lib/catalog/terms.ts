import { reachOfModel } from './inference-profiles.ts';
import { echo } from './model.ts';
import { publishedTerms } from './published-terms.ts';
import { type Reach, type Region, reachOf } from './regions.ts';

/** How long what was sent is kept: not at all, so many days at most, or nobody says how long. */
export type Retention = 'none' | number | 'unknown';

/** What becomes of the data that is sent to a target. */
export type Terms = { readonly reach: Reach; readonly retention: Retention };

/** What an operator states of a provider, from a contract or from a setting; it counts instead of what is published. */
export type Stated = {
  readonly regions?: readonly Region[] | undefined;
  readonly retention?: Exclude<Retention, 'unknown'> | undefined;
};

/** A place, as far as it says where data goes. */
type Place = { readonly baseUrl: string; readonly region?: string };

/** The terms under which a provider is called at a place for a model. Of an address its vendor does not document nothing is known. */
export function termsOf(provider: string, place: Place, model: string, stated: Stated = {}): Terms {
  if (provider === echo.provider) return { reach: [], retention: 'none' };
  return {
    reach: reachAt(provider, place, model, stated.regions),
    retention: stated.retention ?? retentionAt(provider, place, model),
  };
}

function reachAt(provider: string, place: Place, model: string, stated?: readonly Region[]): Reach {
  if (provider === 'bedrock' && model.startsWith('guardrail/'))
    return stated ?? (atAws(place) ? reachOf('aws', place.region ?? '') : 'unknown');
  if (provider === 'bedrock') return reachOfModel(model, atAws(place) ? place.region : undefined, stated);
  if (stated !== undefined) return stated;
  if (provider === 'vertex') return atGoogle(place);
  return documented(provider, place)?.reach ?? 'unknown';
}

function retentionAt(provider: string, place: Place, model: string): Retention {
  const { retention = 'unknown', of } = documented(provider, place) ?? {};
  return of === undefined || of.test(model) ? retention : 'unknown';
}

/** What a provider publishes of the host that is called; undefined where it says nothing of that one. */
function documented(provider: string, place: Place) {
  const published = Object.hasOwn(publishedTerms, provider) ? publishedTerms[provider] : undefined;
  const host = hostOf(place) ?? '';
  const reach = published !== undefined && Object.hasOwn(published.hosts, host) ? published.hosts[host] : undefined;
  return published && reach && { ...published, reach };
}

/** The host of an address that is encrypted on its way; a port of its own makes it another. */
function hostOf({ baseUrl }: Place): string | undefined {
  if (!URL.canParse(baseUrl)) return undefined;
  const { protocol, host } = new URL(baseUrl);
  return protocol === 'https:' ? host : undefined;
}

/** Whether a region is called at AWS itself: without an address of its own, or at one of AWS's in that region. */
const atAws = (place: Place): boolean =>
  place.baseUrl === '' ||
  (place.region !== undefined && (hostOf(place)?.endsWith(`.${place.region}.vpce.amazonaws.com`) ?? false)) ||
  hostOf(place) === `bedrock-runtime.${place.region}.amazonaws.com`;

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations: the global endpoint promises no place. */
function atGoogle(place: Place): Reach {
  const { region = '' } = place;
  const host = hostOf(place);
  if (host === 'aiplatform.googleapis.com') return 'anywhere';
  const own = [`${region}-aiplatform.googleapis.com`, `aiplatform.${region}.rep.googleapis.com`];
  return host !== undefined && own.includes(host) ? reachOf('google', region) : 'unknown';
}
