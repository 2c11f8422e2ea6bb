import { expect } from 'chai';
import { InPlace } from '../../lib/capture/in-place';
import { readCapture } from '../../lib/capture/read-capture';
import { inChunks, textOfEvent } from '../support/captured';
import { request } from '../support/crafted-pcap';
import { closed, opened, toMemory } from '../support/recordings';

describe('InPlace', () => {
  it('records what it is told of connections that are open', async () => {
    const chunks: Buffer[] = [];
    const sink = new InPlace({ ...toMemory(chunks), hidden: ['values'], keeps: true });
    await sink.begun;
    const message = request(1).subarray(4);
    sink.request(1, message, 1);
    sink.tell(opened(1));
    sink.request(1, message, 2);
    sink.answer(1, Buffer.from([0, 0, 0, 4, 0, 0, 0, 1]), 3);
    sink.tell(closed(1));
    sink.request(1, message, 4);
    sink.answer(1, Buffer.from([0, 0, 0, 4, 0, 0, 0, 1]), 4);
    expect(sink.mustWait).to.equal(false);
    expect(await sink.close()).to.include({ connections: 1, frames: 2 });
    expect(sink.recorded).to.include({ frames: 2, error: null });
    const events = await readCapture(inChunks(Buffer.concat(chunks))).toArray();
    expect(events.map(textOfEvent).slice(1)).to.deep.equal(['1 client #1', '1 broker #1', '1 closed by client']);
  });

  it('has whoever feeds it wait, if that is wanted', async () => {
    const sink = new InPlace({ ...toMemory([]), bufferMaxBytes: 1, whenFull: 'wait', hidden: [], keeps: true });
    await sink.begun;
    sink.tell(opened(1));
    expect(sink.mustWait).to.equal(true);
    const room = new Promise<void>((resolve) => sink.whenRoom(resolve));
    await sink.close();
    await room;
  });
});
