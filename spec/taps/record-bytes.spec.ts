import { expect } from 'chai';
import { fetch } from '../../lib/apis/fetch';
import { metadata } from '../../lib/apis/metadata';
import { recordBytesOf } from '../../lib/taps/record-bytes';
import { requestOf } from '../support/stages';

describe('recordBytesOf', () => {
  it('adds up the records of an answer to Fetch, and finds none in others', () => {
    const partitions = [{ records: Buffer.alloc(3) }, { records: null }, { records: Buffer.alloc(4) }];
    const body = { responses: [{ partitions }, { partitions: partitions.slice(0, 1) }] };
    expect(recordBytesOf(requestOf(fetch, {}), body)).to.equal(10);
    expect(recordBytesOf(requestOf(fetch, {}), null)).to.equal(0);
    expect(recordBytesOf(requestOf(metadata, {}), body)).to.equal(0);
  });
});
