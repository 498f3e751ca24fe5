import type { Region } from '../catalog/regions.ts';

/** What is required of every target of a call: all that is named. */
export type Requires = {
  /** Where data may be processed: there, and nowhere else. */
  readonly regions?: readonly Region[] | undefined;
  /** Who may be called, by the names of the configuration. */
  readonly providers?: readonly string[] | undefined;
  /** That nothing is kept. */
  readonly retention?: 'none' | undefined;
};

/** The same, and who requires it: `tenant acme`. */
export type Requirement = Requires & { readonly by: string };

/** Those of what several require that say anything, each as its author's. None makes another void: all of them hold. */
export const requirementsOf = (written: Readonly<Record<string, Requires | undefined>>): readonly Requirement[] =>
  Object.entries(written).flatMap(([by, each]) =>
    each === undefined || Object.values(each).every((rule) => rule === undefined) ? [] : [{ by, ...each }],
  );
