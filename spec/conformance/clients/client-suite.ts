/**
 * What every real client has to be able to do at a broker, as a suite: over a socket of its own, through a proxy, as one
 * of several tenants.
 */
import { expect } from 'chai';
import { clientsRequired } from '../../support/conformance';
import { type Client, type Codec, EARLIEST, LATEST } from './client';
import { legible } from './legible';
import { shownBy, topicFor, type Writings } from './writings';

export interface ClientSuite {
  /** Those of its own that it writes in; all if absent. */
  readonly codecs?: readonly Codec[];
  /** Whether it also makes and changes a topic of its own, which takes some clients half a minute; yes if absent. */
  readonly administers?: boolean;
}

export function clientSuite(
  client: Client,
  writings: Writings,
  { codecs = client.codecs, administers = true }: ClientSuite = {},
): void {
  const { topics } = client;
  if (topics && administers) {
    it('creates a topic, adds partitions to it and deletes it', async () => {
      const topic = topicFor(client, 'made');
      await topics.create(writings.bootstrap(), topic, 1);
      await writings.untilPartitions(topics, topic, 1);
      await topics.grow(writings.bootstrap(), topic, 3);
      await writings.untilPartitions(topics, topic, 3);
      await topics.delete(writings.bootstrap(), topic);
      await writings.untilPartitions(topics, topic, 0);
    });
  }

  for (const codec of codecs) {
    it(`writes ${codec} batches`, async () => {
      const seen = (await writings.write(client, codec, false)).map((batch) => batch.codec);
      expect(seen).to.include(codec);
      // some clients leave a batch alone that would not shrink
      expect([codec, 'none']).to.include.members(seen);
    });
  }

  it('writes as an idempotent producer', async () => {
    const producerIds = (await writings.write(client, 'gzip', true)).map((batch) => batch.producerId);
    expect(Math.min(...producerIds)).to.be.at.least(0);
  });

  it('reads back what it wrote, byte by byte', async () => {
    await writings.readsAll(client, client);
  });

  it('reads from inside a partition', async () => {
    const { topic, partitions } = await writings.writtenBy(client);
    const expected = shownBy(client, partitions[0] ?? []).slice(-7, -4);
    const slice = { topic, partition: 0, offset: expected[0]?.offset ?? -1, count: 3 };
    const [read = []] = await client.read(writings.bootstrap(), [slice]);
    expect(legible(read)).to.deep.equal(legible(expected));
  });

  it('finds the first offset, the end, and the first of a time', async () => {
    const { topic, partitions } = await writings.writtenBy(client);
    const found = await client.offsets(writings.bootstrap(), topic, 0, [EARLIEST, LATEST, 0]);
    expect(found).to.deep.equal([0, partitions[0]?.length, 0]);
  });
}

/** Whether a suite must do without this client; then the reason stands in its place, skipped or failed. */
export function isMissing(client: Pick<Client, 'missing'>): boolean {
  const missing = client.missing();
  if (missing === null) return false;
  if (clientsRequired()) {
    it('is installed', () => {
      throw new Error(missing);
    });
  } else it.skip(missing);
  return true;
}
