import { tenantName } from '../aws/access-schema.ts';
import type { Counts } from '../aws/forget/part.ts';
import { subjectOf, type Whose } from '../aws/forget/whose.ts';
import type { Connection } from './connect.ts';
import { countsText, forgetHelp, notCovered, standingText } from './forget-text.ts';
import { namesUser } from './names-user.ts';
import { changing, given, type Options } from './options.ts';
import { type Ask, type Command, none, type Outcome } from './outcome.ts';
import { withProgress } from './progress.ts';
import { Wrong } from './wrong.ts';

/** `sluice forget`: what is kept of a tenant, or of one of its users, goes. */
export const forget: Command = {
  help: forgetHelp,
  deeds: { '': { takes: { ...changing, tenant: 'value', user: 'value', yes: 'switch' }, act } },
};

async function act({ connect, operands, options }: Ask): Promise<Outcome> {
  none(operands);
  const whose = toWhose(options);
  mustReason(whose, options);
  const connection = await connect();
  return options.has('yes') ? forgotten(connection, whose) : counted(connection, whose);
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

/** What would be forgotten; nobody is, so the command fails. */
async function counted(connection: Connection, whose: Whose): Promise<Outcome> {
  const counts = await withProgress((tell) => connection.forgetting.count(whose, tell));
  await mustBeSomebody(connection, whose, counts);
  return {
    data: { ...whose, forgotten: false, ...counts },
    text: `There is of ${who(whose)}: ${countsText(counts)}. Nothing is forgotten yet: say it again with --yes.`,
    failed: true,
  };
}

async function forgotten(connection: Connection, whose: Whose): Promise<Outcome> {
  const subject = subjectOf(whose);
  const counts = await withProgress((tell) => connection.forgetting.forget(whose, tell));
  const keys = whose.user === undefined ? await keysLeft(connection, whose.tenant) : undefined;
  const lines = [
    `Forgotten of ${who(whose)}: ${countsText(counts)}.`,
    ...(keys === undefined ? [] : [standingText(whose.tenant, keys)]),
    `In the audit log: sluice audit list --subject ${JSON.stringify(subject)}`,
    '',
    notCovered,
  ];
  return {
    data: { ...whose, subject, forgotten: true, ...counts, ...(keys && { keys }), notCovered },
    text: lines.join('\n'),
  };
}

const who = ({ tenant, user }: Whose): string =>
  user === undefined ? `tenant ${tenant}` : `user ${user} of tenant ${tenant}`;

/** Throws where there is nothing because nobody is called so. What a tenant left that was removed can be forgotten. */
async function mustBeSomebody({ admin }: Connection, { tenant }: Whose, counts: Counts): Promise<void> {
  if (Object.values(counts).some((count) => count > 0) || (await admin.tenantExists(tenant))) return;
  throw new Wrong(`There is no tenant ${tenant}, and nothing is kept of it. See sluice tenants list.`);
}

/** The keys by which a tenant can still call; undefined where it is gone. */
async function keysLeft({ admin }: Connection, tenant: string): Promise<readonly string[] | undefined> {
  if (!(await admin.tenantExists(tenant))) return undefined;
  const keys = await admin.keys();
  return keys.filter((key) => key.tenant === tenant && !key.attributes.revoked).map(({ id }) => id);
}
