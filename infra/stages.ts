/** One installation of the gateway; two with different names share nothing. */
export type Stage = {
  readonly name: string;
  /** The stack of what must outlive a deploy. */
  readonly stateStack: string;
  /** The stack of what can be thrown away. */
  readonly gatewayStack: string;
};

/** The stage that `-c stage=NAME` asks for; without it, `sluice`. */
export function stageNamed(name: unknown = 'sluice'): Stage {
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(name)) {
    throw new Error(
      `A stage is named with letters, digits and hyphens, a letter first, at most 64; not ${JSON.stringify(name)}.`,
    );
  }
  return { name, stateStack: `${name}-state`, gatewayStack: `${name}-gateway` };
}
