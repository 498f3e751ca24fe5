import { isDeepStrictEqual } from 'node:util';
import { canonical } from '../audit/canonical.ts';
import type { Change } from '../audit/entry.ts';
import type { Fields } from './access-fields.ts';
import { toNote } from './audit-notes.ts';
import { plain, plainText, sha256 } from './audit-plain.ts';
import { CONFIG, CURRENT, HISTORY } from './config-items.ts';
import { type Stamp, toStamp } from './stamp.ts';

/** What became of an item of table Access. */
export type Turn = {
  readonly source: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Undefined where it was not there. */
  readonly before?: Fields | undefined;
  readonly after?: Fields | undefined;
  /** Whether DynamoDB deleted it, because its time was over. */
  readonly expired?: boolean;
};

const UNKNOWN = 'unknown (edited without sluice; CloudTrail has the caller)';
const EXPIRED = 'DynamoDB (its time to live was over)';
/** A stamp is of a change that comes at once; so much may clocks differ. */
export const FRESH_MS = 15 * 60_000;

/** The change to be logged; undefined where nothing changed but the stamp, or the item is none of those that are logged. */
export function changeIn(turn: Turn): Change | undefined {
  const { before, after, at, source } = turn;
  const about = aboutOf(turn);
  if (about === undefined) return undefined;
  const [old, fresh] = [before && about.view(before), after && about.view(after)];
  if (isDeepStrictEqual(old, fresh)) return undefined;
  const stamp = stampOf(turn);
  const { reason } = stamp ?? {};
  return {
    at: new Date(at).toISOString(),
    principal: plainText(stamp ? toPrincipal(stamp, at) : turn.expired ? EXPIRED : UNKNOWN),
    action: about.action(stamp?.does),
    subject: plainText(about.subject),
    ...(old !== undefined && { before: plain(old) }),
    ...(fresh !== undefined && { after: plain(fresh) }),
    ...(reason !== undefined && { reason: plainText(reason) }),
    ...(stamp && { stamp: plainText(stamp.id) }),
    source,
  };
}

/** A change whose stamp an earlier one had: somebody copied the item, or put an older one back, and the stamp with it. */
export const disowned = ({ reason: _, stamp: __, ...change }: Change): Change => ({
  ...change,
  principal: 'unknown (edited without sluice, with the stamp of another change; CloudTrail has the caller)',
});

type About = {
  readonly subject: string;
  readonly action: (does: Stamp['does']) => string;
  /** What is logged of the item. */
  readonly view: (item: Fields) => Fields | undefined;
};

function aboutOf({ before, after }: Turn): About | undefined {
  const { pk, sk, id } = after ?? before ?? {};
  const place = String(pk);
  const verb = before === undefined ? 'create' : after === undefined ? 'remove' : 'change';
  if (sk === 'tenant' && place.startsWith('tenant#'))
    return { subject: `tenant ${place.slice('tenant#'.length)}`, action: () => `tenant.${verb}`, view: withoutPlace };
  if (sk === 'key' && place.startsWith('key#'))
    // Not its place: that has the hash of its secret.
    return {
      subject: `key ${typeof id === 'string' ? id : '(without an id)'}`, // a map may have no text
      action: (does) => `key.${keyVerb(before, after, does)}`,
      view: withoutPlace,
    };
  if (place === CONFIG && sk === CURRENT) {
    const inForce = ({ version, json }: Fields = {}) => ({ version, json });
    const same = after === undefined || isDeepStrictEqual(inForce(before), inForce(after));
    const action = (does: Stamp['does']) => `config.${same ? verb : does === 'rollback' ? does : 'apply'}`;
    return { subject: 'config', action, view: contentOf('json') };
  }
  if (place === CONFIG && String(sk).startsWith(HISTORY))
    return {
      subject: `config version ${Number(String(sk).slice(HISTORY.length))}`,
      action: () => `config.${verb}-history`,
      view: contentOf('text'),
    };
  const note = before === undefined ? toNote(after) : undefined;
  return note && { subject: note.subject, action: () => note.action, view: () => note.outcome };
}

function keyVerb(before: Fields | undefined, after: Fields | undefined, does: Stamp['does']): string {
  if (before === undefined) return does === 'rotate' ? 'rotate' : 'create';
  if (after === undefined) return 'remove';
  if (after.revoked && !before.revoked) return 'revoke';
  return after.rotated !== undefined && before.rotated === undefined ? 'rotate' : 'change';
}

const withoutPlace = ({ pk: _, sk: __, changed: ___, ...item }: Fields): Fields => item;

/** Of a configuration the text may be too large for an entry, and is in the history: its hash tells whether that is still what it was. */
const contentOf =
  (name: 'json' | 'text') =>
  ({ [name]: content, ...item }: Fields): Fields => ({ ...withoutPlace(item), sha256: hashed(content) });

const hashed = (content: unknown): string => sha256(typeof content === 'string' ? content : canonical(plain(content)));

/** The stamp that came with this change: a new one, not what an earlier change left; for a removal, the mark that it left just before. */
function stampOf({ before, after, expired }: Turn): Stamp | undefined {
  const [old, fresh] = [toStamp(before?.changed), toStamp(after?.changed)];
  if (after === undefined) return old?.does === 'remove' && !expired ? old : undefined;
  return fresh?.id === old?.id ? undefined : fresh;
}

/** Who a stamp names; a stamp of another time may be an older change's, or of a clock that is wrong. */
const toPrincipal = ({ by, at }: Stamp, moment: number): string =>
  Math.abs(Date.parse(at) - moment) <= FRESH_MS ? by : `unconfirmed (its stamp is of ${at}): ${by}`;
