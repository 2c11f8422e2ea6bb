/**
 * Real clients through a proxy, before Apache Kafka and before Millrace: what each can do at a broker it can do there, and
 * it never learns of the broker behind. MILLRACE_CLIENTS=required makes missing clients, and a missing Kafka, failures.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBroker, createProxy, type KafkaProxy, metadata } from '../../lib';
import { format, missingKafka, startKafka } from '../support/apache-kafka';
import { Wire } from '../support/wire';
import { clients } from './clients/all';
import { clientSuite, isMissing } from './clients/client-suite';
import { GroupMember } from './clients/group-member';
import type { Crew, MemberClient } from './clients/member';
import { memberClients } from './clients/members';
import { NumberedTopic } from './clients/numbered-topic';
import { waySuite } from './clients/way-suite';
import { Writings } from './clients/writings';

const run = Date.now().toString(36);
const partitions = 4;

/** A broker behind the proxy. */
interface Upstream {
  readonly bootstrap: string;
  stop(): Promise<void>;
}

async function apacheKafka(): Promise<Upstream> {
  const home = await mkdtemp(join(tmpdir(), 'millrace-'));
  const options = { logDir: join(home, 'data') };
  await format(options);
  const kafka = await startKafka(options);
  const stop = async () => {
    await kafka.kill();
    await rm(home, { recursive: true, force: true });
  };
  return { bootstrap: kafka.bootstrap, stop };
}

async function millrace(): Promise<Upstream> {
  const broker = await createBroker({ config: { 'group.initial.rebalance.delay.ms': 0 } });
  const { bootstrap } = await broker.listen();
  return { bootstrap, stop: () => broker.close() };
}

const upstreams = [
  { name: 'Apache Kafka', start: apacheKafka, missing: missingKafka },
  { name: 'Millrace', start: millrace, missing: () => null },
];

for (const { name, start, missing } of upstreams) {
  describe(`real clients through a proxy before ${name}`, function () {
    this.timeout(120_000);
    if (isMissing({ missing })) return;
    let upstream: Upstream;
    let proxy: KafkaProxy;
    let bootstrap = '';
    let wire: Wire;
    const writings = new Writings(() => bootstrap);

    before(async () => {
      upstream = await start();
      proxy = createProxy({ upstream: upstream.bootstrap });
      ({ bootstrap } = await proxy.listen());
      wire = await Wire.connect(bootstrap);
    });
    after(async () => {
      wire?.close();
      await proxy?.close();
      await upstream?.stop();
    });

    for (const client of clients) {
      describe(client.name, () => {
        if (isMissing(client)) return;
        clientSuite(client, writings, { codecs: client.codecs.slice(-1) });
      });
    }

    for (const client of memberClients) {
      describe(`${client.name} in groups`, () => {
        if (isMissing(client)) return;
        const crews = new Map<string, Crew>();
        after(() => Promise.all([...crews.values()].map((crew) => crew.stop())));
        for (const way of oneOfEach(client)) {
          describe(`of the ${way.protocol} protocol`, () => {
            const topicName = `proxy-${client.name.replace(/\W/g, '')}-${way.protocol}-${run}`;
            let members = 0;
            let topic: NumberedTopic;
            before(async () => {
              topic = await NumberedTopic.create(wire, topicName, partitions);
              await topic.addOneEach();
            });
            waySuite({
              ...{ way, partitions, topic: () => topic },
              group: (use) => ({ group: `${topicName}-${use}`, topics: [topicName], ...way }),
              join: (use, options) => {
                const crew = crews.get(use) ?? client.crew();
                crews.set(use, crew);
                const memberName = `${way.protocol}-${use}${members++}`;
                return GroupMember.join(crew, memberName, bootstrap, { heartbeatIntervalMs: 200, ...options });
              },
            });
          });
        }
      });
    }

    describe('after all that', () => {
      it('has told of itself and of nobody else', async () => {
        const { brokers } = await wire.request(metadata, 12, { topics: [] });
        expect(brokers.map(({ host, port }) => `${host}:${port}`)).not.to.include(upstream.bootstrap);
        const { byListener } = proxy.describe().connections;
        expect(Object.keys(byListener)).to.include('BOOTSTRAP');
      });
    });
  });
}

/** The way that a client would choose by itself, in each protocol that it knows. */
function oneOfEach({ ways }: MemberClient) {
  return ['classic', 'consumer'].flatMap((protocol) => ways.find((way) => way.protocol === protocol) ?? []);
}
