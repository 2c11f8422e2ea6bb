import { expect } from 'chai';
import { mergedAppends, withoutAppended } from '../../lib/replay/produce-again';

const asked = {
  acks: 1,
  topicData: [
    { name: 'a', topicId: '', partitionData: [{ index: 0 }, { index: 1 }] },
    { name: 'b', topicId: '', partitionData: [{ index: 0 }] },
  ],
};
const answered = {
  responses: [
    {
      name: 'a',
      topicId: '',
      partitionResponses: [
        { index: 0, errorCode: 0 },
        { index: 1, errorCode: 6 },
      ],
    },
    { name: 'b', topicId: '', partitionResponses: [{ index: 0, errorCode: 0 }] },
  ],
};

describe('withoutAppended', () => {
  it('keeps what did not get in', () => {
    expect(withoutAppended(asked, answered)).to.deep.equal({
      acks: 1,
      topicData: [{ name: 'a', topicId: '', partitionData: [{ index: 1 }] }],
    });
  });
});

describe('mergedAppends', () => {
  it('puts the later word in the place of the earlier one', () => {
    const later = {
      throttleTimeMs: 1,
      responses: [{ name: 'a', topicId: '', partitionResponses: [{ index: 1, errorCode: 0, baseOffset: 4 }] }],
    };
    expect(mergedAppends(answered, later)).to.deep.equal({
      throttleTimeMs: 1,
      responses: [
        {
          name: 'a',
          topicId: '',
          partitionResponses: [
            { index: 0, errorCode: 0 },
            { index: 1, errorCode: 0, baseOffset: 4 },
          ],
        },
        { name: 'b', topicId: '', partitionResponses: [{ index: 0, errorCode: 0 }] },
      ],
    });
  });
});
