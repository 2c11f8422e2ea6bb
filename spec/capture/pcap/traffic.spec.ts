import { expect } from 'chai';
import { readCapture } from '../../../lib/capture/read-capture';
import { eventsOf } from '../../support/captured';
import { answer, broker, client, ethernet, ipv4, ipv6, packet, pcap, request, tcp } from '../../support/crafted-pcap';
import { referenceTraffic, trafficFile } from '../../support/reference-traffic';

const syn = packet({ flags: 'S', seq: 0 });
const asks = (correlationId: number) => packet({ seq: 1, payload: request(correlationId) });

describe('Traffic', () => {
  for (const { file, requests, responses, connections, apis: seenApis, broker_port: port } of referenceTraffic()) {
    it(`reads all of ${file}: its connections, requests by API, and answers`, async () => {
      const clients = new Map<string, number>();
      const byApi = new Map<string, number>();
      const asked = new Map<string, number>();
      let answers = 0;
      const ports = new Map<number, string>();
      for await (const event of readCapture(trafficFile(file))) {
        const id = event.connection!;
        if (event.is === 'opened') {
          expect(event.server).to.equal(`127.0.0.1:${port}`);
          ports.set(id, event.client.split(':')[1]!);
          clients.set(ports.get(id)!, 0);
        } else if (event.is === 'frame' && event.from === 'client') {
          const [key, version, length] = [0, 2, 8].map((at) => event.bytes.readInt16BE(at)) as [number, number, number];
          const clientId = event.bytes.toString('utf8', 10, 10 + length);
          const what = `${clientId} ${key} v${version}`;
          byApi.set(what, (byApi.get(what) ?? 0) + 1);
          clients.set(ports.get(id)!, clients.get(ports.get(id)!)! + 1);
          asked.set(`${id} ${event.bytes.readInt32BE(4)}`, 1);
        } else if (event.is === 'frame') {
          expect(asked.delete(`${id} ${event.bytes.readInt32BE(0)}`)).to.equal(true);
          answers++;
        } else if (event.is === 'lost') {
          // Clients that hung up in the midst of an answer; the index counts it as none.
          expect(file).to.be.oneOf(['franz-go-txn.pcap', 'platformatic-txn.pcap']);
          expect(event.why).to.match(/^ended after 70 of the (228|278) bytes of a frame$/);
        }
      }
      expect(clients).to.deep.equal(new Map(connections.map((one) => [String(one.client_port), one.requests])));
      const expected = seenApis.map((one) => [`${one.client_id} ${one.key} v${one.version}`, one.count] as const);
      expect(byApi).to.deep.equal(new Map(expected));
      expect([[...byApi.values()].reduce((sum, n) => sum + n, 0), answers]).to.deep.equal([requests, responses]);
    });
  }

  it('reads IPv6 and every link type', async () => {
    const v6 = [tcp({ flags: 'S' }), tcp({ seq: 1, payload: request(1) })].map((bytes) => ipv6(bytes));
    const expected = ['1 [fd00::1]:50000 > [fd00::2]:9092', '1 client #1', '1 closed by null'];
    expect(await eventsOf(pcap(v6.map((ip) => ethernet(ip, [0x8100]))))).to.deep.equal(expected);
    expect(await eventsOf(pcap(v6, { linkType: 101 }))).to.deep.equal(expected);
    const family = Buffer.from([30, 0, 0, 0]);
    expect(
      await eventsOf(
        pcap(
          v6.map((ip) => Buffer.concat([family, ip])),
          { linkType: 0 },
        ),
      ),
    ).to.deep.equal(expected);
  });

  it('tells connections apart, also those that use the same ports later', async () => {
    const other = { ...client, port: 50_001 };
    const again = packet({ flags: 'S', seq: 7000 });
    const asksAgain = packet({ seq: 7001, payload: request(3) });
    const packets = [
      syn,
      packet({ from: other, flags: 'S', seq: 0 }),
      packet({ from: other, seq: 1, payload: request(1) }),
      asks(2),
      again,
      asksAgain,
    ];
    expect(await eventsOf(pcap(packets))).to.deep.equal([
      '1 10.0.0.1:50000 > 10.0.0.2:9092',
      '2 10.0.0.1:50001 > 10.0.0.2:9092',
      '2 client #1',
      '1 client #2',
      '1 closed by null',
      '3 10.0.0.1:50000 > 10.0.0.2:9092',
      '3 client #3',
      '3 closed by null',
      '2 closed by null',
    ]);
  });

  it('opens nothing for what only acknowledges, and nothing again for what comes late', async () => {
    const reset = packet({ from: broker, to: client, flags: 'R', seq: 0, ack: 1 });
    const bare = packet({ from: { ...client, port: 1 }, seq: 5, ack: 9 });
    expect(await eventsOf(pcap([bare, syn, asks(1), reset, asks(1), reset]))).to.deep.equal([
      '1 10.0.0.1:50000 > 10.0.0.2:9092',
      '1 client #1',
      '1 closed by broker',
    ]);
  });

  it('keeps what is late of many connections that are over from opening them again', async () => {
    const packets = Array.from({ length: 1500 }, (_, i) => {
      const from = { ...client, port: 10_000 + i };
      return [packet({ from, flags: 'S' }), packet({ from, flags: 'R', seq: 1 })];
    });
    const seen = await eventsOf(pcap([...packets.flat(), packets[1499]![1]!]));
    expect(seen).to.have.lengthOf(3000);
  });

  it('reads the connections of the given ports only', async () => {
    const elsewhere = { ...broker, port: 80 };
    const packets = [syn, packet({ to: elsewhere, flags: 'S' }), asks(1)];
    expect(await eventsOf(pcap(packets), { ports: [9092] })).to.have.lengthOf(3);
    expect(await eventsOf(pcap(packets), { ports: [9093] })).to.deep.equal([]);
    expect(await eventsOf(pcap(packets))).to.have.lengthOf(5);
  });

  it('passes over other protocols, and tells once of each kind of packet that it cannot read', async () => {
    const udp = ethernet(ipv4(Buffer.alloc(30), client, broker, 17));
    const fragment = ethernet(ipv4(tcp({ payload: answer(1) })));
    fragment.writeUInt16BE(0x2000, 20);
    const text = 'a fragment of an IP packet; fragments are not put together';
    const { length } = fragment;
    expect(await eventsOf(pcap([udp, fragment, udp, fragment, fragment]))).to.deep.equal([
      `- - lost ${length}: ${text}`,
      `- - lost ${2 * length}: 2 more packets: ${text}`,
    ]);
  });

  it('tells of a file that ends in a packet, behind all that can be read', async () => {
    const file = pcap([syn, asks(1), asks(1)]);
    expect(await eventsOf(file.subarray(0, -4))).to.deep.equal([
      '1 10.0.0.1:50000 > 10.0.0.2:9092',
      '1 client #1',
      '- - lost 83: the file ends within the packet at byte 181',
      '1 closed by null',
    ]);
  });
});
