/**
 * What `millrace capture` does: a proxy in front of a Kafka, whose traffic it records until a signal comes. Called by
 * capture.ts only, which loads it.
 */
import { capture, type Recording } from '../capture/capture';
import type { Recorded } from '../capture/mrcap/recorder';
import { checkPlace } from '../capture/mrcap/target';
import { warningsOf } from '../capture/warnings';
import { createLogger } from '../logger';
import type { KafkaProxy } from '../proxy/create-proxy';
import { many } from '../text';
import { bytesText } from '../traffic/text';
import { UsageError } from '../usage';
import { openProxy } from './open-proxy';
import type { ProxyArguments } from './proxy-options';
import { recordingOptions } from './recording-options';
import { usageStatus } from './usage-errors';

export interface RunCaptureOptions extends Readonly<Record<string, unknown>>, ProxyArguments {
  readonly to: string;
}

/**
 * Records until SIGINT or SIGTERM. Exit codes: 0 after that, 1 if it cannot begin or the file could not be written, 2 for
 * options that cannot be meant.
 * @param version of Millrace, for the file
 */
export async function runCapture(options: RunCaptureOptions, version: string): Promise<void> {
  const running = await begin(options, version).catch((error: Error) => {
    console.error(`error: ${error.message}`);
    process.exit(error instanceof UsageError ? usageStatus : 1);
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

/** The file is begun last: nobody is left with one of a recording that never was. */
async function begin(
  options: RunCaptureOptions,
  version: string,
): Promise<{ readonly proxy: KafkaProxy; readonly recording: Recording }> {
  const { to } = options;
  const logger = createLogger();
  await checkPlace(to);
  const { proxy, upstream, where } = await openProxy(options, logger);
  const facts = { millrace: version, upstream: upstream.join(' ') };
  const recording = capture(to, { ...recordingOptions(options, ''), facts, logger });
  proxy.taps.add(recording.taps);
  await recording.begun;
  const [file] = recording.recorded.files;
  console.log(`Recording to ${file}${file === to ? '' : ` (${to} is there)`}: ${where}. Ctrl-C ends it.`);
  return { proxy, recording };
}

/** What was recorded, for people: a line, one for each warning, and how to look at it. */
export function told(recorded: Recorded): string {
  const { files, bytes, connections, frames, error } = recorded;
  const what = `Recorded ${many(frames, 'frame')} on ${many(connections, 'connection')}, ${bytesText(bytes)}, in ${files.join(', ') || 'no file'}.`;
  const warnings = warningsOf(recorded).map((text) => `Warning: ${text}.`);
  const early = error === null ? [] : [`It ended early: ${error.message}`];
  const next = frames === 0 ? [] : [`To look at it: millrace traffic ${files.join(' ')}`];
  return [what, ...warnings, ...early, ...next].join('\n');
}
