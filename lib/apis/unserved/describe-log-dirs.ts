/**
 * DescribeLogDirs (35): the log directories of a broker, and what each holds of which partition (KIP-113).
 *
 * Versions: 1–5. 3: an error of the whole. 4: sizes of the directories (KIP-827). 5: whether new partitions stay
 * out of them (KIP-1066).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, long, string } from '../../protocol/schema';

export const describeLogDirs = defineExchange({
  key: 35,
  name: 'DescribeLogDirs',
  versions: '1-5',
  flexible: '2+',
  request: {
    topics: array({ topic: string(), partitions: array(int32()) }).nullable(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16().since(3).default(0),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({ partitionIndex: int32(), partitionSize: long(), offsetLag: long(), isFutureKey: bool() }),
      }),
      totalBytes: long().since(4).default(-1),
      usableBytes: long().since(4).default(-1),
      isCordoned: bool().since(5).default(false),
    }),
  },
});
