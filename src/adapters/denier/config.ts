import { Duration, type Infer, rpcCode, s } from 'fairlead/sdk';

/** What a denier answers with. */
export const denierConfig = s.message({
  status: s.message(
    {
      code: s.int32(rpcCode.FAILED_PRECONDITION, 'Code of google.rpc.Status.'),
      message: s.string('', 'Text for the caller; the handler name is put in front of it.'),
      details: s.list(s.any(), 'At most one istio.policy.v1beta1.DirectHttpResponse: the HTTP answer to give.'),
    },
    { doc: 'The status of every check.' },
  ),
  validDuration: s.duration(Duration.fromSeconds(5), 'How long the caller may reuse the answer.'),
  validUseCount: s.int32(1000, 'How often the caller may reuse the answer.'),
});

export type DenierConfig = Infer<typeof denierConfig>;
