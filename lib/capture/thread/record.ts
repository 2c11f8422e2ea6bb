/**
 * What the recording thread does: reads slabs as they come, takes secrets out, and writes the file.
 *
 * Where the disk is slower it takes no more slabs, so that they run out on the other thread, which knows what to do then.
 */
import type { MessagePort } from 'node:worker_threads';
import { asyncScheduler } from 'rxjs';
import { Answers } from '../answers';
import { InPlace } from '../in-place';
import { filesAt } from '../mrcap/target';
import type { Incident } from '../sink';
import { type Order, plain, type Report, type ThreadOptions } from './messages';
import { type Reads, Slab } from './slab';

/** Obeys until it is told to close; then it closes the port. */
export function record(port: MessagePort, { path, ...options }: ThreadOptions): void {
  const sink = new InPlace({
    ...options,
    open: filesAt(path),
    scheduler: asyncScheduler,
    logger: null,
    whenFull: 'wait',
    keeps: false,
    // What comes has waited for as long as it may.
    flushMs: 0,
  });
  const report = (what: Report, memory: readonly ArrayBuffer[] = []) => port.postMessage(what, memory);
  const begun = () => report({ is: 'begun', recorded: plain(sink.recorded) });
  // Why it could not begin is in what has been recorded, once the recorder has taken note of it.
  sink.begun.then(begun, () => setImmediate(begun));
  const reads = readsInto(sink);
  let slabs = 0;
  let isWriting = false;
  const tellWritten = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    await sink.written();
    isWriting = false;
    report({ is: 'written', slabs, recorded: plain(sink.recorded) });
  };
  let work = Promise.resolve();
  const obey = async (order: Order): Promise<void> => {
    if (order.is === 'close') {
      report({ is: 'ended', recorded: plain(await sink.close()) });
      port.close();
      return;
    }
    const { memory, length } = order;
    if (sink.mustWait) await new Promise<void>((goOn) => sink.whenRoom(goOn));
    new Slab(memory).read(length, reads);
    slabs++;
    report({ is: 'read', memory, recorded: plain(sink.recorded) }, [memory]);
    void tellWritten();
  };
  port.on('message', (order: Order) => (work = work.then(() => obey(order))));
}

function readsInto(sink: InPlace): Reads {
  const clients = new Map<number, Messages>();
  return {
    incident(incident: Incident) {
      const { is, connection } = incident;
      if (is === 'opened') clients.set(connection, new Messages(connection, sink));
      sink.tell(incident);
      if (is === 'closed') clients.delete(connection);
    },
    bytes(connection, from, atMs, bytes, start, end, missing) {
      if (from === 'client') {
        clients.get(connection)?.push(atMs, bytes, start, end, missing);
      } else {
        sink.answer(connection, bytes, atMs, start, end);
        if (missing > 0) sink.missed(connection, missing);
      }
    },
  };
}

/** Puts a client's messages together again. */
class Messages {
  private atMs = 0;
  private readonly messages: Answers;

  constructor(connection: number, sink: InPlace) {
    this.messages = new Answers(
      ([bytes = Buffer.alloc(0)], gaps) => sink.request(connection, bytes, this.atMs, gaps),
      false,
    );
  }

  push(atMs: number, bytes: Buffer, start: number, end: number, missing: number): void {
    this.atMs = atMs;
    this.messages.push(bytes, start, end);
    if (missing > 0) this.messages.skip(missing);
  }
}
