import { test } from 'node:test';
import bypass from 'fairlead/adapters/bypass';
import circonus from 'fairlead/adapters/circonus';
import cloudwatch from 'fairlead/adapters/cloudwatch';
import denier from 'fairlead/adapters/denier';
import dogstatsd from 'fairlead/adapters/dogstatsd';
import fluentd from 'fairlead/adapters/fluentd';
import kubernetesenv from 'fairlead/adapters/kubernetesenv';
import listchecker from 'fairlead/adapters/listchecker';
import memquota from 'fairlead/adapters/memquota';
import noop from 'fairlead/adapters/noop';
import opa from 'fairlead/adapters/opa';
import otlp from 'fairlead/adapters/otlp';
import prometheus from 'fairlead/adapters/prometheus';
import rbac from 'fairlead/adapters/rbac';
import servicecontrol from 'fairlead/adapters/servicecontrol';
import stackdriver from 'fairlead/adapters/stackdriver';
import signalfx from 'fairlead/adapters/signalfx';
import solarwinds from 'fairlead/adapters/solarwinds';
import statsd from 'fairlead/adapters/statsd';
import stdio from 'fairlead/adapters/stdio';
import zipkin from 'fairlead/adapters/zipkin';
import { templates } from 'fairlead/templates';
import { scenarioSuite } from 'fairlead/testing';

scenarioSuite({
  test,
  directory: new URL('.', import.meta.url),
  adapters: [bypass, circonus, cloudwatch, denier, dogstatsd, fluentd, kubernetesenv, listchecker, memquota, noop, opa, otlp, prometheus, rbac, servicecontrol, signalfx, solarwinds, stackdriver, statsd, stdio, zipkin],
  templates,
  update: process.env['UPDATE'] === '1',
});
