import { Duration, type Infer, s } from 'fairlead/sdk';

/** Params of the solarwinds adapter (adapters.md 4.11); `appopticsUrl` and `papertrailAddress` are fairlead's own. */
export const solarwindsConfig = s.message({
  appopticsAccessToken: s.string('', 'Token of an AppOptics account; without one metrics are dropped.'),
  appopticsBatchSize: s.int32(0, 'Measurements per request, at most 1000, which is also what 0 means.'),
  appopticsUrl: s.string('https://api.appoptics.com/v1/measurements', 'Where measurements are posted to.'),
  papertrailUrl: s.string('', 'Log destination of a Papertrail account, `logs5.papertrailapp.com:12345`.'),
  papertrailAddress: s.string('', 'Another syslog receiver, `host:port`, that gets the lines instead.'),
  papertrailLocalRetentionDuration: s.duration(Duration.zero, 'How long a line may wait to be sent; 0 is an hour.'),
  metrics: s.map(
    s.message({ labelNames: s.list(s.string(), 'Dimensions that become tags.') }),
    new Map(),
    'By qualified instance name: the metrics that are sent.',
  ),
  logs: s.map(
    s.message({ payloadTemplate: s.string('', 'Go template of a line; empty is a line like that of a web server.') }),
    new Map(),
    'By qualified instance name: the log entries that are sent.',
  ),
});

export type SolarwindsConfig = Infer<typeof solarwindsConfig>;
