/**
 * `millrace serve [server.properties]`: runs a broker, as `kafka-server-start` does. It is what `millrace` without the name
 * of a command does, so main.ts makes both from here.
 */
import { Command } from 'commander';
import { collect } from './option-values';
import { addRecordingOptions, recordingNames, recordingOptions } from './recording-options';
import { refuseAlone } from './usage-errors';

interface ServeOptions extends Readonly<Record<string, unknown>> {
  readonly override?: string[];
  readonly capture?: string;
}

const captureFlags = '--capture <file>';

/** The command under this name. */
export function serve(name = 'serve'): Command {
  const command = new Command(name)
    .description('Runs a broker.')
    .argument('[server.properties]', 'configuration file with Kafka’s keys; without one: port 9092, data in ./data')
    .option('--override <key=value>', 'set a key, whatever the file says; may be given again', collect)
    .optionsGroup('Recording all traffic:')
    .option(captureFlags, 'record all traffic, without values and secrets, such as to traffic.mrcap');
  return addRecordingOptions(command, 'capture-')
    .optionsGroup('Options:')
    .hook('preAction', (self) => {
      if (self.getOptionValue('capture') === undefined) refuseAlone(self, recordingNames('capture-'), captureFlags);
    })
    .action((file: string | undefined, options: ServeOptions, self: Command) => {
      const { serve } = require('../serve') as typeof import('../serve');
      const { override = [], capture } = options;
      const recording = capture === undefined ? null : { to: capture, options: recordingOptions(options, 'capture-') };
      return serve(file, override, (self.parent ?? self).version() ?? '', recording);
    });
}
