import { expect } from 'chai';
import { eventsOf } from '../../support/captured';
import { answer, broker, client, packet, pcap, request, type TcpOptions } from '../../support/crafted-pcap';

/** Packets of the client and the broker, with sequence numbers that count from 1 behind their SYNs. */
class Talk {
  readonly packets: Buffer[] = [];
  private readonly next = { client: 0, broker: 0 };

  begin(): this {
    this.send('client', { flags: 'S' }, 1);
    this.packets.push(packet({ from: broker, to: client, seq: 0, ack: 1, flags: 'S' }));
    this.next.broker = 1;
    return this;
  }

  client(payload: Buffer, more: TcpOptions = {}): this {
    return this.send('client', { payload, ack: this.next.broker, ...more });
  }

  broker(payload: Buffer, more: TcpOptions = {}): this {
    return this.send('broker', { payload, ack: this.next.client, ...more });
  }

  end(): this {
    return this.client(Buffer.alloc(0), { flags: 'F' }).broker(Buffer.alloc(0), { flags: 'F' });
  }

  /** Moves on as if it had been sent. */
  skip(side: 'client' | 'broker', bytes: number): this {
    this.next[side] += bytes;
    return this;
  }

  private send(side: 'client' | 'broker', options: TcpOptions, extra = 0): this {
    const ends = side === 'client' ? { from: client, to: broker } : { from: broker, to: client };
    this.packets.push(packet({ ...ends, seq: this.next[side], ...options }));
    this.next[side] += (options.payload?.length ?? 0) + extra;
    return this;
  }
}

const opened = '1 10.0.0.1:50000 > 10.0.0.2:9092';

