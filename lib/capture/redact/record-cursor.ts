/**
 * Moves over the fields of records where they lie, and makes nothing of them. Behind the end of the bytes it reads zeros:
 * whoever moves there finds out at the end of the record.
 */
export class RecordCursor {
  at = 0;

  /** Zigzag varint of 32 bits. */
  varint(b: Buffer): number {
    let byte = b[this.at++] ?? 0;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let raw = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 35; shift += 7) {
      byte = b[this.at++] ?? 0;
      raw |= (byte & 0x7f) << shift;
    }
    return (raw >>> 1) ^ -(raw & 1);
  }

  /**
   * Moves from the beginning of a record to the length of its key.
   * @returns where the record ends; −1 if that is not before `end`, or it has no bytes
   */
  begin(b: Buffer, end: number): number {
    const length = this.varint(b);
    const recordEnd = this.at + length;
    if (!(length > 0 && recordEnd <= end)) return -1;
    this.at++; // attributes
    this.passVarint(b); // timestamp delta
    this.passVarint(b); // offset delta
    return recordEnd;
  }

  private passVarint(b: Buffer): void {
    while ((b[this.at++] ?? 0) > 0x7f);
  }
}
