/**
 * What `millrace capture` does: a proxy in front of a Kafka, whose traffic it records until a signal comes.
 */
import { capture } from '../capture/capture';
import type { Recorded } from '../capture/mrcap/recorder';
import { createLogger } from '../logger';
import { createProxy } from '../proxy/create-proxy';
import { recordingOptions } from './recording-options';

export interface RunCaptureOptions extends Readonly<Record<string, unknown>> {
  readonly upstream: string;
  readonly to: string;
  readonly listen?: string;
  readonly advertisedHost?: string;
}

/**
 * Records until SIGINT or SIGTERM. Exit codes: 0 after that, 1 if it cannot begin or the file could not be written.
 * @param version of Millrace, for the file
 */
export async function runCapture(options: RunCaptureOptions, version: string): Promise<void> {
  const running = await begin(options, version).catch((error: Error) => {
    console.error(`error: ${error.message}`);
    process.exit(1);
  });
  let isEnding = false;
  const end = async () => {
    if (isEnding) process.exit(1);
    isEnding = true;
    await running.proxy.close();
    const recorded = await running.recording.close();
    console.log(told(recorded));
    process.exit(recorded.error === null ? 0 : 1);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

async function begin(options: RunCaptureOptions, version: string) {
  const { to, listen, advertisedHost } = options;
  const logger = createLogger();
  const upstream = options.upstream.split(',').map((text) => text.trim());
  const facts = { millrace: version, upstream: upstream.join(' ') };
  const recording = capture(to, { ...recordingOptions(options, ''), facts, logger });
  await recording.begun;
  const proxy = createProxy({
    upstream,
    taps: recording.taps,
    logger,
    ...(listen === undefined ? {} : { listen }),
    ...(advertisedHost === undefined ? {} : { advertisedHost }),
  });
  const { bootstrap } = await proxy.listen();
  const { files } = recording.recorded;
  console.log(
    `Recording to ${files[0]}: clients connect to ${bootstrap}, before ${upstream.join(', ')}. Ctrl-C ends it.`,
  );
  return { proxy, recording };
}

/** What was recorded, for people. */
export function told({ files, bytes, connections, frames, droppedFrames, error }: Recorded): string {
  const what = `Recorded ${frames} frames on ${connections} connections, ${bytes} bytes, in ${files.join(', ') || 'no file'}.`;
  const dropped = droppedFrames === 0 ? '' : ` ${droppedFrames} frames were left out: the disk was slower.`;
  return `${what}${dropped}${error === null ? '' : ` It ended early: ${error.message}`}`;
}
