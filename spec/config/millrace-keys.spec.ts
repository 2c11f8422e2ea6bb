import { expect } from 'chai';
import type { Keys } from '../../lib/config/key';
import { millraceKeys } from '../../lib/config/millrace-keys';

describe('millraceKeys', () => {
  it('begin with our name, and are numbers with a lower limit and a sentence each', () => {
    for (const [name, key] of Object.entries(millraceKeys as Keys)) {
      expect(name).to.match(/^millrace\./);
      expect(key.type, name).to.be.oneOf(['INT', 'LONG']);
      expect(key.read('-1'), name).to.have.property('fault');
      expect(key.documentation, name).to.match(/^[A-Z].*\.$/);
    }
  });
});
