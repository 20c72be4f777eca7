/** A binary header of the PROXY protocol, right or wrong. */
export function proxyHeaderV2(versionAndCommand: number, familyAndProtocol: number, content: Buffer): Buffer {
  const head = Buffer.from('\r\n\r\n\0\r\nQUIT\n....', 'latin1');
  head[12] = versionAndCommand;
  head[13] = familyAndProtocol;
  head.writeUInt16BE(content.length, 14);
  return Buffer.concat([head, content]);
}
