/** What `sluice --help` says. */
export const help = `Usage: sluice COMMAND [OPTIONS]

  sluice tenants set NAME | list | get NAME | remove NAME
  sluice keys create --tenant NAME | list | get ID | set ID | rotate ID | revoke ID
  sluice usage --tenant NAME
  sluice tail [--tenant NAME]
  sluice calls list --tenant NAME | --key ID | show REQUEST_ID
  sluice reconcile PROVIDER FILE
  sluice cache clear --tenant NAME | --key ID | --model NAME | evict REQUEST_ID --tenant NAME
  sluice forget --tenant NAME [--user USER] --reason TEXT
  sluice audit list | export | verify
  sluice doctor
  sluice config check [FILE] | apply [FILE] | diff | get | list | rollback | schema
  sluice cost --calls N --seconds N --memory MB

  sluice COMMAND --help says more, with examples.

Where it works:
  --local           on the gateway that npm start runs here (SLUICE_DATA_DIR, also in .env; default .sluice)
  otherwise         on AWS, with your own credentials
  --profile NAME    the AWS profile
  --region NAME     the AWS region
  --stack NAME      the gateway's stack (default sluice-gateway)

  --json            prints JSON
  --reason TEXT     why, for the audit log, of commands that change something`;
