/**
 * `fromOperator`: a stage of an RxJS operator, or of several in a `pipe(…)`. Each connection subscribes once.
 *
 * Backpressure holds: nothing more is handed to the operator while what it gave waits to be taken. What it keeps in itself
 * (`delay`, `bufferTime`) is its own, bounded behind Framer by the connection's budget.
 *
 * Operators may drop, delay and change items, and must keep their order. Behind Decoder, what they drop gets no answer: an
 * item counts as dropped once a later one comes out, and a reply of nothing takes its place, which gives back its memory.
 * One that comes out late after all, or was never handed in, ends the connection. So does an error, or an operator that
 * completes before the connection does.
 */
import { Duplex } from 'node:stream';
import { type OperatorFunction, Subject } from 'rxjs';
import { Hangup } from '../errors';
import { broken } from './broken';
import { Figures } from './figures';
import type { Call, Frame, MakeStream, Reply, Request, Stage } from './seams';

type Message = Request | Call | Reply;

/** @param operator subscribed to for each connection; state that it has for itself must come with its subscription */
export function fromOperator<T>(stageName: string, operator: OperatorFunction<T, T>): Stage<T, T> {
  const make: MakeStream = (connection, figures = new Figures(), holds = () => {}) => {
    figures.isCounted = true;
    holds(() => inside.length);
    const source = new Subject<T>();
    /** Messages that were handed in and have not come out. */
    const inside: Message[] = [];
    /** Asks for the next item; null while one is asked for already, or the operator has none. */
    let resume: (() => void) | null = null;
    let isFull = false;
    let isEnding = false;
    let isOver = false;

    const push = (item: unknown): void => {
      figures.out++;
      isFull = !stream.push(item);
    };
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      for (const message of inside.splice(0)) push(nothing(message));
      stream.push(null);
    };
    const hangUp = (error: unknown): void => {
      if (isOver) return;
      broken(stageName, error, connection);
      isOver = true;
      stream.push(null);
    };
    const take = (item: T): void => {
      if (isOver) return;
      if (isMessage(item)) {
        const at = inside.findIndex((message) => frameOf(message) === frameOf(item));
        if (at < 0) return hangUp(new Hangup(`stage '${stageName}' gave a message out of order, or twice`));
        for (const dropped of inside.splice(0, at + 1).slice(0, -1)) push(nothing(dropped));
      }
      push(item);
    };

    const stream = new Duplex({
      objectMode: true,
      highWaterMark: 2,
      write(item: T, _encoding, done) {
        if (isOver) return;
        figures.in++;
        if (isMessage(item)) inside.push(item);
        source.next(item);
        if (isFull) resume = done;
        else done();
      },
      read() {
        isFull = false;
        const goOn = resume;
        resume = null;
        goOn?.();
      },
      final(done) {
        isEnding = true;
        source.complete();
        done();
      },
      destroy(error, done) {
        isOver = true;
        subscription.unsubscribe();
        done(error);
      },
    });
    const subscription = source.pipe(operator).subscribe({
      next: take,
      error: hangUp,
      complete: () => (isEnding ? end() : hangUp(new Hangup(`stage '${stageName}' completed`))),
    });
    return stream;
  };
  return Object.assign(make, { stageName });
}

function isMessage(item: unknown): item is Message {
  return typeof item === 'object' && item !== null && 'is' in item;
}

function frameOf(message: Message): Frame {
  return message.is === 'request' ? message.frame : message.request.frame;
}

/** The reply of one that was dropped: nothing is sent, and everything it held goes back. */
function nothing(message: Message): Reply {
  if (message.is === 'reply') return { ...message, body: null };
  return { is: 'reply', request: message.is === 'request' ? message : message.request, body: null };
}
