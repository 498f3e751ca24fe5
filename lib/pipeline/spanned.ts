import { asGatewayError } from '../errors.ts';
import type { Attributes } from '../trace.ts';
import type { World } from '../world.ts';
import type { Visit } from './visit.ts';

/** A part of a visit that has a span of its own: its name, and what its result says of it. */
export type Spanned<Result> = {
  readonly name: string;
  readonly visit: Pick<Visit, 'trace'>;
  readonly about?: (result: Result) => Attributes;
};

/** Does a part of a visit's work; where the visit is traced, as a span of its own. */
export async function spanned<Result>(
  { name, visit: { trace }, about = () => ({}) }: Spanned<Result>,
  { tick }: World,
  work: () => Promise<Result>,
): Promise<Result> {
  if (trace === undefined) return work();
  const end = trace.begin(name, tick());
  try {
    const result = await work();
    end(tick(), { attributes: about(result) });
    return result;
  } catch (error) {
    const { code, status } = asGatewayError(error);
    end(tick(), { attributes: { 'error.type': code }, failed: status >= 500 });
    throw error;
  }
}
