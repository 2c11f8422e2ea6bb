/**
 * The line that says how far a command is, on a terminal only. It is wiped before anything else is printed.
 */
import type { CaptureEvent } from '../capture/event';
import type { CaptureEvents } from '../capture/events';
import { many } from '../text';

/** Of the terminal, what is needed. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Counts {
  readonly requests: number;
  readonly compared: number;
  readonly differences: number;
}

const barWidth = 24;
/** Shown at most each so many requests: a terminal takes longer than a broker. */
const each = 16;

export class Progress {
  private readonly screen: Screen;
  private readonly wholeBytes: number;
  private readBytes = 0;
  private calls = 0;
  private isShown = false;

  /** @param wholeBytes size of what is read; 0 if nobody knows */
  constructor(screen: Screen, wholeBytes: number) {
    this.screen = screen;
    this.wholeBytes = wholeBytes;
  }

  /** Passes a recording on and counts what of it has been read. */
  async *watch(recording: CaptureEvents): AsyncGenerator<CaptureEvent> {
    for await (const event of recording) {
      if (event.is === 'frame') this.readBytes += event.bytes.length;
      yield event;
    }
  }

  show({ requests, compared, differences }: Counts): void {
    if (!this.screen.isTTY || this.calls++ % each !== 0) return;
    // A file holds more than its frames, and fewer bytes where it is compressed: near the end the bar stands still.
    const part = this.wholeBytes === 0 ? 0 : Math.min(0.99, this.readBytes / this.wholeBytes);
    const filled = Math.round(part * barWidth);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    const line = `${bar} ${many(requests, 'request')}, ${many(compared, 'answer')}, ${many(differences, 'difference')}`;
    this.screen.write(`\r\x1b[K${line.slice(0, (this.screen.columns ?? 80) - 1)}`);
    this.isShown = true;
  }

  clear(): void {
    if (this.isShown) this.screen.write('\r\x1b[K');
    this.isShown = false;
  }
}
