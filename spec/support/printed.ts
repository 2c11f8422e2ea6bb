/** An output that keeps what is printed, and can be told that nobody reads any more. */
import { PassThrough } from 'node:stream';

export class Printed extends PassThrough {
  text = '';
  readonly isTTY: boolean;

  constructor(isTTY = false) {
    super({ highWaterMark: 100 });
    this.isTTY = isTTY;
    this.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
    });
  }
}
