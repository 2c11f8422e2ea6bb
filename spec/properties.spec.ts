import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { formatProperties, parseProperties } from '../lib/properties';

function parse(text: string): [string, string][] {
  return [...parseProperties(text, 'f')];
}

describe('parseProperties', () => {
  it('reads keys and values apart at =, : or blanks, whichever comes first', () => {
    expect(parse('a=1\nb:2\nc 3\nd\t=\t4\n  e : 5')).to.deep.equal([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
      ['d', '4'],
      ['e', '5'],
    ]);
  });

  it('keeps an = inside a value, as padded base64 has it, and blanks behind it', () => {
    const text = '#\ncluster.id=IAAAAAAAQACAAAAAAAAAAQ\ndirectory.id=ABAAAAAAAECAAAAAAAAAAQ==\nx=y \nversion=1';
    expect(parse(text)).to.deep.equal([
      ['cluster.id', 'IAAAAAAAQACAAAAAAAAAAQ'],
      ['directory.id', 'ABAAAAAAAECAAAAAAAAAAQ=='],
      ['x', 'y '],
      ['version', '1'],
    ]);
  });

  it('skips comments and blank lines, and takes line ends of any system', () => {
    expect(parse('\ufeff# one\r\n  ! two\r\r\n \t\na=1\r\nb=#2\rc=3')).to.deep.equal([
      ['a', '1'],
      ['b', '#2'],
      ['c', '3'],
    ]);
  });

  it('joins continued lines, of which the later ones lose their blanks in front', () => {
    expect(parse('a=1,\\\n   2,\\\r\n\t3\nb=x\\\\\nc=y\\\\\\\n z')).to.deep.equal([
      ['a', '1,2,3'],
      ['b', 'x\\'],
      ['c', 'y\\z'],
    ]);
    expect(parse('a=1\\\n#2')).to.deep.equal([['a', '1#2']]);
    expect(parse('a=1\\')).to.deep.equal([['a', '1']]);
  });

  it('reads escapes in keys and values', () => {
    expect(parse('a\\ b\\=c=\\t\\n\\r\\f\\u00e9\\z\\"\\:')).to.deep.equal([['a b=c', '\t\n\r\f\u00e9z":']]);
  });

  it('lets the last of several values count', () => {
    expect(parse('a=1\nb=2\na=3')).to.deep.equal([
      ['a', '3'],
      ['b', '2'],
    ]);
  });

  it('remembers the line that an entry begins on', () => {
    const properties = parseProperties('# c\na=1\\\n2\n\nb=3\na=4', 'f');
    expect([properties.lineOf('a'), properties.lineOf('b'), properties.lineOf('c')]).to.deep.equal([6, 5, undefined]);
    expect(properties.fileName).to.equal('f');
    expect(properties.set('a', '5').lineOf('a')).to.equal(undefined);
  });

  it('refuses a line that is no entry, naming file, line, what was seen and what was expected', () => {
    const rows: [string, string][] = [
      ['a=1\nlog.dirs\n', 'server.properties:2: expected key=value, saw "log.dirs"'],
      ['\n\n=x', 'server.properties:3: expected key=value, saw "=x"'],
      ['a=\\u12', 'server.properties:1: expected four hexadecimal digits after \\u, saw "\\\\u12"'],
      ['a=\\u12g4', 'server.properties:1: expected four hexadecimal digits after \\u, saw "\\\\u12g4"'],
      ['\u0000\u001b[2J', 'server.properties:1: expected key=value, saw "\\u0000\\u001b[2J"'],
      ['x'.repeat(100), `server.properties:1: expected key=value, saw "${'x'.repeat(80)}"…`],
    ];
    for (const [text, message] of rows) expect(() => parseProperties(text, 'server.properties')).to.throw(message);
  });

  it('reads any text, or refuses it with a PropertiesError', () => {
    const unit = fc.constantFrom(...'ab =:\\\n\r\t\f#!u041\u00e9');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        try {
          parseProperties(text, 'f');
        } catch (error) {
          expect(error).to.have.property('name', 'PropertiesError');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what Apache Kafka was run with', () => {
    const folder = resolve(__dirname, 'fixtures/properties');
    const files = readdirSync(folder);
    expect(files.length).to.be.at.least(8);
    for (const file of files) {
      const properties = parseProperties(readFileSync(join(folder, file), 'utf8'), file);
      expect(properties.get('node.id'), file).to.equal('1');
      expect(properties.get('process.roles'), file).to.equal('broker,controller');
    }
  });
});

describe('formatProperties', () => {
  it('writes as Java does', () => {
    const entries: [string, string][] = [
      ['a b=', '  x=y\\'],
      ['é', '\t\n\r\f#!:\u007f'],
    ];
    const lines = ['#made by é', 'a\\ b\\==\\  x\\=y\\\\', '\\u00E9=\\t\\n\\r\\f\\#\\!\\:\\u007F', ''];
    expect(formatProperties(entries, ['made by é'])).to.equal(
      lines.join('\n').replace('#made by é', '#made by \\u00E9'),
    );
  });

  it('keeps a comment on its line', () => {
    expect(formatProperties([], ['one\ntwo'])).to.equal('#one two\n');
  });

  it('writes what reads back as it was', () => {
    const key = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ unit: 'binary' })), (entries) => {
        const text = formatProperties(Object.entries(entries), ['comment']);
        expect(parse(text)).to.deep.equal(Object.entries(entries));
      }),
      { numRuns: 500 },
    );
  });
});
