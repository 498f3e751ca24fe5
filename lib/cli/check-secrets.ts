import { lookAtSecrets, type SecretLook } from '../aws/secret-look.ts';
import type { Config } from '../config/config.ts';
import type { Check } from './check.ts';

/** Whether the secrets are there that a deployed gateway's configuration refers to; `own` are those it may read whatever a deploy named. */
export async function checkSecrets({ providers }: Config, own: string): Promise<readonly Check[]> {
  const names = Object.values(providers).flatMap(({ credential }) =>
    credential?.startsWith('secret:') ? [credential.slice('secret:'.length)] : [],
  );
  const looks = await lookAtSecrets([...new Set(names)].sort());
  return looks.map(([name, look]) => ({ about: 'secret', item: name, ...told(name, look, own) }));
}

function told(name: string, { outcome, reason }: SecretLook, own: string): Pick<Check, 'outcome' | 'message'> {
  const store = `aws secretsmanager create-secret --name ${name} --secret-string …`;
  switch (outcome) {
    case 'there':
      return {
        outcome: 'ok',
        message: name.startsWith(own) ? 'is there' : `is there; gateways may read it once a deploy has named it`,
      };
    case 'missing':
      return { outcome: 'wrong', message: `The secret ${name}, which the configuration names, is not there: ${store}` };
    case 'deleted':
      return {
        outcome: 'wrong',
        message: `The secret ${name} is being deleted: aws secretsmanager restore-secret --secret-id ${name}`,
      };
    case 'empty':
      return {
        outcome: 'wrong',
        message: `The secret ${name} has no value: aws secretsmanager put-secret-value --secret-id ${name} --secret-string …`,
      };
    case 'unknown':
      return { outcome: 'unknown', message: `Whether the secret ${name} is there cannot be told: ${reason}` };
  }
}
