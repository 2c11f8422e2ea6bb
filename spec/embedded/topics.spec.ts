import { expect } from 'chai';
import { createTopics, deleteTopics, type WantedTopic } from '../../lib/embedded/topics';
import { errors, type KafkaError } from '../../lib/errors';
import type { Services } from '../../lib/services';
import { UsageError } from '../../lib/usage';
import { rejected } from '../support/thrown';

/** A controller that refuses some names, and writes down what it was asked. */
function controllerThat(refuses: Record<string, KafkaError> = {}) {
  const asked: object[] = [];
  const controller = {
    createTopics: async (topics: readonly { name: string; numPartitions: number }[]) => {
      asked.push(...topics);
      return topics.map(({ name, numPartitions }) =>
        refuses[name] === undefined
          ? { done: { name, topicId: 'id', numPartitions: Math.max(1, numPartitions) } }
          : { refused: refuses[name] },
      );
    },
  };
  return { asked, services: { controller } as never as Services };
}

describe('createTopics', () => {
  it('asks for names, numbers of partitions and configurations', async () => {
    const { asked, services } = controllerThat();
    const wanted = ['a', { name: 'b', partitions: 3, config: { 'retention.ms': 5, preallocate: true } }];
    expect(await createTopics(wanted, services)).to.deep.equal([
      { name: 'a', topicId: 'id', partitions: 1 },
      { name: 'b', topicId: 'id', partitions: 3 },
    ]);
    expect(asked).to.deep.equal([
      { name: 'a', numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] },
      {
        ...{ name: 'b', numPartitions: 3, replicationFactor: -1, assignments: [] },
        configs: [
          { name: 'retention.ms', value: '5' },
          { name: 'preallocate', value: 'true' },
        ],
      },
    ]);
  });

  it('names the topic that was refused; one that is there already is no matter where that is well', async () => {
    const { services } = controllerThat({ b: errors.TOPIC_ALREADY_EXISTS, c: errors.INVALID_CONFIG.because('why') });
    expect(await createTopics(['a', 'b'], services, { isThereOk: true })).to.have.lengthOf(1);
    expect(String(await rejected(createTopics(['a', 'b'], services)))).to.include('create topic b: TOPIC_ALREADY');
    const options = { isThereOk: true };
    expect(String(await rejected(createTopics(['c'], services, options)))).to.include('topic c: INVALID_CONFIG, why');
  });

  const wrong: [unknown, string][] = [
    [{ name: 'a', partition: 3 }, 'topic a: no option "partition": did you mean partitions?'],
    [{ name: 'a', partitions: 0 }, 'topic a: partitions: 0, expected a whole number of at least 1'],
    [{ name: 'a', partitions: '3' }, 'topic a: partitions: 3'],
    [{ topic: 'a' }, 'topic {"topic":"a"}: expected a name'],
    [null, 'topic null: expected a name'],
    [5, 'topic 5: expected a name'],
  ];
  for (const [topic, message] of wrong) {
    it(`refuses ${JSON.stringify(topic)}, and asks for nothing`, async () => {
      const { asked, services } = controllerThat();
      const error = await rejected(createTopics(['good', topic as WantedTopic], services));
      expect(error).to.be.instanceOf(UsageError).with.property('message').that.includes(message);
      expect(asked).to.deep.equal([]);
    });
  }
});

describe('deleteTopics', () => {
  it('deletes all that there are in one step, and does nothing where there are none', async () => {
    const asked: unknown[] = [];
    const servicesOf = (ids: string[]) => {
      const controller = { deleteTopics: async (topicIds: unknown) => void asked.push(topicIds) };
      return { controller, metadata: () => ({ topicsById: new Map(ids.map((id) => [id, {}])) }) } as never as Services;
    };
    await deleteTopics(servicesOf(['a', 'b']));
    await deleteTopics(servicesOf([]));
    expect(asked).to.deep.equal([['a', 'b']]);
  });

  it('says what the broker refuses', async () => {
    const controller = { deleteTopics: () => Promise.reject(errors.KAFKA_STORAGE_ERROR.because('disk')) };
    const services = { controller, metadata: () => ({ topicsById: new Map([['a', {}]]) }) } as never as Services;
    expect(String(await rejected(deleteTopics(services)))).to.include(
      'cannot delete topics: KAFKA_STORAGE_ERROR, disk',
    );
  });
});
