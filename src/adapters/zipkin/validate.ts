import type { ReportProblem } from 'fairlead/sdk';
import type { ZipkinConfig } from './config.js';

/** Finds a probability that is none, and a URL that nothing can be posted to. */
export function validateConfig({ url, sampleProbability }: ZipkinConfig, report: ReportProblem): void {
  // Snake case is how Mixer itself names this field in its message.
  if (!(sampleProbability >= 0 && sampleProbability <= 1)) report('sample_probability', 'must be between 0 and 1');
  if (url !== '') {
    if (!isHttpUrl(url)) report('url', 'must be an http or https URL');
  } else if (sampleProbability > 0) {
    report('url', 'needs a value when spans are exported');
  }
  if (sampleProbability === 0) report('sample_probability', 'is 0: no spans are exported', 'warning');
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
