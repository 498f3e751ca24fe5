import { describe, expect, test } from 'vitest';
import { doorsAsked } from '../../infra/doors-asked.ts';

const asked = (values: Readonly<Record<string, unknown>> = {}) => doorsAsked((name) => values[name]);
const certificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/12345678-aaaa';

describe('ways in', () => {
  test('are two, without firewall, domain and access log, unless somebody says otherwise', () => {
    expect(asked()).toEqual({
      functionUrl: true,
      rest: {
        domain: undefined,
        requestsPerSecond: undefined,
        burst: undefined,
        accessLog: false,
        firewall: undefined,
      },
    });
  });

  test('are as somebody asks, on the command line or in cdk.json', () => {
    const domain = 'llm.example.com';
    const texts = { functionUrl: 'false', waf: 'true', wafRequestsPerFiveMinutes: '500', requestsPerSecond: '50' };
    expect(asked({ ...texts, burst: '100', accessLog: 'true', domain, certificateArn })).toEqual({
      functionUrl: false,
      rest: {
        domain: { name: domain, certificateArn },
        requestsPerSecond: 50,
        burst: 100,
        accessLog: true,
        firewall: { requestsPerFiveMinutes: 500 },
      },
    });
    expect(asked({ waf: true }).rest?.firewall).toEqual({});
    expect(asked({ restApi: false })).toEqual({ functionUrl: true, rest: undefined });
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['a slip in a switch', { functionUrl: 'off' }, /functionUrl is true or false/],
    ['a slip in another', { restApi: 1 }, /restApi is true or false/],
    ['no way at all', { functionUrl: false, restApi: false }, /nobody could reach/],
    ['a firewall before nothing', { restApi: false, waf: true }, /waf is for the REST API/],
    ['a domain of nothing', { restApi: false, domain: 'a.example.com', certificateArn }, /domain is for the REST API/],
    ['a rate without its firewall', { wafRequestsPerFiveMinutes: 100 }, /ask for that, too: waf=true/],
    ['a rate below what AWS has', { waf: true, wafRequestsPerFiveMinutes: 9 }, /a whole number, 10 or more/],
    ['no number', { requestsPerSecond: 'many' }, /requestsPerSecond is a whole number, 1 or more; not "many"/],
    ['half a burst', { burst: 0.5 }, /burst is a whole number/],
    ['a domain without certificate', { domain: 'llm.example.com' }, /needs -c certificateArn=ARN/],
    ['a certificate without domain', { certificateArn }, /domain is a name like llm\.example\.com/],
    ['an address for a domain', { domain: 'https://llm.example.com', certificateArn }, /domain is a name like/],
    [
      "another service's ARN",
      { domain: 'a.example.com', certificateArn: 'arn:aws:iam::1:role/x' },
      /certificateArn=ARN/,
    ],
  ])('%s is refused', (_, values, said) => {
    expect(() => asked(values)).toThrow(said);
  });
});
