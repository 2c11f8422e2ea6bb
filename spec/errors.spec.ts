import { expect } from 'chai';
import { errorOf, errors, Hangup, KafkaError } from '../lib/errors';
import { fixtureText } from './support/kafka-definitions';

describe('errors', () => {
  const lines = fixtureText('error-codes.tsv').trim().split('\n').slice(1);
  const expected = lines
    .map((line) => line.split('\t'))
    .map(([code, name, retriable]) => ({
      name,
      code: Number(code),
      retriable: retriable === 'yes',
    }));

  it("are the rows of Kafka 4.4's table, no more and no less", () => {
    const actual = Object.values(errors).map(({ name, code, retriable }) => ({ name, code, retriable }));
    expect(actual).to.have.deep.members(expected);
  });

  it('are found under their own name', () => {
    for (const [name, error] of Object.entries(errors)) expect(error.name).to.equal(name);
  });

  it('cannot be changed', () => {
    expect(errors).to.be.frozen;
    for (const error of Object.values(errors)) expect(error).to.be.frozen;
  });

  it('carry no message and print as their name', () => {
    expect(errors.INVALID_RECORD.message).to.equal(null);
    expect(`${errors.INVALID_RECORD}`).to.equal('INVALID_RECORD');
  });
});

describe('KafkaError', () => {
  it('is no Error: it is thrown on hot paths and takes no stack', () => {
    expect(errors.NONE).not.to.be.an('error');
    expect(errors.NONE).not.to.have.property('stack');
  });

  it('says why with `because`, and leaves the row as it was', () => {
    const error = errors.MESSAGE_TOO_LARGE.because('batch of 11 bytes exceeds 10');
    expect(error).to.be.instanceOf(KafkaError).and.to.be.frozen;
    expect(`${error}`).to.equal('MESSAGE_TOO_LARGE: batch of 11 bytes exceeds 10');
    expect(error.retriable).to.equal(errors.MESSAGE_TOO_LARGE.retriable);
    expect(errors.MESSAGE_TOO_LARGE.message).to.equal(null);
  });

  it('is the same row whatever it says', () => {
    expect(errors.INVALID_CONFIG.because('no').is(errors.INVALID_CONFIG)).to.equal(true);
    expect(errors.INVALID_CONFIG.is(errors.INVALID_REQUEST)).to.equal(false);
  });
});

describe('errorOf', () => {
  it('finds each row by its code', () => {
    for (const error of Object.values(errors)) expect(errorOf(error.code)).to.equal(error);
  });

  it('takes a code that Kafka 4.4 does not have for an unknown server error', () => {
    expect(errorOf(137)).to.equal(errors.UNKNOWN_SERVER_ERROR);
    expect(errorOf(-2)).to.equal(errors.UNKNOWN_SERVER_ERROR);
  });
});

describe('Hangup', () => {
  it('is an Error whose message is the log line', () => {
    const hangup = new Hangup('frame of -1 bytes');
    expect(hangup).to.be.an('error').with.property('message', 'frame of -1 bytes');
    expect(hangup.name).to.equal('Hangup');
  });
});
