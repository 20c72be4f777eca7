import { type Infer, s } from 'fairlead/sdk';

/** Params of the zipkin adapter (adapters.md 4.7). */
export const configSchema = s.message({
  url: s.string('', 'Where a Zipkin collector takes spans: `http://zipkin.istio-system:9411/api/v2/spans`.'),
  sampleProbability: s.double(0, 'Share of all traces that is exported, 0 to 1.'),
});

export type ZipkinConfig = Infer<typeof configSchema>;
