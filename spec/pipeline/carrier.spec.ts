import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { carrierOf, setCarrier } from '../../lib/pipeline/carrier';
import { stage } from '../../lib/pipeline/stage';
import { settle } from '../support/pipeline';
import { live } from '../support/stages';

describe('carrierOf', () => {
  it('knows the streams that said they can be watched, and no others', () => {
    const [one, other] = [new PassThrough(), new PassThrough()];
    const carrier = { watchers: [], hangUp() {} };
    setCarrier(one, carrier);
    expect([carrierOf(one), carrierOf(other)]).to.deep.equal([carrier, undefined]);
  });

  it('knows those that stage() makes, which call watchers before they give', async () => {
    const stream = stage<string, string>('twice', 'objects to objects', () => ({
      each(item, push, done) {
        push(item);
        push(item);
        done();
      },
    }))(live());
    const seen: unknown[] = [];
    carrierOf(stream)!.watchers.push((item) => seen.push(`watched ${item}`));
    stream.on('data', (item) => seen.push(item));
    stream.write('a');
    await settle(2);
    expect(seen.slice(0, 2)).to.include('watched a');
    expect(seen.filter((item) => item === 'a')).to.have.lengthOf(2);
    expect(seen).to.have.lengthOf(4);
  });
});
