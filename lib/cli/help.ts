/** What `sluice --help` says. */
export const help = `Usage: sluice COMMAND [OPTIONS]

  sluice tenants set NAME | list
  sluice keys create --tenant NAME | list | revoke ID
  sluice config check [FILE] | schema

  sluice COMMAND --help says more.

Where it works:
  --local           on the gateway that npm start runs here (SLUICE_DATA_DIR, default .sluice)
  otherwise         on AWS, with your own credentials
  --profile NAME    the AWS profile
  --region NAME     the AWS region
  --stack NAME      the gateway's stack (default sluice-gateway)

  --json            prints JSON`;

const more: Readonly<Record<string, string>> = {
  keys: `Usage: sluice keys create --tenant NAME [--name X] [--feature X] [--expires ISO]
       sluice keys list [--tenant NAME]
       sluice keys revoke ID

  sluice keys create --tenant acme --name ci --expires 2027-01-31
  sluice --local keys create --tenant demo --json`,
  config: `Usage: sluice config check [FILE]
       sluice config schema > sluice.schema.json

  check names the file, the line and the field of everything wrong. With the schema an editor completes the file:
  put # yaml-language-server: $schema=./sluice.schema.json into its first line.`,
  tenants: `Usage: sluice tenants set NAME
       sluice tenants list

  sluice tenants set acme`,
};

/** What `sluice COMMAND --help` says. */
export const helpFor = (command: string): string => more[command] ?? help;
