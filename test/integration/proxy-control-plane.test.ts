import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProxyConfig } from '../../src/gen/fairlead/proxy/v1/config.js';
import { buildProxyConfig } from '../../src/pilot/index.js';
import { modelOf, proxyOf, resource } from '../pilot/support.js';
import { RunningCli } from '../support/cli-process.js';
import { TestControlPlane } from '../support/control-plane.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import { type StandIn, startStandIn } from '../support/mesh/stand-in.js';
import { eventually, freePort } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

// The process `fairlead proxy` and a control plane that comes, changes, goes and stays away.
const id = 'sidecar~127.0.0.9~caller.default~default.svc.cluster.local';
const limits = { timeout: 180_000 };

describe('fairlead proxy with a control plane', () => {
  const folder = tempFolder();
  const cache = join(folder, 'last-config');
  const plane = new TestControlPlane();
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const apps: StandIn[] = [];
  const running: RunningCli[] = [];
  let httpPort = 0;

  /** Requests for a go to the service of this name. */
  const to = (name: string): ProxyConfig => {
    const services = apps.map((app) => ({ name: app.name, ports: { http: 80 }, places: [{ app }] }));
    const route = `{ hosts: [a], http: [{ route: [{ destination: { host: ${name} } }] }] }`;
    const mesh = meshConfig(`proxyHttpPort: ${httpPort}, proxyListenPort: ${httpPort + 1}`);
    const yaml = listServices(services) + mesh + resource('VirtualService', 'a', route);
    return buildProxyConfig(modelOf(yaml), proxyOf({ id: 'caller.default', ips: ['127.0.0.9'] }));
  };
  const start = async (): Promise<{ cli: RunningCli; admin: string }> => {
    const address = `127.0.0.1:${plane.port}`;
    const cli = new RunningCli(['proxy', `--discoveryAddress=${address}`, `--configCache=${cache}`, '--id=caller.default', '--ip=127.0.0.9', '--proxyAdminPort=0']); // prettier-ignore
    running.push(cli);
    const [, admin = ''] = await cli.waitFor(/admin interface on (\S+)/);
    return { cli, admin };
  };
  const ask = async (): Promise<string> => {
    const asked = request({ host: '127.0.0.1', port: httpPort, path: 'http://a/', agent }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    return `${response.statusCode} ${String(response.headers['x-by'])}`;
  };
  const untilAnswered = (by: string): Promise<true> =>
    eventually(async () => ((await ask()) === `200 ${by}` ? true : undefined));

  before(async () => {
    for (const name of ['a', 'b', 'c']) apps.push(await startStandIn(name));
    httpPort = await freePort();
    plane.port = await freePort();
  });
  after(async () => {
    for (const cli of running) cli.signal('SIGKILL');
    agent.destroy();
    await plane.stop();
    await Promise.all(apps.map((app) => app.close()));
  });

  it('is not ready before it has a configuration, and serves once it has', limits, async () => {
    const { cli, admin } = await start();
    assert.equal((await fetch(`${admin}/ready`)).status, 503);
    plane.set(id, to('a'));
    await plane.start();
    await cli.waitFor(/listening on 127\.0\.0\.1:\d+/);
    assert.equal((await fetch(`${admin}/ready`)).status, 200);
    await untilAnswered('a');
    assert.match(await (await fetch(`${admin}/server_info`)).text(), /sidecar~127\.0\.0\.9~caller\.default/);
  });

  it('fails no request while the control plane restarts, and follows it afterwards', limits, async () => {
    const answers: string[] = [];
    let isOver = false;
    const send = async (): Promise<void> => {
      while (!isOver) {
        answers.push(await ask());
        await delay(2);
      }
    };
    const traffic = send();
    await plane.stop();
    await running[0]!.waitFor(/the control plane is gone/);
    plane.set(id, to('b'));
    await plane.start();
    await eventually(() => Promise.resolve(answers.at(-1) === '200 b' || undefined));
    isOver = true;
    await traffic;
    assert.deepEqual(new Set(answers), new Set(['200 a', '200 b']));
    // The new one was told what was there: no more than the routes is other than before.
    assert.deepEqual(plane.rejections, []);
  });

  it('starts from the disk when there is no control plane, and follows one that comes', limits, async () => {
    await eventually(() => Promise.resolve(statSync(cache).size > 0 || undefined));
    await plane.stop();
    assert.equal((await running[0]!.stop()).code, 0);
    const { cli, admin } = await start();
    await cli.waitFor(/the configuration of the disk is used/);
    await untilAnswered('b');
    assert.equal((await fetch(`${admin}/ready`)).status, 200);
    plane.set(id, to('c'));
    await plane.start();
    await untilAnswered('c');
    const { code } = await cli.stop();
    assert.equal(code, 0);
  });
});
