/**
 * confluent-kafka for Python (librdkafka 2) as a `Client`: `confluent_kafka_driver.py`.
 */
import { driver } from './driver';
import { missingPython, pythonCommand } from './python';

export const confluentKafka = driver({
  name: 'confluent-kafka',
  command: pythonCommand('confluent_kafka_driver.py'),
  missing: () => missingPython('confluent-kafka'),
});
