import { refusal } from '../../lib/redaction/masking.ts';
import type { Scanner } from '../../lib/redaction/scanner.ts';
import type { Hide, Ways } from '../../lib/redaction/walk.ts';

/** Who hides values. */
type Hiding = { readonly hide: Hide; readonly hideAgain?: Hide };

/** Ways through a request on which values are hidden so, and what cannot be hidden is refused. */
export const waysOf = ({ hide, hideAgain = hide }: Hiding, scan: Scanner): Ways => ({
  hide,
  hideAgain,
  scan,
  refuse: (kinds) => {
    const refused = refusal(Object.fromEntries(kinds.map((kind) => [kind, 1])));
    if (refused !== undefined) throw refused;
  },
});
