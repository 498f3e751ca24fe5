import type { Call } from './calls.ts';
import { type Heard, hear } from './heard.ts';
import type { Arranged, Providers } from './providers.ts';

/** Makes all calls, so many at once, each at its door. */
export async function run(
  calls: readonly Call[],
  doors: readonly string[],
  providers: Providers,
  atOnce: number,
): Promise<readonly Heard[]> {
  const waiting = calls.values();
  const heard: Heard[] = [];
  const caller = async () => {
    for (const call of waiting) heard.push(await hear(call, doors[call.door] ?? '', arrangedFor(call, providers)));
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return heard;
}

/** What a provider must know of a caller that will leave, or not wait. */
export function arrangedFor({ question, leaves, hurried }: Call, { arrange }: Providers): Arranged | undefined {
  if (leaves === 'early') return arrange(question, 'keeps silent');
  if (leaves === 'midway') return arrange(question, 'stops in its answer');
  if (leaves === 'kept') return arrange(question, 'waits for its reader to leave');
  // All that follow answer at once: they must be quicker than the caller, however busy the machine is.
  return hurried && arrange(question, 'keeps silent', ...Array<'answers'>(8).fill('answers'));
}
