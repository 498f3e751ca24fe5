import { cacheHelp } from './cache-flags.ts';
import { captureHelp } from './capture-flags.ts';
import { guardHelp } from './guard-flags.ts';
import { limitHelp } from './limit-flags.ts';
import { redactionHelp } from './redaction-flags.ts';
import { requireHelp } from './require-flags.ts';

/** `sluice tenants --help`. */
export const tenantsHelp = `Usage: sluice tenants set NAME ${limitHelp}
       [--timezone ZONE] [--unset FIELD]
       ${cacheHelp}
       ${requireHelp}
       ${redactionHelp}
       ${guardHelp}
       ${captureHelp}
       sluice tenants list
       sluice tenants get NAME
       sluice tenants remove NAME [--force]
       set and remove take --reason TEXT, for the audit log

  set creates the tenant, or changes what is named and leaves the rest. The same limits with a prefix:
    --key-budget-day USD …              for each of its keys that has none of its own (also --key-models, --key-priority)
    --user-budget-day USD …             for each of its end users
    --feature-budget-day FEATURE=USD …  for a feature (also --feature-models); may be given several times
  --unset takes the name of an option without dashes, and may be given several times: budget-day, models,
    feature-budget-day:free-tier; or a whole: budgets, rates, cache, requires, redaction, guard, keyDefaults, userDefaults, features,
    feature:free-tier;
    or attribute:NAME for one that should not be there.
  Days and months are those of the time zone. none is a decision: no cap, whatever the defaults are.
  What is required holds for every target of every call, besides what a key and the configuration require: a region that
  is not known, or not on the list, is refused.
  What a tenant does not say of the cache, or of redaction, is as it is configured for all. --unset cache takes back all
  it says. Redaction looks through all that leaves for a provider: mask puts [EMAIL] in a value's place, tokens a
  placeholder that comes back as the value in the answer, block refuses the request. A feature that its caller names can
  only make that stricter. --capture on keeps each request, as it left, and its answer: sluice calls show ID --capture.
  Guardrails are named as the configuration does under guardrails; none is no guardrail, whichever are for all. What a
  tenant does not say of them is as it is configured for all; --unset guard takes back all it says. A text passes when
  all of them let it; with closed nothing passes while one cannot be asked, with open it passes unseen. Of a streamed
  answer a window of characters is looked at at once, and a holdback is kept back behind it; no text waits longer than
  the delay for its window to fill.
  remove refuses while the tenant has keys that are not revoked; with --force it revokes them first.

  sluice tenants set acme --budget-day 5 --budget-month 100 --rpm 600 --timezone Europe/Berlin
  sluice tenants set acme --user-budget-day 0.50 --feature-budget-day free-tier=1 --feature-rpm free-tier=20
  sluice tenants set acme --unset budget-day --unset feature:free-tier
  sluice tenants set acme --redaction tokens --redaction-pattern 'employee=EMP-[0-9]{6}' --feature-redaction support=mask
  sluice tenants set acme --guard-input house,moderation --guard-output house --feature-guard-output support=house
  sluice tenants set acme --cache exact --cache-ttl 3600 --cache-scope tenant
  sluice tenants set acme --require-regions eu --require-retention none`;
