import { expect } from 'chai';
import { defineApi } from '../../lib/protocol/api';
import { int16, int32 } from '../../lib/protocol/schema';
import { answer, echo, frame, run, settle } from '../support/pipeline';

const plain = echo(1, 'exclusive', (n) => ({ n }));

describe('decoder', () => {
  const patched = (at: number, ...bytes: number[]) => {
    const bad = frame(1, 9, 9, Buffer.from('payload'));
    Buffer.from(bytes).copy(bad, at);
    return bad;
  };
  for (const [what, bytes, message] of [
    ['an unknown API key', patched(4, 0x27, 0x0f), 'unknown API key 9999 (version 1)'],
    ['a version that is not served', patched(6, 0, 3), 'Echo1 v3 is not served, only v1 to v2'],
    ['a negative version', patched(6, 0xff, 0xff), 'Echo1 v-1 is not served, only v1 to v2'],
    [
      'a client id longer than the frame',
      patched(12, 0x7f, 0xff),
      'request header: clientId at byte 10: 32767 bytes needed, 19 left',
    ],
    [
      'a length that claims more than the frame holds',
      patched(22, 0x7f, 0, 0, 0),
      'Echo1 v1: payload at byte 22: 2130706432 bytes needed, 7 left',
    ],
    [
      'a frame shorter than a header',
      Buffer.from([0, 0, 0, 3, 0, 1, 0]),
      'request header: apiVersion at byte 2: 2 bytes needed, 1 left',
    ],
  ] as const) {
    it(`hangs up on ${what}, says where, and answers what came before`, async () => {
      const { client, ended, answers } = run([plain]);
      client.write(Buffer.concat([frame(1, 5, 6), bytes, frame(1, 7, 8)]));
      expect((await ended)?.message).to.equal(message);
      expect(answers().map(answer)).to.deep.equal([[5, 6]]);
    });
  }

  it('ignores bytes behind the last field, as Kafka does: librdkafka sends some', async () => {
    const { client, answers } = run([plain]);
    const short = patched(22, 0, 0, 0, 3);
    client.write(Buffer.concat([short, frame(1, 5, 6)]));
    await settle();
    expect(answers().map(answer)).to.deep.equal([
      [9, 9],
      [5, 6],
    ]);
  });

  it('reads flexible versions with their headers', async () => {
    const { client, answers } = run([plain]);
    client.write(frame(1, 3, 4, Buffer.from('x'), 2));
    await settle();
    expect(answers()[0]!.toString('hex')).to.equal('00000003' + '00' + '00000004' + '01' + '00');
  });

  it('answers in version 0 where an API says how to refuse a version', async () => {
    const lenient = defineApi({
      key: 18,
      name: 'Lenient',
      versions: '0-3',
      flexible: '3+',
      request: { n: int32() },
      response: { code: int16(), later: int16().since(1) },
      refuseVersion: () => ({ code: 35, later: 1 }),
      refuse: () => ({ code: -1, later: 1 }),
      handle: () => ({ code: 0, later: 1 }),
    });
    const { client, answers } = run([lenient]);
    const unknown = frame(18, 7, 1, Buffer.alloc(3), 1);
    unknown.writeInt16BE(1000, 6);
    client.write(unknown);
    await settle();
    expect(answers()[0]!.toString('hex')).to.equal('000000070023');
  });
});