describe('Conversation', () => {
  it('gives the events of a connection from its SYN to its FINs', async () => {
    const { packets } = new Talk()
      .begin()
      .client(request(1))
      .broker(answer(1))
      .client(request(2))
      .broker(answer(2))
      .end();
    expect(await eventsOf(pcap(packets))).to.deep.equal([
      opened,
      '1 client #1',
      '1 broker #1',
      '1 client #2',
      '1 broker #2',
      '1 closed by client',
    ]);
  });

  it('reads what overtakes, what comes twice and what is spread over packets', async () => {
    const { packets } = new Talk()
      .begin()
      .client(request(1).subarray(0, 9))
      .client(request(1).subarray(9))
      .client(request(2))
      .broker(answer(1));
    const [syn, synAck, head, tail, second, back] = packets as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    const seen = await eventsOf(pcap([syn, syn, synAck, second, tail, head, tail, back, second, back]));
    expect(seen).to.deep.equal([opened, '1 client #1', '1 client #2', '1 broker #1', '1 closed by null']);
  });

  it('says who reset the connection', async () => {
    const talk = new Talk().begin().client(request(1)).broker(Buffer.alloc(0), { flags: 'R' });
    expect(await eventsOf(pcap(talk.packets))).to.deep.equal([opened, '1 client #1', '1 closed by broker']);
  });

  it('knows the broker by the answer to a SYN that is missing', async () => {
    const talk = new Talk().begin().client(request(1));
    expect(await eventsOf(pcap(talk.packets.slice(1)))).to.deep.equal([opened, '1 client #1', '1 closed by null']);
  });

  it('knows the broker by requests where no SYN was captured, whoever spoke first', async () => {
    const { packets } = new Talk().skip('client', 900).broker(answer(4)).client(request(5)).broker(answer(5)).end();
    expect(await eventsOf(pcap(packets))).to.deep.equal([
      opened,
      '1 broker #4',
      '1 client #5',
      '1 broker #5',
      '1 closed by client',
    ]);
  });

  it('knows the broker by the ports that are given', async () => {
    const { packets } = new Talk().broker(answer(4)).client(request(5, { key: 400, clientId: '' }));
    const seen = await eventsOf(pcap(packets), { ports: [9092] });
    expect(seen.slice(0, 2)).to.deep.equal([opened, '1 broker #4']);
    expect((await eventsOf(pcap(packets), { ports: [50_000] }))[0]).to.equal('1 10.0.0.2:9092 > 10.0.0.1:50000');
  });

  it('knows the broker by its address, if another connection told', async () => {
    const { packets } = new Talk().begin();
    const other = { ...client, port: 50_001 };
    const late = packet({ from: broker, to: other, seq: 5, payload: answer(3) });
    expect((await eventsOf(pcap([...packets, late])))[1]).to.equal('2 10.0.0.1:50001 > 10.0.0.2:9092');
  });

  it('finds the first frames where the recording begins in the midst of them', async () => {
    const { packets } = new Talk()
      .client(request(1).subarray(5))
      .broker(answer(1).subarray(7))
      .client(request(2))
      .client(request(3))
      .broker(Buffer.concat([answer(2), answer(3)]));
    expect(await eventsOf(pcap(packets))).to.deep.equal([
      opened,
      `1 client lost ${request(1).length - 5}: the recording begins within the connection; a frame was found 12 bytes later`,
      '1 client #2',
      '1 client #3',
      `1 broker lost ${answer(1).length - 7}: the recording begins within the connection; a frame was found 7 bytes later`,
      '1 broker #2',
      '1 broker #3',
      '1 closed by null',
    ]);
  });

  it('tells of a packet that was not captured, and goes on behind it', async () => {
    const talk = new Talk().begin().client(request(1));
    const { packets } = talk.skip('client', request(2).length).client(request(3)).broker(answer(3)).end();
    expect(await eventsOf(pcap(packets))).to.deep.equal([
      opened,
      '1 client #1',
      '1 broker #3',
      '1 client lost 17: 17 bytes were not captured; a frame was found 17 bytes later',
      '1 client #3',
      '1 closed by client',
    ]);
  });

  it('tells of packets that were cut', async () => {
    const long = request(1, { key: 120, body: Buffer.alloc(500) });
    const { packets } = new Talk().begin().client(long).client(request(2));
    const why = `a frame of ${long.length - 4} bytes, of which 371 were captured in part only (snaplen)`;
    expect(await eventsOf(pcap(packets, { snapBytes: 200 }))).to.deep.equal([
      opened,
      `1 client lost ${long.length - 4}: ${why}`,
      '1 client #2',
      '1 closed by null',
    ]);
  });

  it('tells of TLS and of HTTP, from both sides', async () => {
    const tls = new Talk()
      .begin()
      .client(Buffer.from([22, 3, 1, 0, 99]))
      .broker(Buffer.from([22, 3, 3, 0, 99]))
      .end();
    const seen = await eventsOf(pcap(tls.packets));
    expect(seen[1]).to.match(/^1 client lost 5: it is encrypted \(TLS\).*--capture FILE/);
    expect(seen[2]).to.match(/^1 broker lost 5: it is encrypted/);
    const http = new Talk()
      .begin()
      .client(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
      .broker(Buffer.from('HTTP/1.1 200 OK\r\n'));
    expect((await eventsOf(pcap(http.packets))).slice(1, 3)).to.deep.equal([
      '1 client lost 18: it is HTTP, not Kafka',
      '1 broker lost 17: it is HTTP, not Kafka',
    ]);
  });

  it('tells of bytes that belong to nothing else', async () => {
    const talk = new Talk()
      .begin()
      .client(request(1))
      .client(Buffer.from('stray'), { seq: 2 ** 31 - 9 });
    expect(await eventsOf(pcap(talk.packets))).to.deep.equal([
      opened,
      '1 client #1',
      '1 - lost 5: 5 bytes with sequence numbers far from all others',
      '1 closed by null',
    ]);
  });

  it('holds a bounded number of bytes until it knows who is who', async () => {
    const talk = new Talk();
    for (let i = 0; i < 20; i++) talk.broker(Buffer.alloc(60_000, 0xff));
    const seen = await eventsOf(pcap([...talk.packets, ...new Talk().client(request(1)).packets]));
    expect(seen[0]).to.equal('1 10.0.0.2:9092 > 10.0.0.1:50000');
  });
});
