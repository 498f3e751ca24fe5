import { sha256 } from '../audit-plain.ts';

/** Whose traces are to go: all of a tenant, or those of one of its users. */
export type Whose = { readonly tenant: string; readonly user?: string | undefined };

/** What the audit log calls them: it is never changed, so of a user it has a mark that only who knows the name can make again. */
export function subjectOf({ tenant, user }: Whose): string {
  if (user === undefined) return `tenant ${tenant}`;
  return `user sha256:${sha256(JSON.stringify([tenant, user])).slice(0, 16)} of tenant ${tenant}`;
}
