import type { App } from 'aws-cdk-lib';

/** What `-c NAME=VALUE` and cdk.json ask for. */
export type Context = {
  readonly asked: (name: string) => unknown;
  /** Throws for a name that was given and that nobody has asked for: a slip must not go unseen. */
  readonly refuseOthers: () => void;
};

/** The context of an app. CDK's own names have a sign in them that ours have not. */
export function contextOf({ node }: App): Context {
  const known = new Set<string>();
  return {
    asked: (name) => {
      known.add(name);
      return node.tryGetContext(name);
    },
    refuseOthers: () => {
      const others = Object.keys(node.getAllContext()).filter((name) => /^\w+$/.test(name) && !known.has(name));
      if (others.length > 0)
        throw new Error(`There is no context value ${others.join(', ')}; there are ${[...known].sort().join(', ')}.`);
    },
  };
}
