/**
 * What may differ between two brokers that do the same: addresses, times, texts for people. Whoever compares adds to the list.
 *
 * A path names fields: `Metadata.topics.partitions.leaderEpoch`. `*` stands for one name, `**` for any number of them. One
 * element of an array is meant where its name is added: `Metadata.topics[orders]`. A path stands for everything inside of it.
 */
import { UsageError } from '../../usage';

export interface MayDiffer {
  readonly path: string;
  /** Why it may. */
  readonly reason: string;
}

const address = 'where a broker or client is';
const time = 'a time';

export const mayDiffer: readonly MayDiffer[] = [
  { path: '**.throttleTimeMs', reason: 'how busy the broker is' },
  { path: '**.errorMessage', reason: 'a text for people' },
  { path: 'Metadata.brokers.host', reason: address },
  { path: 'Metadata.brokers.port', reason: address },
  { path: 'DescribeCluster.brokers.host', reason: address },
  { path: 'DescribeCluster.brokers.port', reason: address },
  { path: 'FindCoordinator.host', reason: address },
  { path: 'FindCoordinator.port', reason: address },
  { path: 'FindCoordinator.coordinators.host', reason: address },
  { path: 'FindCoordinator.coordinators.port', reason: address },
  { path: '*.nodeEndpoints.host', reason: address },
  { path: '*.nodeEndpoints.port', reason: address },
  { path: 'DescribeQuorum.nodes', reason: address },
  { path: '**.members.clientHost', reason: address },
  { path: 'DescribeLogDirs.results.logDir', reason: 'where a broker keeps its data' },
  { path: 'DescribeLogDirs.results.totalBytes', reason: 'the size of a disk' },
  { path: 'DescribeLogDirs.results.usableBytes', reason: 'the size of a disk' },
  {
    path: 'DescribeLogDirs.results.topics.partitions.partitionSize',
    reason: 'how much a log takes on disk: what groups and transactions write there depends on the moment',
  },
  { path: 'Produce.responses.partitionResponses.logAppendTimeMs', reason: time },
  { path: 'DescribeProducers.**.lastTimestamp', reason: time },
  { path: 'DescribeTransactions.**.transactionStartTimeMs', reason: time },
  { path: 'DescribeQuorum.**.lastFetchTimestamp', reason: time },
  { path: 'DescribeQuorum.**.lastCaughtUpTimestamp', reason: time },
  { path: '*.issueTimestampMs', reason: time },
  { path: '*.expiryTimestampMs', reason: time },
  { path: '*.maxTimestampMs', reason: time },
  {
    path: 'ConsumerGroupHeartbeat.heartbeatIntervalMs',
    reason: 'how soon a member is to come again: Millrace goes by how long its group has been at rest',
  },
  { path: 'DescribeQuorum.**.highWatermark', reason: 'how much the metadata log holds' },
  { path: 'DescribeQuorum.**.logEndOffset', reason: 'how much the metadata log holds' },
  { path: 'DescribeQuorum.**.leaderEpoch', reason: 'how often the quorum has voted' },
  { path: 'ApiVersions.apiKeys', reason: 'what a broker serves; what it lacks is listed when it is asked for' },
  { path: 'ApiVersions.supportedFeatures', reason: 'what a broker can do' },
  { path: 'ApiVersions.finalizedFeatures', reason: 'what a broker can do' },
  { path: 'ApiVersions.finalizedFeaturesEpoch', reason: 'how much the metadata log holds' },
];

/** Arrays of values whose order says nothing. */
export const sets: ReadonlySet<string> = new Set([
  'isrNodes',
  'offlineReplicas',
  'eligibleLeaderReplicas',
  'lastKnownElr',
]);

/** Why a field may differ, by its path with the API before it: `Metadata.topics[orders].errorCode`; null: it may not. */
export type ReasonOf = (path: string) => string | null;

const written = /^(\*{1,2}|\w+(\[[^\]]+\])?)(\.(\*{1,2}|\w+(\[[^\]]+\])?))*$/;
const anyElement = '(\\[[^\\]]*\\])?';

/** @throws UsageError for what is no path */
export function reasonsOf(lists: readonly MayDiffer[]): ReasonOf {
  const patterns = lists.map(({ path, reason }) => ({ pattern: patternOf(path), reason }));
  return (path) => patterns.find(({ pattern }) => pattern.test(`${path}.`))?.reason ?? null;
}

function patternOf(path: string): RegExp {
  if (!written.test(path))
    throw new UsageError(
      `${JSON.stringify(path)} is no path such as Metadata.topics.partitions.leaderEpoch or **.host`,
    );
  // Names of elements have dots as well, so the path is not split at them.
  const source = path.replace(/\*\*\.?|\*|\w+(\[[^\]]+\])?|\./g, (part) => {
    if (part.startsWith('**')) return `(\\w+${anyElement}\\.)*`;
    if (part === '.') return '\\.';
    if (part === '*') return `\\w+${anyElement}`;
    const at = part.indexOf('[');
    return at < 0 ? `${part}${anyElement}` : part.replace(/[^\w]/g, '\\$&');
  });
  return new RegExp(`^${source}${path.endsWith('**') ? '' : '\\.'}`);
}
