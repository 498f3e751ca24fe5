import { tenantName } from '../aws/access-schema.ts';
import { type Elsewhere, elsewhere } from '../aws/forget/elsewhere.ts';
import type { Unreached } from '../aws/forget/forgetting.ts';
import { some } from '../aws/forget/part.ts';
import { subjectOf, type Whose } from '../aws/forget/whose.ts';
import type { Connection } from './connect.ts';
import { countsText, forgetHelp, leftTexts, notCovered, standingText, unreachedTexts } from './forget-text.ts';
import { namesUser } from './names-user.ts';
import { changing, given, type Options } from './options.ts';
import { type Ask, type Command, none, type Outcome } from './outcome.ts';
import { withProgress } from './progress.ts';
import { Wrong } from './wrong.ts';

/** `sluice forget`: what is kept of a tenant, or of one of its users, goes. */
export const forget: Command = {
  help: forgetHelp,
  deeds: { '': { takes: { ...changing, tenant: 'value', user: 'value', yes: 'switch', gone: 'values' }, act } },
};

async function act({ connect, operands, options }: Ask): Promise<Outcome> {
  none(operands);
  const whose = toWhose(options);
  mustReason(whose, options);
  const gone = toGone(options);
  const connection = await connect();
  await mustBeSomebody(connection, whose);
  return options.has('yes') ? forgotten(connection, whose, gone) : counted(connection, whose);
}

function toWhose(options: Options): Whose {
  const [tenant, user] = [given(options, 'tenant'), given(options, 'user')];
  if (tenant === undefined)
    throw new Wrong('Name whose traces are to go: sluice forget --tenant NAME [--user USER] --reason TEXT');
  if (!tenantName.test(tenant)) throw new Wrong(`${JSON.stringify(tenant)} is no name of a tenant.`);
  return { tenant, user };
}

/** The reason stays when all else is gone, so it must be there, and must not say whom it is about. */
function mustReason({ user }: Whose, options: Options): void {
  const reason = given(options, 'reason');
  if (reason === undefined)
    throw new Wrong('Say why, for the audit log: --reason "request 4711". It stays there, so do not name the person.');
  if (user !== undefined && namesUser(reason, user))
    throw new Wrong('The reason names the user, and the audit log keeps it for good. Say it without the name.');
}

/** What is said to be gone for good, though records lead to it. */
const toGone = (options: Options): readonly Elsewhere[] =>
  (options.get('gone') ?? []).map((word) => {
    const found = elsewhere.find((each) => each === word);
    if (found === undefined) throw new Wrong(`--gone takes one of: ${elsewhere.join(', ')}.`);
    return found;
  });

/** What would be forgotten; nobody is, so the command fails. */
async function counted({ forgetting }: Connection, whose: Whose): Promise<Outcome> {
  const { counts, unreached } = await withProgress((tell) => forgetting.count(whose, tell));
  const found = some(counts);
  const lines = [
    found
      ? `There is of ${who(whose)}: ${countsText(counts)}. Nothing is forgotten yet: say it again with --yes.`
      : `Nothing is found of ${who(whose)}, and nothing was changed.`,
    ...unreachedTexts(unreached),
  ];
  return {
    data: { ...whose, forgotten: false, found, ...counts, ...(lost(unreached) && { unreached }) },
    text: lines.join('\n'),
    failed: true,
  };
}

async function forgotten(connection: Connection, whose: Whose, gone: readonly Elsewhere[]): Promise<Outcome> {
  const subject = subjectOf(whose);
  const outcome = await withProgress((tell) => connection.forgetting.forget(whose, tell, gone));
  const { unreached } = outcome;
  if (!outcome.forgotten)
    return {
      data: { ...whose, subject, forgotten: false, unreached },
      text: [`Nothing of ${who(whose)} is forgotten.`, ...unreachedTexts(unreached)].join('\n'),
      failed: true,
    };
  const { counts } = outcome;
  const found = some(counts);
  const keys = whose.user === undefined ? await keysLeft(connection, whose.tenant) : undefined;
  const lines = [
    found ? `Forgotten of ${who(whose)}: ${countsText(counts)}.` : `Nothing is found of ${who(whose)}.`,
    ...leftTexts(unreached),
    ...(keys === undefined ? [] : [standingText(whose.tenant, keys)]),
    `In the audit log: sluice audit list --subject ${JSON.stringify(subject)}`,
    '',
    notCovered,
  ];
  const left = lost(unreached) && { unreached };
  return {
    data: { ...whose, subject, forgotten: true, found, ...counts, ...left, ...(keys && { keys }), notCovered },
    text: lines.join('\n'),
  };
}

const lost = (unreached: Unreached): boolean => Object.keys(unreached).length > 0;

const who = ({ tenant, user }: Whose): string =>
  user === undefined ? `tenant ${tenant}` : `user ${user} of tenant ${tenant}`;

/** Throws where nobody is called so. What a tenant left that was removed can be forgotten, by its users, too. */
async function mustBeSomebody({ admin, forgetting }: Connection, { tenant }: Whose): Promise<void> {
  if ((await admin.tenantExists(tenant)) || (await forgetting.keeps(tenant))) return;
  throw new Wrong(`There is no tenant ${tenant}, and nothing is kept of it. See sluice tenants list.`);
}

/** The keys by which a tenant can still call; undefined where it is gone. */
async function keysLeft({ admin }: Connection, tenant: string): Promise<readonly string[] | undefined> {
  if (!(await admin.tenantExists(tenant))) return undefined;
  const keys = await admin.keys();
  return keys.filter((key) => key.tenant === tenant && !key.attributes.revoked).map(({ id }) => id);
}
