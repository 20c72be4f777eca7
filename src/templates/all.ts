import type { Template } from 'fairlead/sdk';
import { apikey } from './apikey/index.js';
import { authorization } from './authorization/index.js';
import { checknothing } from './checknothing/index.js';
import { edge } from './edge/index.js';
import { kubernetes } from './kubernetes/index.js';
import { listentry } from './listentry/index.js';
import { logentry } from './logentry/index.js';
import { metric } from './metric/index.js';
import { quota } from './quota/index.js';
import { reportnothing } from './reportnothing/index.js';
import { servicecontrolreport } from './servicecontrolreport/index.js';
import { tracespan } from './tracespan/index.js';

/** Every built-in template (mixer-core.md 4.2), sorted by name. */
export const templates: readonly Template[] = Object.freeze([
  apikey,
  authorization,
  checknothing,
  edge,
  kubernetes,
  listentry,
  logentry,
  metric,
  quota,
  reportnothing,
  servicecontrolreport,
  tracespan,
]);
