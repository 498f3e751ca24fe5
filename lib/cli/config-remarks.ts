import type { Config } from '../config/config.ts';
import { priceOf } from '../config/price-of.ts';
import { namesIn } from '../config/route.ts';

/** What a configuration that is right leaves its operator to find out in an outage: parts of routes that are never called. */
export function neverCalled(config: Config): readonly string[] {
  return Object.entries(config.models).flatMap(([name, route]) =>
    namesIn(route, ['models', name]).flatMap((part) =>
      Object.hasOwn(config.models, part.name) || priceOf(part.name, config) !== undefined
        ? []
        : [
            `${part.path.join('.')} leads to ${part.name}, whose price is not known: it is never called until it stands under prices. Is its name right?`,
          ],
    ),
  );
}
