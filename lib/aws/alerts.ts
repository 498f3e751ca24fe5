import type { Alert } from '../ledger/admission.ts';
import type { Alerts, Log } from '../world.ts';

/** Alerts to an SNS topic, as JSON. The SDK is loaded with the first one: few calls cross a threshold. */
export function snsAlerts(topicArn: string): Alerts {
  return {
    async send(alert) {
      const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
      await new SNSClient({}).send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subjectOf(alert),
          Message: JSON.stringify(alert),
          // What a subscription's filter policy can choose by.
          MessageAttributes: {
            tenant: { DataType: 'String', StringValue: alert.tenant },
            threshold: { DataType: 'Number', StringValue: String(alert.thresholdPercent) },
          },
        }),
      );
    },
  };
}

/** Alerts as lines of the log, where there is no topic. */
export function loggedAlerts(log: Log): Alerts {
  return { send: async (alert) => log.info('budget alert', { ...alert }) };
}

/** At most a hundred characters of ASCII, which is what SNS takes for the subject of a mail. */
function subjectOf({ scope, name, window, thresholdPercent }: Alert): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
  return `Sluice: ${scope} ${plain} has reached ${thresholdPercent}% of its budget (${window})`;
}
