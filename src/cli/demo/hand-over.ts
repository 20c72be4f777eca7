import type { MixerServer } from '../../mixer/index.js';
import { type CliContext, printLine } from '../context.js';
import { createPaint } from './paint.js';
import type { ShopFolder } from './shop-folder.js';

/** Tells how to go on by hand: every command works as it is printed. */
export function handOver(
  { stdout, colour, self }: CliContext,
  { server, shop }: { server: MixerServer; shop: ShopFolder },
): void {
  const paint = createPaint(colour);
  const mixer = `-m ${server.address.replace('tcp://', '')}`;
  const at = (service: string, version: string): string =>
    `-s destination.namespace=shop,destination.service.name=${service} ` +
    `--stringmap_attributes "source.labels=app:storefront;version:${version}"`;
  const lines = [
    `${paint.bold('Go on by hand')} in another terminal, from this folder:`,
    '',
    paint.dim('  # may storefront v3 take payments? and v2?'),
    `  ${self} check ${mixer} ${at('payments', 'v3')}`,
    `  ${self} check ${mixer} ${at('payments', 'v2')}`,
    '',
    paint.dim('  # how many of 60 searches are left for an address that has made none?'),
    `  ${self} check ${mixer} ${at('catalogue', 'v1')} -q searches=60`,
    '',
    paint.dim('  # tell of a request, then look at the metrics'),
    `  ${self} report ${mixer} ${at('payments', 'v1')} ` +
      '-a context.protocol=http,response.code=200,request.time=2026-01-01T00:00:00Z',
    `  curl -s ${server.metricsUrl ?? ''}`,
    `  curl -s ${server.monitoringUrl ?? ''}/readyz`,
    '',
    paint.dim('  # change a rule: it is live about a second after you save it'),
    `  sed -i 's/"v3"/"v2"/' ${shop.config}/policy.yaml`,
    '',
    'Ctrl-C ends the demo.',
  ];
  for (const line of lines) printLine(stdout, line);
}
