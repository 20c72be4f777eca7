import { defineAdapter } from 'fairlead/sdk';
import {
  authorization,
  checknothing,
  listentry,
  logentry,
  metric,
  quota,
  reportnothing,
  tracespan,
} from 'fairlead/templates';
import { noopConfig } from './config.js';
import { allow, grant, ignore } from './handler.js';

export default defineAdapter({
  name: 'noop',
  description: 'Allows every check, grants every quota and drops every report; for trying out rules.',
  templates: [authorization, checknothing, listentry, logentry, metric, quota, reportnothing, tracespan],
  config: noopConfig,
  build: () => ({
    handleAuthorization: allow,
    handleCheckNothing: allow,
    handleListEntry: allow,
    handleLogEntry: ignore,
    handleMetric: ignore,
    handleQuota: grant,
    handleReportNothing: ignore,
    handleTraceSpan: ignore,
  }),
});
