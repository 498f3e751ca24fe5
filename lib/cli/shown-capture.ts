import type { RecordedCall } from '../aws/recorded-calls.ts';
import { toFields } from '../local/dynamodb/fields.ts';
import type { Connection } from './connect.ts';
import { Wrong } from './wrong.ts';

/** What is kept of a call. Whoever reads it is in the audit log first: what cannot be noted there is not shown. */
export async function shownCapture({ tenant, id, told }: RecordedCall, connection: Connection): Promise<unknown> {
  const { key, failed } = toFields(told.capture);
  if (typeof key !== 'string')
    throw new Wrong(
      failed === true
        ? `Call ${id} should have been kept, and could not be: the gateway's log says why.`
        : `Call ${id} was not kept: its tenant did not want it then. See sluice tenants set ${tenant} --capture on.`,
    );
  const { captures, audit, note } = connection;
  if (captures === undefined)
    throw new Wrong('This gateway has no place for captures now: deploy it again with -c captures=true.');
  if (audit === undefined)
    throw new Wrong('A capture is shown only where it is noted that it was, and this gateway has no audit log yet.');
  await note({ action: 'capture.read', subject: `capture of call ${id}`, outcome: { tenant, key } });
  const text = await captures.read(key);
  if (text === undefined) throw new Wrong(`The capture ${key} is gone: it was deleted, or has had its time.`);
  return JSON.parse(text);
}

/** A capture as a person reads it: nothing that a terminal would obey. */
export const captureSheet = (capture: unknown): string =>
  JSON.stringify(capture, undefined, 2).replace(/[\p{Cf}\u007f-\u009f]/gu, escaped);

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
