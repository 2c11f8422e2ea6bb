import { expect } from 'chai';
import { hintFor } from '../../lib/config/hint';

describe('hintFor', () => {
  it('finds the key that was meant', () => {
    expect(hintFor('num.partition')).to.equal('did you mean num.partitions?');
    expect(hintFor('log.retension.hours')).to.equal('did you mean log.retention.hours?');
    expect(hintFor('listener')).to.equal('did you mean listeners?');
  });

  it('knows what Kafka 4 has dropped', () => {
    expect(hintFor('zookeeper.connect')).to.equal('Kafka 4 has no such key any more');
    expect(hintFor('inter.broker.protocol.version')).to.equal('Kafka 4 has no such key any more');
  });

  it('says nothing where nothing is near', () => {
    for (const name of ['my.own.key', 'x', '']) expect(hintFor(name), name).to.equal(null);
  });
});
