import type { Kind } from './admission.ts';
import { dollarAttributes } from './counter.ts';
import type { Window } from './limits.ts';
import type { Marker } from './marker.ts';

/** The letter of what a call is counted in besides the attributes that every counter has; none for those. */
export function letterOf(kind: Kind, window: Window | undefined): readonly string[] {
  switch (kind) {
    case 'requests':
      return ['r'];
    case 'tokens':
      return ['t'];
    case 'concurrent':
      return ['c'];
    case 'dollars':
      return window === 'minute' ? ['m'] : window === 'hour' ? ['h'] : [];
  }
}

/**
 * What a call adds to each attribute of a counter. Its marker says it all, for the limits may have changed when the call
 * is over. `S`: its tenant's own part of a shared counter is counted, too.
 */
export function takenBy({ moment, nanoDollars, tokens, counted, witness }: Marker): Readonly<Record<string, number>> {
  const { day, month, total, hour, minute } = dollarAttributes(moment);
  const lettered: readonly (readonly [letter: string, attribute: string, amount: number])[] = [
    ['m', minute, nanoDollars],
    ['h', hour, nanoDollars],
    ['r', `rq${moment.minute}`, 1],
    ['t', `tk${moment.minute}`, tokens],
    ['c', 'live', 1],
  ];
  const own = lettered.filter(([letter]) => counted.includes(letter)).map(([, ...each]) => each);
  const parts = counted.includes('S')
    ? own.map(([name, amount]) => [`${name}~${witness.tenant}`, amount] as const)
    : [];
  return {
    live: 1,
    [day]: nanoDollars,
    [month]: nanoDollars,
    [total]: nanoDollars,
    ...Object.fromEntries([...own, ...parts]),
  };
}
