import { hostname, userInfo } from 'node:os';

/** Who works at this machine, for the audit log: nobody vouches for it here. */
export const localUser = (): string => `local:${nameOf()}@${hostname()}`;

function nameOf(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a user id that has no name, as in a container
  }
}
