import { createHash } from 'node:crypto';

/** Where prompts and answers are kept of tenants that want it. */
export type Captures = {
  /** Keeps the text of a call, and gives its key. Throws when it could not, and may be left when the signal fires. */
  keep(place: CapturePlace, text: string, signal: AbortSignal): Promise<string>;
};

/** The same as an operator reaches it. */
export type CaptureAdmin = {
  /** The text under a key; undefined where there is none any more. */
  read(key: string): Promise<string | undefined>;
  /** Deletes all that is under a prefix, page by page: tells each time how many are deleted by now. */
  delete(prefix: string): AsyncIterable<{ readonly deleted: number }>;
  /** All that is under a prefix, page by page. */
  list(prefix: string): AsyncIterable<readonly StoredCapture[]>;
  /** Deletes such of it; what is gone already is no hindrance. Throws when one could not be deleted. */
  remove(stored: readonly StoredCapture[]): Promise<void>;
};

/** A capture as it lies there: under one key there may be several, of which all but the newest are hidden. */
export type StoredCapture = { readonly key: string; readonly version?: string | undefined };

/** Whose call it is: the user as its record names them. */
export type CapturePlace = CaptureOwner & { readonly id: string };
export type CaptureOwner = { readonly tenant: string; readonly user?: string | undefined };

/** What the record of a call says of its capture: where it is, or that there is none though there should be. */
export type CaptureRecord = { readonly key: string } | { readonly failed: true };

/** All captures are under it. */
export const CAPTURES = 'captures/';

/** Under which all captures of a tenant are, or of one of its users. */
export function capturePrefix({ tenant, user }: CaptureOwner): string {
  const ofTenant = `${CAPTURES}${tenantPart(tenant)}/`;
  return user === undefined ? ofTenant : `${ofTenant}${userPart(tenant, user)}/`;
}

/** Where the capture of a call is. No user can be read out of it. */
export const captureKey = ({ tenant, user, id }: CapturePlace): string =>
  `${capturePrefix({ tenant })}${user === undefined ? 'nobody' : userPart(tenant, user)}/${id}.json.gz`;

/** Whether a text is such a prefix or key: what reads and deletes takes no other. */
export const isCapturePrefix = (text: string): boolean =>
  /^captures\/(!?[a-z]|\d)([a-z\d._-]|![a-z])*\/(u-[0-9a-f]{32}\/)?$/.test(text);
export const isCaptureKey = (text: string): boolean =>
  /^captures\/(!?[a-z]|\d)([a-z\d._-]|![a-z])*\/(u-[0-9a-f]{32}|nobody)\/\w+\.json\.gz$/.test(text);

/** A tenant's name, its capitals marked: on some disks `Acme` and `acme` are one folder. */
const tenantPart = (tenant: string): string => tenant.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);

/** The call whose capture is under a key. */
export const capturedCall = (key: string): string => /([^/]*)\.json\.gz$/.exec(key)?.[1] ?? '';

const userPart = (tenant: string, user: string): string =>
  `u-${createHash('sha256')
    .update(JSON.stringify([tenant, user]))
    .digest('hex')
    .slice(0, 32)}`;
