/**
 * Patience: how long a user's stage is waited for, on the broker's clock. It runs while the stage is at work, ends
 * with its connection, and leaves no timer behind.
 */
import type { LiveConnection } from './connection';

export class Patience {
  private readonly connection: LiveConnection;
  private readonly expired: () => void;
  private callOff: (() => void) | null = null;
  private isPaused = false;
  private isClosed = false;

  /** @param expired called once, when the time of one stretch is over */
  constructor(connection: LiveConnection, expired: () => void) {
    this.connection = connection;
    this.expired = expired;
  }

  /** Starts to wait, unless the stage itself waits for somebody else. */
  begin(): void {
    const { rules } = this.connection;
    if (rules === null || this.isClosed || this.isPaused || this.callOff !== null) return;
    const timer = rules.scheduler.schedule(this.expired, rules.maxMs);
    this.callOff = this.connection.hold(() => timer.unsubscribe());
  }

  /** The stage waits for somebody else: its own time stands still until `resume`. */
  pause(): void {
    this.isPaused = true;
    this.stop();
  }

  resume(): void {
    this.isPaused = false;
    this.begin();
  }

  close(): void {
    this.isClosed = true;
    this.stop();
  }

  private stop(): void {
    this.callOff?.();
    this.callOff = null;
  }
}
