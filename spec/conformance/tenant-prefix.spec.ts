/**
 * Real clients as two tenants who give their topics and groups the same names, on one Millrace and through proxies before
 * one Apache Kafka: each can do what a client has to, and sees nothing of the other.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBroker, createProxy, listGroups, metadata, taps } from '../../lib';
import { format, missingKafka, startKafka } from '../support/apache-kafka';
import { Wire } from '../support/wire';
import { clients } from './clients/all';
import { clientSuite, isMissing } from './clients/client-suite';
import { GroupMember } from './clients/group-member';
import type { Crew } from './clients/member';
import { memberClients } from './clients/members';
import { NumberedTopic } from './clients/numbered-topic';
import { Writings } from './clients/writings';

const run = Date.now().toString(36);
const partitions = 2;
const names = ['a', 'b'] as const;

/** One broker as its two tenants find it, and as it is. */
interface Shared {
  readonly a: string;
  readonly b: string;
  readonly whole: string;
  stop(): Promise<void>;
}

async function onMillrace(): Promise<Shared> {
  const broker = await createBroker({
    config: {
      listeners: 'A://127.0.0.1:0,B://127.0.0.1:0,WHOLE://127.0.0.1:0',
      'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT,WHOLE:PLAINTEXT',
      'group.initial.rebalance.delay.ms': 0,
    },
    taps: taps.tenantPrefix({ prefix: ({ listener }) => (listener === 'WHOLE' ? null : `${listener.toLowerCase()}.`) }),
  });
  const { endpoints } = await broker.listen();
  const [a = '', b = '', whole = ''] = endpoints.map(({ host, port }) => `${host}:${port}`);
  return { a, b, whole, stop: () => broker.close() };
}

async function beforeKafka(): Promise<Shared> {
  const home = await mkdtemp(join(tmpdir(), 'millrace-'));
  const options = { logDir: join(home, 'data') };
  await format(options);
  const { bootstrap: whole, kill } = await startKafka(options);
  const proxies = names.map((name) =>
    createProxy({ upstream: whole, taps: taps.tenantPrefix({ prefix: `${name}.` }) }),
  );
  const [a, b] = await Promise.all(proxies.map((proxy) => proxy.listen()));
  const stop = async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await kill();
    await rm(home, { recursive: true, force: true });
  };
  return { a: a!.bootstrap, b: b!.bootstrap, whole, stop };
}

const places = [
  { name: 'on Millrace', start: onMillrace, missing: () => null },
  { name: 'through proxies before Apache Kafka', start: beforeKafka, missing: missingKafka },
];

for (const { name: where, start, missing } of places) {
  describe(`real clients as two tenants ${where}`, function () {
    this.timeout(120_000);
    if (isMissing({ missing })) return;
    let shared: Shared;
    const wires = new Map<string, Wire>();

    before(async () => {
      shared = await start();
      for (const name of [...names, 'whole'] as const) wires.set(name, await Wire.connect(shared[name]));
    });
    after(async () => {
      for (const wire of wires.values()) wire.close();
      await shared?.stop();
    });

    const tenants = names.map((name) => ({ name, writings: new Writings(() => shared[name]) }));
    for (const client of clients) {
      for (const { name, writings } of tenants) {
        describe(`${client.name} as tenant ${name}`, () => {
          if (isMissing(client)) return;
          clientSuite(client, writings, { codecs: client.codecs.slice(0, 1), administers: name === 'a' });
        });
      }
    }

    for (const client of memberClients) {
      describe(`${client.name} in groups`, () => {
        if (isMissing(client)) return;
        const crews: Crew[] = [];
        after(() => Promise.all(crews.map((crew) => crew.stop())));
        for (const protocol of ['classic', 'consumer'] as const) {
          const way = client.ways.find((one) => one.protocol === protocol);
          if (way === undefined) continue;
          it(`has each tenant's member read all of a topic of its own, in the ${protocol} protocol`, async () => {
            const topic = `${client.name.replace(/\W/g, '')}-${protocol}-${run}`;
            const both = await Promise.all(
              names.map(async (name) => {
                const numbered = await NumberedTopic.create(wires.get(name)!, topic, partitions);
                await numbered.addOneEach();
                const crew = client.crew();
                crews.push(crew);
                const options = { group: topic, topics: [topic], ...way, heartbeatIntervalMs: 200 };
                return { numbered, member: GroupMember.join(crew, name, shared[name], options) };
              }),
            );
            for (const { numbered, member } of both) {
              await member.untilOwns(partitions);
              await member.untilRead(numbered.count);
              expect(member.owned).to.deep.equal(numbered.names);
            }
            await Promise.all(both.map(({ member }) => member.leave()));
          });
        }
      });
    }

    describe('after all that', () => {
      it('shows each tenant its own topics and groups by their own names, and all to who asks the broker itself', async () => {
        const topicsOf = async (name: string) => {
          const { topics } = await wires.get(name)!.request(metadata, 12, { topics: null });
          return topics.map((topic) => topic.name!).sort();
        };
        const groupsOf = async (name: string) => {
          const { groups } = await wires.get(name)!.request(listGroups, 4, {});
          return groups.map(({ groupId }) => groupId).sort();
        };
        for (const seen of [topicsOf, groupsOf]) {
          const own = await Promise.all(names.map(seen));
          expect(own[0]).not.to.deep.equal([]);
          const all = (await seen('whole')).filter((one) => /^[ab]\./.test(one));
          expect(all).to.deep.equal(names.flatMap((name, i) => own[i]!.map((one) => `${name}.${one}`)).sort());
        }
      });
    });
  });
}
