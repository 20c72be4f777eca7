import { test } from 'node:test';
import denier from 'fairlead/adapters/denier';
import listchecker from 'fairlead/adapters/listchecker';
import memquota from 'fairlead/adapters/memquota';
import noop from 'fairlead/adapters/noop';
import opa from 'fairlead/adapters/opa';
import prometheus from 'fairlead/adapters/prometheus';
import rbac from 'fairlead/adapters/rbac';
import stdio from 'fairlead/adapters/stdio';
import { templates } from 'fairlead/templates';
import { scenarioSuite } from 'fairlead/testing';

scenarioSuite({
  test,
  directory: new URL('.', import.meta.url),
  adapters: [denier, listchecker, memquota, noop, opa, prometheus, rbac, stdio],
  templates,
  update: process.env['UPDATE'] === '1',
});
