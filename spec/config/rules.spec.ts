import { expect } from 'chai';
import { ConfigError, loadConfig } from '../../lib/config';

type Entries = Record<string, string | number>;

function broken(entries: Entries): string[] {
  try {
    loadConfig(entries);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('rulesBroken', () => {
  const rows: [because: string, entries: Entries, message: string][] = [
    ['two ids differ', { 'node.id': 1, 'broker.id': 2 }, 'broker.id 2 must be equal to node.id 1'],
    ['a role is missing', { 'process.roles': 'broker' }, 'process.roles broker must be broker,controller'],
    ['a voter cannot be read', { 'controller.quorum.voters': '1@localhost' }, 'cannot read voter "1@localhost"'],
    ['a voter is another node', { 'controller.quorum.voters': '2@h:9093' }, 'voter 2@h:9093 is not this node 1'],
    [
      'there are other voters',
      { 'controller.quorum.voters': '1@h:9093,2@h:9094' },
      'voter 2@h:9094 is not this node 1',
    ],
    ['no request would fit', { 'queued.max.request.bytes': 10 }, 'must be at least socket.request.max.bytes 104857600'],
    ['nobody could connect', { 'max.connections.per.ip': 0 }, 'only if max.connections.per.ip.overrides is set'],
    [
      'two keys say the same',
      { 'inter.broker.listener.name': 'PLAINTEXT', 'security.inter.broker.protocol': 'PLAINTEXT' },
      'Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.',
    ],
    [
      'nothing would be retained',
      { 'log.retention.hours': 0 },
      'log.retention.hours must be unlimited (-1) or greater',
    ],
    ['segments would never fill', { 'log.roll.ms': 0 }, 'log.roll.ms must be greater than or equal to 1'],
    ['jitter is negative', { 'log.roll.jitter.ms': -1 }, 'log.roll.jitter.ms must be greater than or equal to 0'],
    ['a strange directory is cordoned', { 'log.dirs': '/a', 'cordoned.log.dirs': '/b' }, 'log.dirs, which has no /b'],
    ['* is not alone', { 'log.dirs': '/a', 'cordoned.log.dirs': '*,/a' }, 'must be * alone'],
    [
      'a time-out is below its limit',
      { 'group.consumer.session.timeout.ms': 44999 },
      'group.consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
    ],
    [
      'an interval is above its limit',
      { 'group.share.heartbeat.interval.ms': 15001 },
      'group.share.heartbeat.interval.ms must be less than or equal to group.share.max.heartbeat.interval.ms',
    ],
    [
      'heartbeats are due after the time-out',
      {
        'group.streams.min.session.timeout.ms': 100,
        'group.streams.session.timeout.ms': 5000,
        'group.streams.heartbeat.interval.ms': 5000,
      },
      'group.streams.heartbeat.interval.ms must be less than group.streams.session.timeout.ms',
    ],
    ['classic groups are left out', { 'group.coordinator.rebalance.protocols': 'consumer' }, "Disabling the 'classic'"],
    ['a listener is not served', { listeners: 'SSL://:9092' }, 'only PLAINTEXT is served'],
  ];
  for (const [because, entries, message] of rows) {
    it(`refuses a configuration because ${because}`, () => {
      const messages = broken(entries);
      expect(messages).to.have.length(1);
      expect(messages[0]).to.contain(message);
    });
  }

  it('finds nothing wrong with what Kafka finds nothing wrong with', () => {
    const fine: Entries[] = [
      { 'broker.id': 1 },
      { 'controller.quorum.voters': '1@localhost:9093' },
      { 'controller.quorum.voters': '1@[::1]:9093' },
      { 'max.connections.per.ip': 0, 'max.connections.per.ip.overrides': '127.0.0.1:5' },
      { 'log.retention.ms': -1 },
      { 'log.retention.ms': -2 },
      { 'cordoned.log.dirs': '*' },
      { 'log.dirs': '/a,/b', 'cordoned.log.dirs': '/b' },
      { 'queued.max.request.bytes': 0 },
      { 'inter.broker.listener.name': 'PLAINTEXT' },
    ];
    for (const entries of fine) expect(broken(entries), JSON.stringify(entries)).to.deep.equal([]);
  });
});
