/**
 * kafka-python 3 as a `Client`: `kafka_python_driver.py`.
 *
 * Not writable, it refuses such calls itself: a record with neither key nor value, a header whose value is null.
 */
import { hasNullHeader } from './client';
import { driver } from './driver';
import { missingPython, pythonCommand } from './python';

export const kafkaPython = driver({
  name: 'kafka-python',
  command: pythonCommand('kafka_python_driver.py'),
  limits: { writes: (record) => (record.key ?? record.value) !== null && !hasNullHeader(record) },
  missing: () => missingPython('kafka-python'),
});
