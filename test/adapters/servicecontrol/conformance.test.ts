import { after, test } from 'node:test';
import servicecontrol from 'fairlead/adapters/servicecontrol';
import { apikey, quota, servicecontrolreport } from 'fairlead/templates';
import { adapterSuite, sampleInstance } from 'fairlead/testing';
import { tempFolder } from '../../support/temp-folder.js';
import { GoogleServer } from './google-server.js';
import { connection, oneService } from './support.js';

const google = await GoogleServer.start();
after(() => google.stop());
const at = connection(google, tempFolder());
const runtime = 'runtime_config: { check_cache_size: 5, check_result_expiration: 1m }';
const service = 'mesh_service_name: a, google_service_name: b';
const nobody = 'endpoint: http://127.0.0.1:1';

adapterSuite({
  test,
  adapter: servicecontrol,
  configs: {
    good: [
      `${at}${oneService.replace('name: ratelimit', 'name: sample.quota.default')}`,
      `${nobody}\n${oneService}`,
      `${nobody}\nruntimeConfig: { checkResultExpiration: 1s }\nserviceConfigs: [{ ${service} }, { meshServiceName: c, googleServiceName: b }]`,
    ],
    bad: [
      { params: `${at}service_configs: [{ ${service} }]`, path: 'runtimeConfig' },
      { params: `${at}runtime_config: {}`, path: 'runtimeConfig.checkResultExpiration' },
      {
        params: `${at}runtime_config: { check_cache_size: -1, check_result_expiration: 1s }`,
        path: 'runtimeConfig.checkCacheSize',
      },
      { params: `${at}${runtime}`, path: 'serviceConfigs' },
      { params: `${at}${runtime}\nservice_configs: [{}]`, path: 'serviceConfigs[0].meshServiceName' },
      { params: `${at}${runtime}\nservice_configs: [{}]`, path: 'serviceConfigs[0].googleServiceName' },
      {
        params: `${at}${runtime}\nservice_configs: [{ ${service}, quotas: [{ expiration: 1s }] }]`,
        path: 'serviceConfigs[0].quotas[0].name',
      },
      {
        params: `${at}${runtime}\nservice_configs: [{ ${service}, quotas: [{ name: q }] }]`,
        path: 'serviceConfigs[0].quotas[0].expiration',
      },
      { params: `${runtime}\nservice_configs: [{ ${service} }]`, path: 'credentialPath' },
      { params: `endpoint: localhost\n${runtime}\nservice_configs: [{ ${service} }]`, path: 'endpoint' },
    ],
  },
  instances: {
    apikey: [sampleInstance(apikey, { api: 'echo.default.svc.cluster.local' })],
    quota: [
      sampleInstance(quota, { dimensions: Object.assign(Object.create(null), { api_key: 'k', api_operation: 'o' }) }),
    ],
    servicecontrolreport: [sampleInstance(servicecontrolreport, { apiService: '' })],
  },
  // A thousand calls over real sockets, on machines that do other things too.
  patienceMillis: 20_000,
  readme: new URL('../../../src/adapters/servicecontrol/README.md', import.meta.url),
});
