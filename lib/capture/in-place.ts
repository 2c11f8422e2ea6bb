/**
 * A recording that is made on the thread that hears the traffic: secrets are taken out, and what is left goes to the
 * recorder, before whoever tells goes on.
 */
import { type Recorded, Recorder, type RecorderOptions } from './mrcap/recorder';
import { type Gaps, noGaps } from './redact/gaps';
import type { Redactor } from './redact/redactor';
import type { SecretKind } from './redact/secrets';
import type { Incident, Sink } from './sink';
import { Tapped } from './tapped';

export interface InPlaceOptions extends RecorderOptions {
  readonly hidden: readonly SecretKind[];
  /** Whether bytes of answers stay as they are after they were told. */
  readonly keeps: boolean;
}

export class InPlace implements Sink {
  private readonly recorder: Recorder;
  /** Null: nothing is left out. */
  private readonly redactor: Redactor | null;
  private readonly keeps: boolean;
  private readonly connections = new Map<number, Tapped>();

  constructor({ hidden, keeps, ...options }: InPlaceOptions) {
    this.recorder = new Recorder(options);
    this.redactor = hidden.length === 0 ? null : redactorOf(hidden);
    this.keeps = keeps;
  }

  get begun(): Promise<void> {
    return this.recorder.begun;
  }

  get recorded(): Recorded {
    return this.recorder.recorded;
  }

  get mustWait(): boolean {
    return this.recorder.mustWait;
  }

  whenRoom(goOn: () => void): void {
    this.recorder.whenRoom(goOn);
  }

  tell(incident: Incident): void {
    const { is, connection } = incident;
    if (is === 'opened') {
      this.connections.set(connection, new Tapped(connection, this.recorder, this.redactor, this.keeps));
    } else if (is === 'closed') this.connections.delete(connection);
    else if (is === 'lost' && incident.from === 'client') this.connections.get(connection ?? 0)?.lostRequests();
    this.recorder.add(incident);
  }

  /** @param gaps see redact/gaps.ts */
  request(connection: number, bytes: Buffer, atMs: number, gaps: Gaps = noGaps): void {
    if (!this.recorder.isOver) this.connections.get(connection)?.request(bytes, atMs, gaps);
  }

  answer(connection: number, bytes: Buffer, atMs: number, start?: number, end?: number): void {
    if (!this.recorder.isOver) this.connections.get(connection)?.answer(bytes, atMs, start, end);
  }

  /** So many bytes of the answer were not copied; then those that come behind them. */
  missed(connection: number, bytes: number): void {
    if (!this.recorder.isOver) this.connections.get(connection)?.missed(bytes);
  }

  /** Resolves when nothing is being written, nor waits for that. */
  written(): Promise<void> {
    return this.recorder.written();
  }

  close(): Promise<Recorded> {
    return this.recorder.close();
  }
}

/** It knows all messages there are: whoever leaves nothing out does not wait for them. */
function redactorOf(hidden: readonly SecretKind[]): Redactor {
  const { Redactor } = require('./redact/redactor') as typeof import('./redact/redactor');
  return new Redactor(hidden);
}
