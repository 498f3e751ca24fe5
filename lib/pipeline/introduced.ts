import type { Caller } from '../caller.ts';
import type { Config } from '../config/config.ts';
import { requirementsOf } from '../config/requires.ts';
import type { World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import type { Visit } from './visit.ts';

/** Who calls, and the configuration the call goes by. What that requires of all targets is from here on the caller's, too. */
export async function introduced(visit: Visit, world: World): Promise<readonly [Caller, Config]> {
  const [caller, config] = await Promise.all([authenticate(visit, world), world.config()]);
  if (config.requires === undefined) return [caller, config];
  const forAll = requirementsOf({ 'the configuration': config.requires });
  return [{ ...caller, requires: [...forAll, ...caller.requires] }, config];
}
